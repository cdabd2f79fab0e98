/*
 * The operations of a history that a search for an order has not placed yet, as a list of their calls and returns by
 * time, from which operations are taken and to which they are given back, last first. Part of linearizability.ts.
 */

/** When an operation was called, and when it returned: Infinity for never. */
export interface Interval {
  readonly calledAt: number;
  readonly returnedAt: number;
}

/**
 * Calls and returns are numbered: `i` is the call of interval i, `n + i` its return, and `2n` stands before the first and
 * after the last. Those that never return have no return in the list.
 */
export class PendingOperations {
  /** Intervals that return and are not placed. */
  returnsLeft: number;
  readonly #intervals: readonly Interval[];
  readonly #next: number[] = [];
  readonly #previous: number[] = [];
  readonly #isPlaced: boolean[];
  /** Placed intervals that never return. */
  readonly #placedOpen = new Set<number>();
  /** How many intervals before this one return. */
  readonly #returningBefore: number[] = [];
  #placedReturning = 0;

  /** @param intervals ordered by their calls */
  constructor(intervals: readonly Interval[]) {
    this.#intervals = intervals;
    this.#isPlaced = intervals.map(() => false);
    const end = 2 * intervals.length;
    let returning = 0;
    for (const [index, { returnedAt }] of intervals.entries()) {
      this.#returningBefore[index] = returning;
      if (returnedAt !== Infinity) returning += 1;
    }
    this.#returningBefore[end] = returning;
    this.returnsLeft = returning;
    const events = eventsInOrder(intervals);
    for (const [index, event] of [end, ...events].entries()) this.#join(event, events[index] ?? end);
  }

  /** Those that may come next: called before any that is left returned. In the order of their calls. */
  candidates(): readonly number[] {
    const calls: number[] = [];
    for (let event = this.#first; event < this.#intervals.length; event = at(this.#next, event)) calls.push(event);
    return calls;
  }

  /** The one that returns first of those that are left. */
  firstToReturn(): number | undefined {
    const end = 2 * this.#intervals.length;
    let event = this.#first;
    while (event < this.#intervals.length) event = at(this.#next, event);
    return event === end ? undefined : event - this.#intervals.length;
  }

  /** Takes an interval out of the list. */
  place(index: number): void {
    this.#unlink(index);
    this.#isPlaced[index] = true;
    if (this.#isOpen(index)) {
      this.#placedOpen.add(index);
      return;
    }
    this.#unlink(this.#intervals.length + index);
    this.#placedReturning += 1;
    this.returnsLeft -= 1;
  }

  /** Puts back what was placed last. */
  giveBack(index: number): void {
    this.#isPlaced[index] = false;
    if (this.#isOpen(index)) {
      this.#placedOpen.delete(index);
    } else {
      this.#relink(this.#intervals.length + index);
      this.#placedReturning -= 1;
      this.returnsLeft += 1;
    }
    this.#relink(index);
  }

  /** Those that never return, among the placed. */
  get placedOpen(): ReadonlySet<number> {
    return this.#placedOpen;
  }

  /**
   * Which of those that return are placed, in few numbers: the first that is not, and those after it that are, of which
   * there are no more than go on at a time.
   */
  fingerprint(): string {
    let frontier = this.#first;
    while (frontier < this.#intervals.length && this.#isOpen(frontier)) frontier = at(this.#next, frontier);
    const ahead: number[] = [];
    const count = this.#placedReturning - at(this.#returningBefore, frontier);
    for (let index = frontier + 1; ahead.length < count; index += 1) {
      if (this.#isPlaced[index] === true && !this.#isOpen(index)) ahead.push(index);
    }
    return `${frontier};${ahead.join(',')}`;
  }

  get #first(): number {
    return at(this.#next, 2 * this.#intervals.length);
  }

  #isOpen(index: number): boolean {
    return this.#intervals[index]?.returnedAt === Infinity;
  }

  #join(previous: number, next: number): void {
    this.#next[previous] = next;
    this.#previous[next] = previous;
  }

  #unlink(event: number): void {
    this.#join(at(this.#previous, event), at(this.#next, event));
  }

  #relink(event: number): void {
    const next = at(this.#next, event);
    this.#join(at(this.#previous, event), event);
    this.#join(event, next);
  }
}

/** Calls and returns by time; of those at one time calls come first, so that they overlap. */
function eventsInOrder(intervals: readonly Interval[]): readonly number[] {
  const calls = intervals.map(({ calledAt }, index) => ({ event: index, time: calledAt }));
  const returns = intervals.flatMap(({ returnedAt }, index) =>
    returnedAt === Infinity ? [] : [{ event: intervals.length + index, time: returnedAt }],
  );
  return [...calls, ...returns].toSorted((a, b) => a.time - b.time).map(({ event }) => event);
}

function at(list: readonly number[], index: number): number {
  const found = list[index];
  if (found === undefined) throw new RangeError(`nothing is at ${index}`);
  return found;
}
