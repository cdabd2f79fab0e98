/*
 * What each change of a user or a cart comes to. Decides only; apply-change.ts writes. Whatever touches the cart
 * also sets `exists`, so that it wins over a deletion that has not seen it.
 */
import { planDeletion, refuse, type ChangePlan } from './change-plan.ts';
import type { Line } from './change.ts';
import { QUANTITY_MAX } from './product.ts';
import type { CausalRecord } from './record.ts';
import { CART_LINES_MAX, EXISTS_FIELD, lineField, userOf, type User } from './user.ts';

/** Creates a user with an empty cart. */
export function planCreateUser(record: CausalRecord): ChangePlan {
  if (userOf(record)) return refuse('USER_EXISTS', 'there is such a user already');
  return planCart([], []);
}

/** Deletes the user and the cart. */
export function planDeleteUser(record: CausalRecord): ChangePlan {
  return withUser(record, () => planDeletion(record));
}

/**
 * Adds the lines to the cart.
 *
 * @throws RangeError when a line adds less than 1
 */
export function planAddToCart(record: CausalRecord, lines: readonly Line[]): ChangePlan {
  return withUser(record, ({ cart }) => {
    if (lines.length === 0) return { type: 'nothing' };
    const added = sumByName(lines);
    const sums = [...added].map(([name, quantity]) => [name, quantity + (cart.get(name) ?? 0)] as const);
    const newLines = sums.filter(([name]) => !cart.has(name)).length;
    // A cart that merging made too long is not cut, and its own lines can still be added to.
    if (newLines > 0 && cart.size + newLines > CART_LINES_MAX) return cartTooLarge();
    return planLines(sums, []);
  });
}

/** Removes those of the lines that are there. */
export function planRemoveFromCart(record: CausalRecord, names: readonly string[]): ChangePlan {
  return withUser(record, ({ cart }) => {
    const there = names.filter((name) => cart.has(name));
    return there.length === 0 ? { type: 'nothing' } : planCart([], there);
  });
}

/**
 * Makes the cart hold these lines and no others.
 *
 * @throws RangeError when a line holds less than 1
 */
export function planReplaceCart(record: CausalRecord, lines: readonly Line[]): ChangePlan {
  return withUser(record, ({ cart }) => {
    const replacement = sumByName(lines);
    if (replacement.size > CART_LINES_MAX) return cartTooLarge();
    const gone = [...cart.keys()].filter((name) => !replacement.has(name));
    return planLines([...replacement], gone);
  });
}

/**
 * Takes the lines' quantities out of the cart; a line of which nothing is left goes.
 *
 * @throws RangeError when a line takes less than 1
 */
export function planTakeFromCart(record: CausalRecord, lines: readonly Line[]): ChangePlan {
  return withUser(record, ({ cart }) => {
    const left = [...sumByName(lines)]
      .filter(([name]) => cart.has(name))
      .map(([name, quantity]) => [name, (cart.get(name) ?? 0) - quantity] as const);
    if (left.length === 0) return { type: 'nothing' };
    const gone = left.filter(([, quantity]) => quantity < 1).map(([name]) => name);
    return planCart(
      left.filter(([, quantity]) => quantity >= 1),
      gone,
    );
  });
}

function withUser(record: CausalRecord, plan: (user: User) => ChangePlan): ChangePlan {
  const user = userOf(record);
  return user ? plan(user) : refuse('USER_NOT_FOUND', 'there is no such user');
}

function planLines(lines: readonly Line[], removed: readonly string[]): ChangePlan {
  const tooLarge = lines.find(([, quantity]) => quantity > QUANTITY_MAX);
  if (tooLarge) {
    const name = JSON.stringify(tooLarge[0]);
    return refuse('QUANTITY_TOO_LARGE', `the cart would hold ${tooLarge[1]} of ${name}, more than ${QUANTITY_MAX}`);
  }
  return planCart(lines, removed);
}

function planCart(lines: readonly Line[], removed: readonly string[]): ChangePlan {
  const set = lines.map(([name, quantity]) => [lineField(name), quantity] as const);
  return { type: 'write', set: [[EXISTS_FIELD, 1], ...set], remove: removed.map(lineField) };
}

function cartTooLarge(): ChangePlan {
  return refuse('CART_TOO_LARGE', `the cart would have more than ${CART_LINES_MAX} lines`);
}

/** A name that is given twice counts for the sum of its quantities. */
function sumByName(lines: readonly Line[]): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const [name, quantity] of lines) {
    if (!(quantity >= 1)) throw new RangeError(`a cart line cannot have the quantity ${quantity}`);
    sums.set(name, quantity + (sums.get(name) ?? 0));
  }
  return sums;
}
