/*
 * `trolley unreserve --all`: gives up every reservation there is, so that a demonstration or a test starts afresh.
 */
import { CommandFailure, EXIT_USAGE } from '../failure.ts';
import { counted } from '../printable.ts';
import type { Desk } from './desk.ts';
import { findReservations, tellOutcomes, withProgress, type KnownReservation } from './reservation-commands.ts';

/** Rounds for what is reserved while this goes on, or was being decided. */
const ROUNDS_MAX = 3;

export interface UnreserveOptions {
  /** Only items of this kind. */
  readonly kind?: string | undefined;
  /** Only what this person has. */
  readonly email?: string | undefined;
  /** Whether to do it without asking. */
  readonly yes: boolean;
}

/** Gives up what the options let through, after asking. @throws CommandFailure unless nothing of it is held any more */
export async function unreserve(desk: Desk, { kind, email, yes }: UnreserveOptions): Promise<void> {
  const filter = { kind, email };
  const first = await findReservations(desk, filter);
  if (first.length > 0 && !yes && !(await isConfirmed(desk, first.length))) {
    throw new CommandFailure('Nothing was cancelled.');
  }
  const ended = new Set<string>();
  let reasons = new Map<string, string>();
  let held: readonly KnownReservation[] = first;
  for (let round = 1; round <= ROUNDS_MAX && held.length > 0; round += 1) {
    reasons = new Map();
    const ids = held.map(({ reservation }) => reservation.id);
    for (const outcome of await withProgress(desk, 'Cancelling', ids, (id) => endOne(desk, id))) {
      if (outcome.done) ended.add(outcome.of);
      else reasons.set(outcome.of, outcome.reason ?? '');
    }
    held = (await findReservations(desk, filter)).filter(({ reservation }) => !ended.has(reservation.id));
  }
  const left = held.map(({ reservation }) => reservation.id);
  const outcomes = [
    ...[...ended].map((of) => ({ of, done: true })),
    ...left.map((of) => ({ of, done: false, reason: reasons.get(of) ?? 'it is held still' })),
  ];
  tellOutcomes(desk, { done: 'cancelled', noun: 'reservation' }, outcomes);
}

/** A reservation that is not there has ended too: somebody else cancelled it, or a listing was a little behind. */
async function endOne({ client }: Desk, id: string): Promise<undefined> {
  await client.cancel(id);
}

async function isConfirmed({ context: { prompter }, json }: Desk, count: number): Promise<boolean> {
  if (prompter === undefined || json) {
    throw new CommandFailure(`This cancels ${counted(count, 'reservation')}.`, 'Add --yes to do it.', EXIT_USAGE);
  }
  return (await prompter.confirm(`Cancel ${counted(count, 'reservation')}?`)) === true;
}
