/*
 * When to compare with which replica: each in turn once in an interval, sooner with one that registered anew, or on
 * request. Pure but for the clock and chance that it is given.
 */
import type { Clock, Random } from '@trolley/cluster';

/** Hints that are on their way are waited for so long, and looked for again so often. */
const HINTS_FIRST_MS = 10_000;
const HINTS_POLL_MS = 500;
/** After a comparison that failed. */
const RETRY_MS = 1_000;

interface Turn {
  sequence: number;
  dueMs: number;
  /** Until when hints that wait for either node come first. */
  hintsFirstUntilMs: number;
  /** Whether it became due while it was being taken. */
  isHurried: boolean;
}

/** The turns of one node's peers. */
export class RepairSchedule {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #intervalMs: number;
  readonly #turns = new Map<string, Turn>();

  constructor(clock: Clock, random: Random, intervalMs: number) {
    this.#clock = clock;
    this.#random = random;
    this.#intervalMs = intervalMs;
  }

  /** Takes over who is up now: who registered anew is due at once. */
  follow(peers: readonly { readonly id: string; readonly sequence: number }[]): void {
    const nowMs = this.#clock.monotonicMs();
    const ids = new Set(peers.map(({ id }) => id));
    for (const id of this.#turns.keys()) if (!ids.has(id)) this.#turns.delete(id);
    for (const { id, sequence } of peers) {
      if (this.#turns.get(id)?.sequence === sequence) continue;
      this.#turns.set(id, { sequence, dueMs: nowMs, hintsFirstUntilMs: nowMs + HINTS_FIRST_MS, isHurried: false });
    }
  }

  /** Makes everybody due at once, hints or not: also one whose turn is being taken, for another. */
  hurry(): void {
    const nowMs = this.#clock.monotonicMs();
    for (const turn of this.#turns.values()) {
      turn.dueMs = Math.min(turn.dueMs, nowMs);
      turn.hintsFirstUntilMs = nowMs;
      turn.isHurried = true;
    }
  }

  /** The peers whose turn it is, the longest due first. */
  get due(): readonly string[] {
    const nowMs = this.#clock.monotonicMs();
    const due = [...this.#turns].filter(([, { dueMs }]) => dueMs <= nowMs);
    return due.toSorted(([, a], [, b]) => a.dueMs - b.dueMs).map(([id]) => id);
  }

  /** How long nobody is due, in milliseconds; undefined when there is nobody. */
  get idleMs(): number | undefined {
    const turns = [...this.#turns.values()];
    if (turns.length === 0) return undefined;
    return Math.max(0, Math.min(...turns.map(({ dueMs }) => dueMs)) - this.#clock.monotonicMs());
  }

  /** Whether hints that wait for this peer, or at it, come before a comparison. */
  waitsForHints(id: string): boolean {
    return this.#clock.monotonicMs() < (this.#turns.get(id)?.hintsFirstUntilMs ?? 0);
  }

  /** The turn of this peer is being taken. */
  started(id: string): void {
    const turn = this.#turns.get(id);
    if (turn !== undefined) turn.isHurried = false;
  }

  /** The comparison with this peer is over, or could not be made. */
  finished(id: string, outcome: 'compared' | 'hints-first' | 'failed'): void {
    const turn = this.#turns.get(id);
    if (turn === undefined || turn.isHurried) return;
    const delaysMs = {
      compared: this.#intervalMs * (0.75 + this.#random() / 2),
      'hints-first': HINTS_POLL_MS,
      failed: RETRY_MS,
    };
    turn.dueMs = this.#clock.monotonicMs() + delaysMs[outcome];
  }
}
