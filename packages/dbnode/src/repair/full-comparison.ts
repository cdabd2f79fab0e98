/*
 * The bookkeeping of a full comparison, which an operator asked for: this node with each other replica, again and
 * again until a pass finds nothing different. anti-entropy.ts makes the comparisons and tells of each. Pure.
 */
import type { RepairStanding } from '@trolley/cluster';

/** Differences in so many passes come faster than they are healed, or cannot be; somebody should look. */
const PASSES_MAX = 10;
/** A replica that could not be compared with so often in one pass is left out. */
const ATTEMPTS_MAX = 3;

/** How one comparison ended. */
export type TurnOutcome =
  /** So many records were brought up to date on either side. */
  { readonly type: 'compared'; readonly repaired: number } | { readonly type: 'failed'; readonly error: string };

/** One full comparison. */
export class FullComparison {
  #passes = 1;
  #standings: ReadonlyMap<string, RepairStanding>;
  readonly #attempts = new Map<string, number>();

  /** @param others those that share placement groups with this node, each with whether it is up */
  constructor(others: ReadonlyMap<string, boolean>) {
    this.#standings = initialStandings(others);
  }

  get passes(): number {
    return this.#passes;
  }

  /** How this node stands with each other, by its id. */
  get standings(): ReadonlyMap<string, RepairStanding> {
    return this.#standings;
  }

  get ended(): boolean {
    const states = [...this.#standings.values()].map(({ state }) => state);
    return states.every((state) => state !== 'waiting' && state !== 'repaired');
  }

  /** A comparison has ended. One that nobody waits for, as it began before the pass, counts as well. */
  note(node: string, outcome: TurnOutcome): void {
    if (this.#standings.get(node)?.state !== 'waiting') return;
    const standing = this.#standingAfter(node, outcome);
    this.#standings = new Map([...this.#standings, [node, standing]]);
  }

  /**
   * Takes over who is up, and goes on to the next pass when the present one has found a difference.
   * @returns whether a pass began: everybody is to be compared with anew.
   */
  follow(others: ReadonlyMap<string, boolean>): boolean {
    this.#standings = new Map([...this.#standings].map(([node, now]) => [node, goneOr(now, others.get(node))]));
    const states = [...this.#standings.values()].map(({ state }) => state);
    if (states.includes('waiting') || !states.includes('repaired')) return false;
    if (this.#passes === PASSES_MAX) {
      this.#standings = new Map([...this.#standings].map(([node, now]) => [node, unsettledOr(now)]));
      return false;
    }
    this.#passes += 1;
    this.#attempts.clear();
    this.#standings = initialStandings(others);
    return true;
  }

  #standingAfter(node: string, outcome: TurnOutcome): RepairStanding {
    if (outcome.type === 'compared') return { state: outcome.repaired > 0 ? 'repaired' : 'in-step' };
    const attempts = (this.#attempts.get(node) ?? 0) + 1;
    this.#attempts.set(node, attempts);
    return attempts < ATTEMPTS_MAX ? { state: 'waiting' } : { state: 'failed', error: outcome.error };
  }
}

function initialStandings(others: ReadonlyMap<string, boolean>): ReadonlyMap<string, RepairStanding> {
  return new Map([...others].map(([node, isUp]) => [node, { state: isUp ? 'waiting' : 'down' }]));
}

/** A node that left while it was waited for is down. One that no longer shares anything need not be compared with. */
function goneOr(standing: RepairStanding, isUp: boolean | undefined): RepairStanding {
  if (standing.state !== 'waiting' || isUp === true) return standing;
  return { state: isUp === false ? 'down' : 'in-step' };
}

function unsettledOr(standing: RepairStanding): RepairStanding {
  return standing.state === 'repaired' ? { state: 'unsettled' } : standing;
}
