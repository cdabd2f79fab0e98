/*
 * Reserves many items for one person, some at a time, and accounts for every one of them: reserved, refused, or not
 * known. Where the gateway could not say how a claim ended, or that is not decided yet, the reservation is asked about
 * before anything is told.
 */
import { CommandFailure, messageOf } from '../failure.ts';
import { GatewayUnreachable, refusalText, type GatewayReply } from '../gateway-client.ts';
import { forEachParallel } from '../parallel.ts';
import { reserveAnswer, reserveProblem, type RefusedItem, type Reservation } from './item-answers.ts';
import type { ItemsClient, ReserveRequest } from './items-client.ts';

/** Most items that a gateway takes in one request. */
const REQUEST_ITEMS_MAX = 200;
const ITEM_ID = /^[a-z0-9][a-z0-9._-]{0,99}$/;
/** Few enough for the progress to be seen. */
const PART_ITEMS = 10;
const PARTS_AT_ONCE = 4;
/** How long to ask about reservations that are not decided: gateways undo what is left lying for ten seconds. */
const UNDECIDED_TIMEOUT_MS = 12_000;
const UNDECIDED = 'not known whether it was reserved';

/** What became of each item that somebody wanted. */
export interface ReserveReport {
  readonly wanted: number;
  readonly reserved: readonly Reservation[];
  readonly refused: readonly { readonly item: string; readonly reason: string }[];
  /** Where even asking afterwards brought no answer. */
  readonly unknown: readonly { readonly item: string; readonly reason: string }[];
}

type Progress = (done: number, total: number) => void;

/** Reserves the items, each on its own unless the request is atomic. @throws CommandFailure when they are too many */
export async function reserveItems(
  client: ItemsClient,
  request: ReserveRequest,
  onProgress: Progress = () => undefined,
): Promise<ReserveReport> {
  const items = [...new Set(request.items.map((item) => item.trim().toLowerCase()))];
  if (request.atomic === true && items.length > REQUEST_ITEMS_MAX) {
    throw new CommandFailure(`At most ${REQUEST_ITEMS_MAX} can be reserved as all or none.`);
  }
  const account = new Account();
  const parts = request.atomic === true ? [items] : partsOf(account.withoutNonsense(items));
  let done = account.refused.length;
  await forEachParallel(parts, PARTS_AT_ONCE, async (part) => {
    await reservePart(client, { ...request, items: part }, account);
    done += part.length;
    onProgress(done, items.length);
  });
  const { reserved, refused, unknown } = account;
  return { wanted: items.length, reserved, refused, unknown };
}

/** Where each item is put down, once. */
class Account {
  readonly reserved: Reservation[] = [];
  readonly refused: { item: string; reason: string }[] = [];
  readonly unknown: { item: string; reason: string }[] = [];

  /** Refuses what no item can be called, as a gateway would refuse it together with all that it is asked for with. */
  withoutNonsense(items: readonly string[]): readonly string[] {
    this.refuse(
      items.filter((item) => !ITEM_ID.test(item)),
      'NOT_FOUND',
    );
    return items.filter((item) => ITEM_ID.test(item));
  }

  refuse(items: readonly string[], reason: string): void {
    this.refused.push(...items.map((item) => ({ item, reason })));
  }
}

async function reservePart(client: ItemsClient, request: ReserveRequest, account: Account): Promise<void> {
  let reply: GatewayReply;
  try {
    reply = await client.reserve(request);
  } catch (error) {
    if (!(error instanceof GatewayUnreachable)) throw error;
    account.unknown.push(...request.items.map((item) => ({ item, reason: messageOf(error) })));
    return;
  }
  const answer = reserveAnswer.safeParse(reply.body);
  if (reply.status === 201 && answer.success) {
    const { reserved, refused } = answer.data;
    account.reserved.push(...reserved.filter(({ pending }) => pending !== true));
    const undecided = reserved.filter(({ pending }) => pending === true);
    const questions = undecided.map(({ id, item }) => ({ item, reason: 'UNKNOWN', reservation: id }));
    await settleAll(client, [...questions, ...refused], account);
    return;
  }
  const problem = reserveProblem.safeParse(reply.body);
  if (reply.status === 409 && problem.success && problem.data.refused !== undefined) {
    await settleAll(client, problem.data.refused, account);
    // All or none: the items that were free were not taken either.
    const named = new Set(problem.data.refused.map(({ item }) => item));
    account.refuse(
      request.items.filter((item) => !named.has(item)),
      'NOT_ALL_FREE',
    );
    return;
  }
  if (reply.status !== 503) {
    account.refuse(request.items, refusalText(reply));
    return;
  }
  const asked = problem.success ? (problem.data.reservations ?? []) : [];
  const reservationOf = new Map(asked.map((id) => [itemOf(id), id]));
  await settleAll(
    client,
    request.items.map((item) => ({ item, reason: 'UNKNOWN', reservation: reservationOf.get(item) })),
    account,
    refusalText(reply),
  );
}

/** Puts refused items down; asks about those of which the outcome is unknown. */
async function settleAll(
  client: ItemsClient,
  refused: readonly { item: string; reason: string; reservation?: string | undefined }[],
  account: Account,
  reason = UNDECIDED,
): Promise<void> {
  // One for all, or each of two hundred would be waited for.
  const endMs = client.deadline(UNDECIDED_TIMEOUT_MS);
  for (const each of refused) {
    if (each.reason === 'UNKNOWN') await settle(client, each, account, { reason, endMs });
    else account.refused.push({ item: each.item, reason: each.reason });
  }
}

async function settle(
  client: ItemsClient,
  { item, reservation }: Pick<RefusedItem, 'item'> & { reservation?: string | undefined },
  account: Account,
  { reason, endMs }: { readonly reason: string; readonly endMs: number },
): Promise<void> {
  try {
    if (reservation !== undefined) {
      const found = await client.decidedReservation(reservation, endMs);
      if (found === 'undecided') account.unknown.push({ item, reason: UNDECIDED });
      else if (found === undefined) account.refused.push({ item, reason: 'NOT_RESERVED' });
      else account.reserved.push(found);
      return;
    }
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
  }
  account.unknown.push({ item, reason });
}

/** The item that a reservation's id leads to. */
function itemOf(reservation: string): string {
  return reservation.slice(0, Math.max(0, reservation.lastIndexOf('~')));
}

function partsOf(items: readonly string[]): string[][] {
  const parts: string[][] = [];
  for (let start = 0; start < items.length; start += PART_ITEMS) parts.push(items.slice(start, start + PART_ITEMS));
  return parts;
}
