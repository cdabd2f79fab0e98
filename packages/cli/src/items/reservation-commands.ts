/*
 * Seeing, changing and cancelling reservations, for the library and the theatre alike.
 */
import { CommandFailure, EXIT_USAGE } from '../failure.ts';
import { forEachParallel } from '../parallel.ts';
import { counted, printable } from '../printable.ts';
import { cell, type TableContents } from '../table.ts';
import { progressOf, remark, show, type Desk } from './desk.ts';
import { meantReservations } from './find-reservations.ts';
import type { Item, Reservation } from './item-answers.ts';
import { itemName, timeText } from './item-text.ts';
import type { ReservationChange } from './items-client.ts';
import { workThrough, type Outcome } from './work-through.ts';

const LOOKS_AT_ONCE = 8;
const NO_RESERVATION = 'there is no such reservation';

/** Whose reservations, or of which item; of everybody when neither is given. */
export interface ReservationFilter {
  readonly email?: string | undefined;
  readonly item?: string | undefined;
  readonly kind?: string | undefined;
}

/** A reservation and the item that it is of. */
export interface KnownReservation {
  readonly reservation: Reservation;
  readonly item: Item;
}

/** Shows reservations. @throws CommandFailure */
export async function showReservations(desk: Desk, filter: ReservationFilter): Promise<void> {
  const known = await findReservations(desk, filter);
  show(
    desk,
    reservationsTable(known),
    known.map(({ reservation, item }) => ({ ...reservation, name: itemName(item), kind: item.kind })),
  );
  remark(desk, `${counted(known.length, 'reservation')}.`);
}

/** The reservations that the filter lets through, with their items. @throws CommandFailure */
export async function findReservations(
  { client }: Pick<Desk, 'client'>,
  { email, item, kind }: ReservationFilter,
): Promise<readonly KnownReservation[]> {
  const known: KnownReservation[] = [];
  if (email === undefined && item === undefined) {
    for await (const each of client.list({ kind, available: false })) {
      if (each.holder !== null) known.push({ reservation: reservationIn(each, each.holder), item: each });
    }
    return known;
  }
  const reservations = await client.reservations({
    ...(email === undefined ? {} : { email }),
    ...(item === undefined ? {} : { item }),
  });
  const items = new Map<string, Item>();
  await forEachParallel([...new Set(reservations.map((each) => each.item))], LOOKS_AT_ONCE, async (id) => {
    const found = await client.find(id);
    if (found !== undefined) items.set(id, found);
  });
  for (const reservation of reservations) {
    const found = items.get(reservation.item);
    if (found !== undefined && (kind === undefined || found.kind === kind)) known.push({ reservation, item: found });
  }
  return known;
}

function reservationIn({ id }: Item, holder: NonNullable<Item['holder']>): Reservation {
  const { reservation, ...rest } = holder;
  return { ...rest, id: reservation, item: id };
}

function reservationsTable(known: readonly KnownReservation[]): TableContents {
  return {
    kind: 'reservation',
    headings: ['Item', 'What it is', 'Whose', 'Since', 'Until', 'Reservation'],
    rows: known.map(({ reservation, item }) => [
      cell(item.id, 'strong'),
      cell(itemName(item)),
      cell(reservation.pending === true ? `${reservation.email} (pending)` : reservation.email),
      cell(timeText(reservation.since)),
      cell(timeText(reservation.expires)),
      cell(reservation.id, 'faint'),
    ]),
  };
}

/** Changes the reservation that the word means. @throws CommandFailure */
export async function changeAndTell(desk: Desk, word: string, change: ReservationChange): Promise<void> {
  if (change.item === undefined && change.email === undefined) {
    throw new CommandFailure(
      'Change it to what?',
      'Name another item or another person; --help shows how.',
      EXIT_USAGE,
    );
  }
  const [meant] = await meantReservations(desk.client, [word]);
  if (meant?.reservation === undefined) throw new CommandFailure(`There is no reservation ${printable(word)}.`);
  const changed = await desk.client.change(meant.reservation.id, change);
  const { terminal } = desk.context;
  if (desk.json) terminal.line(JSON.stringify(changed));
  else if (terminal.interactive) terminal.line(`Changed: ${printable(changed.email)} has ${printable(changed.item)}.`);
  else terminal.line(['changed', changed.item, changed.email, changed.id].map(printable).join('\t'));
}

/** Cancels the reservations that the words mean: reservations, or items that are held. @throws CommandFailure */
export async function cancelAndTell(desk: Desk, words: readonly string[]): Promise<void> {
  await workOnMeant(desk, words, { doing: 'Cancelling', done: 'cancelled' }, async (id) =>
    (await desk.client.cancel(id)) === 'cancelled' ? undefined : NO_RESERVATION,
  );
}

/** Has holds last that would lapse otherwise. @throws CommandFailure unless all of them will */
export async function confirmAndTell(desk: Desk, words: readonly string[]): Promise<void> {
  await workOnMeant(desk, words, { doing: 'Confirming', done: 'confirmed' }, async (id) => {
    await desk.client.change(id, { confirm: true });
    return undefined;
  });
}

/** Works on the reservation that each word means, and tells what became of each. @throws CommandFailure */
async function workOnMeant(
  desk: Desk,
  words: readonly string[],
  { doing, done }: { readonly doing: string; readonly done: string },
  work: (id: string) => Promise<string | undefined>,
): Promise<void> {
  const meant = await meantReservations(desk.client, words);
  const outcomes = await withProgress(desk, doing, meant, async ({ reservation }) =>
    reservation === undefined ? NO_RESERVATION : work(reservation.id),
  );
  const named = outcomes.map((outcome) => ({ ...outcome, of: outcome.of.reservation?.item ?? outcome.of.word }));
  tellOutcomes(desk, { done, noun: 'reservation' }, named);
}

/** Works through a list and shows how far it is. @throws what is a bug */
export async function withProgress<T>(
  desk: Desk,
  doing: string,
  things: readonly T[],
  work: (thing: T) => Promise<string | undefined>,
): Promise<readonly Outcome<T>[]> {
  try {
    return await workThrough(things, work, progressOf(desk, doing));
  } finally {
    desk.context.terminal.progressDone();
  }
}

/** Shows what became of each, and how many it really was. @throws CommandFailure unless it was all of them */
export function tellOutcomes(
  desk: Desk,
  { done, noun }: { readonly done: string; readonly noun: string },
  outcomes: readonly Outcome<string>[],
): void {
  const { terminal } = desk.context;
  const succeeded = outcomes.filter((outcome) => outcome.done).length;
  const document = {
    wanted: outcomes.length,
    [done]: outcomes.filter((outcome) => outcome.done).map((outcome) => outcome.of),
    failed: outcomes.filter((outcome) => !outcome.done).map(({ of, reason }) => ({ of, reason })),
  };
  show(desk, outcomesTable(done, outcomes), document);
  const total = `${done.charAt(0).toUpperCase()}${done.slice(1)} ${succeeded} of ${counted(outcomes.length, noun)}.`;
  if (!desk.json) terminal.line(terminal.interactive ? total : `total\t${succeeded}\t${outcomes.length}`);
  if (succeeded < outcomes.length) {
    throw new CommandFailure(`${outcomes.length - succeeded} of ${counted(outcomes.length, noun)} not ${done}.`);
  }
}

function outcomesTable(done: string, outcomes: readonly Outcome<string>[]): TableContents {
  return {
    kind: 'outcome',
    headings: ['Which', 'Outcome', 'Reason'],
    rows: outcomes.map(({ of, done: succeeded, reason }) => [
      cell(of),
      succeeded ? cell(done, 'good') : cell(`not ${done}`, 'bad'),
      cell(reason ?? ''),
    ]),
  };
}
