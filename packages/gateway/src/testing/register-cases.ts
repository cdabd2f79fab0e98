/*
 * What the tests of registers share: a world of three replicas, a few changes, and messages that go astray.
 */
import type { RegisterChange, RegisterValue } from '../registers.ts';
import { RegisterWorld, type Fate, type Owners } from './register-world.ts';

export const KEY = 'item:book';
export const REQUEST = { requestId: 'test' };
export const LOST: Fate = { arrivalsMs: [], answerMs: undefined };
export const ANSWER_LOST: Fate = { arrivalsMs: [1], answerMs: undefined };
export const ON_TIME: Fate = { arrivalsMs: [1], answerMs: 1 };
/** There and back. */
const ROUND_TRIP_MS = 2;

/** Takes the register for somebody, unless somebody has it. */
export function claim(who: string): RegisterChange<string> {
  return {
    id: `claim-${who}`,
    decide: (value) =>
      value === null
        ? { type: 'write', value: who, result: 'taken' }
        : { type: 'keep', result: `refused, ${JSON.stringify(value)} has it` },
  };
}

/** Adds to a list, so that the value tells its whole history. */
export function append(id: string): RegisterChange<number> {
  return {
    id,
    decide(value) {
      const list = listOf(value);
      return { type: 'write', value: [...list, id], result: list.length };
    },
  };
}

/** The list in a register; empty when nobody has written to it. */
export function listOf(value: RegisterValue): readonly RegisterValue[] {
  return Array.isArray(value) ? value : [];
}

export function owners(ids: readonly string[] = ['a', 'b', 'c'], epoch = 1): Owners {
  return { epoch, lists: [ids] };
}

export function world(ids: readonly string[] = ['a', 'b', 'c']) {
  const created = new RegisterWorld(ids);
  const elapsed = async <T>(work: () => Promise<T>) => {
    const startMs = created.clock.monotonicMs();
    const result = await created.clock.run(work());
    return { result, roundTrips: (created.clock.monotonicMs() - startMs) / ROUND_TRIP_MS };
  };
  return { world: created, clock: created.clock, elapsed, gateway: created.gateway(owners(ids)) };
}

/** Different each time, and the same in each run. */
export function jitter(): () => number {
  let state = 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
