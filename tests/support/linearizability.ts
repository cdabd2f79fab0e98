/*
 * Whether a history can be that of one thing that does one operation at a time, each at some moment between its call
 * and its return. The search of Wing and Gong ("Testing and verifying concurrent objects", 1993) with the memory of Lowe
 * ("Testing for linearizability", 2017): what was come to before is not tried again. Pure. Takes one thing at a time: a
 * history of many keys is linearizable when that of each key is (Herlihy and Wing 1990).
 */
import { PendingOperations, type Interval } from './pending-operations.ts';

/**
 * One operation. Times only order calls and returns; those at the same time overlap. An operation that never returned may
 * take effect at any time after its call, or never.
 */
export interface Operation<Action, Result> extends Interval {
  readonly action: Action;
  /** Undefined when it is not known. */
  readonly result: Result | undefined;
}

/** What the thing does. */
export interface Model<State, Action, Result> {
  readonly initial: State;
  /**
   * The state after an operation; undefined when it cannot have had this result in this state. An operation whose result
   * is not known is possible in every state; one whose result is known and that leaves a state as it is does so wherever
   * it is possible.
   */
  readonly step: (state: State, action: Action, result: Result | undefined) => State | undefined;
  /** Different for different states. */
  readonly keyOf: (state: State) => string;
}

/** What the search found. */
export type Verdict<Action, Result> =
  | { readonly type: 'linearizable' }
  /** No order explains it: none came past the return of this operation. */
  | { readonly type: 'refused'; readonly stuckAt: Operation<Action, Result> }
  /** There was more to try than allowed. */
  | { readonly type: 'undecided' };

/** Orders to begin; far more than histories need whose writes can be told apart. */
const TRIED_MAX = 1_000_000;

/**
 * Searches for an order of the operations that the model agrees to.
 *
 * @throws RangeError when an operation returned before it was called
 */
export function checkLinearizable<State, Action, Result>(
  model: Model<State, Action, Result>,
  history: readonly Operation<Action, Result>[],
  triedMax: number = TRIED_MAX,
): Verdict<Action, Result> {
  const backwards = history.find(({ calledAt, returnedAt }) => returnedAt < calledAt);
  if (backwards !== undefined) throw new RangeError(`${JSON.stringify(backwards)} returned before it was called`);
  return new Search(model, history).run(triedMax);
}

/** The beginning of an order, and what could come next. */
interface Beginning<State> {
  readonly state: State;
  /** Placed since the beginning before this one. */
  readonly placed: readonly number[];
  readonly choices: readonly number[];
  tried: number;
}

class Search<State, Action, Result> {
  readonly #model: Model<State, Action, Result>;
  readonly #operations: readonly Operation<Action, Result>[];
  readonly #pending: PendingOperations;
  /** The same for operations that ask the same. */
  readonly #kinds: readonly string[];
  readonly #beginnings: Beginning<State>[] = [];
  /** The open operations of the beginnings that were tried, by what else there is to tell of them. */
  readonly #memory = new Map<string, ReadonlySet<number>[]>();
  #triedCount = 0;
  #stuckAt: Operation<Action, Result> | undefined;

  constructor(model: Model<State, Action, Result>, history: readonly Operation<Action, Result>[]) {
    this.#model = model;
    this.#operations = history.toSorted((a, b) => a.calledAt - b.calledAt);
    this.#kinds = this.#operations.map(({ action }) => JSON.stringify(action));
    this.#pending = new PendingOperations(this.#operations);
  }

  run(triedMax: number): Verdict<Action, Result> {
    this.#begin(this.#model.initial, []);
    while (this.#pending.returnsLeft > 0) {
      if (this.#triedCount > triedMax) return { type: 'undecided' };
      const last = this.#beginnings.at(-1);
      if (last === undefined) return this.#refuse();
      const choice = last.choices[last.tried];
      last.tried += 1;
      if (choice === undefined) this.#goBack();
      else this.#tryNext(last.state, choice);
    }
    return { type: 'linearizable' };
  }

  #tryNext(state: State, choice: number): void {
    const { action, result } = this.#operation(choice);
    const after = this.#model.step(state, action, result);
    if (after === undefined) return;
    this.#pending.place(choice);
    this.#begin(after, [choice]);
  }

  /** Goes on from this state, unless that was tried. */
  #begin(state: State, placed: readonly number[]): void {
    const all = [...placed, ...this.#placeWithoutEffect(state)];
    if (this.#wasTried(state)) {
      this.#giveBack(all);
      return;
    }
    this.#triedCount += 1;
    this.#noteStuck();
    this.#beginnings.push({ state, placed: all, choices: this.#choices(), tried: 0 });
  }

  #goBack(): void {
    const last = this.#beginnings.pop();
    this.#giveBack(last?.placed ?? []);
  }

  #giveBack(placed: readonly number[]): void {
    for (const index of placed.toReversed()) this.#pending.giveBack(index);
  }

  /** What changes nothing is never in the way: it comes as soon as it can, and nothing else is tried in its place. */
  #placeWithoutEffect(state: State): readonly number[] {
    const placed: number[] = [];
    for (let before = -1; before < placed.length;) {
      before = placed.length;
      for (const index of this.#pending.candidates()) {
        const { action, result } = this.#operation(index);
        if (result === undefined || !this.#isSame(state, this.#model.step(state, action, result))) continue;
        this.#pending.place(index);
        placed.push(index);
      }
    }
    return placed;
  }

  #isSame(state: State, after: State | undefined): boolean {
    return after !== undefined && this.#model.keyOf(after) === this.#model.keyOf(state);
  }

  /** Those that returned come first. Of open operations that ask the same, the one called first is as good as the others. */
  #choices(): readonly number[] {
    const candidates = this.#pending.candidates();
    const isOpen = (index: number) => this.#operation(index).returnedAt === Infinity;
    const open = new Map(
      candidates
        .filter(isOpen)
        .toReversed()
        .map((index) => [this.#kinds[index], index]),
    );
    return [...candidates.filter((index) => !isOpen(index)), ...open.values()];
  }

  /** Whether the same was tried with no more open operations: whatever it comes to then, they would have come to. */
  #wasTried(state: State): boolean {
    const key = `${this.#pending.fingerprint()} ${this.#model.keyOf(state)}`;
    const tried = this.#memory.get(key) ?? [];
    const { placedOpen } = this.#pending;
    if (tried.some((open) => [...open].every((index) => placedOpen.has(index)))) return true;
    this.#memory.set(key, [...tried, new Set(placedOpen)]);
    return false;
  }

  #noteStuck(): void {
    const index = this.#pending.firstToReturn();
    if (index === undefined) return;
    const operation = this.#operation(index);
    if (this.#stuckAt === undefined || operation.returnedAt > this.#stuckAt.returnedAt) this.#stuckAt = operation;
  }

  #refuse(): Verdict<Action, Result> {
    if (this.#stuckAt === undefined) throw new Error('a history is refused in which nothing returned');
    return { type: 'refused', stuckAt: this.#stuckAt };
  }

  #operation(index: number): Operation<Action, Result> {
    const operation = this.#operations[index];
    if (operation === undefined) throw new RangeError(`there is no operation ${index}`);
    return operation;
  }
}
