/*
 * A register that is read and changed in one step, as a model to hold histories of claims to. Pure.
 */
import { checkLinearizable, type Model, type Operation, type Verdict } from './linearizability.ts';

/** What a register holds; null for nothing. */
export type Held = string | null;

/** What is asked of a register. */
export type RegisterAction =
  | { readonly type: 'read' }
  /** Puts a value there if it holds another, or whatever it holds when that is undefined. */
  | { readonly type: 'change'; readonly from: Held | undefined; readonly to: Held };

/** What it held just before. */
export interface RegisterResult {
  readonly found: Held;
}

/** An operation on a register. */
export type RegisterOperation = Operation<RegisterAction, RegisterResult>;

/** A register that nobody has touched, and what becomes of it. */
export const registerModel: Model<Held, RegisterAction, RegisterResult> = {
  initial: null,
  step(held, action, result) {
    if (result !== undefined && result.found !== held) return undefined;
    if (action.type === 'read') return held;
    return action.from === undefined || action.from === held ? action.to : held;
  },
  keyOf: (held) => (held === null ? '' : `=${held}`),
};

/** Checks the history of one register. Fast when nearly every change puts a value there that no other does. */
export function checkRegister(history: readonly RegisterOperation[]): Verdict<RegisterAction, RegisterResult> {
  return checkLinearizable(registerModel, narrowed(history));
}

/**
 * The history without what makes the search long and cannot change what it finds: those that never returned.
 *
 * - A change whose value nobody found and that no open change asks for can be left out: whatever comes next in an order
 *   with it is an open operation that does not care, or whose part in the order it is to have no effect.
 * - A change that alone puts a value there was made before anyone who found that returned.
 */
export function narrowed(history: readonly RegisterOperation[]): readonly RegisterOperation[] {
  const foundBy = new Map<Held, number>();
  const writers = new Map<Held, number>([[registerModel.initial, 1]]);
  const asked = new Set<Held | undefined>();
  for (const { action, result, returnedAt } of history) {
    if (result !== undefined) foundBy.set(result.found, Math.min(returnedAt, foundBy.get(result.found) ?? Infinity));
    if (action.type !== 'change') continue;
    writers.set(action.to, (writers.get(action.to) ?? 0) + 1);
    if (result === undefined) asked.add(action.from);
  }
  return history.flatMap((operation) => {
    const { action, returnedAt, calledAt } = operation;
    if (returnedAt !== Infinity) return [operation];
    if (action.type === 'read') return [];
    const { to } = action;
    const foundAt = foundBy.get(to);
    if (foundAt === undefined) return asked.has(to) ? [operation] : [];
    if (writers.get(to) !== 1) return [operation];
    // Found before it was called: refused as it is, and never a time that cannot be.
    return [{ ...operation, returnedAt: Math.max(foundAt, calledAt) }];
  });
}
