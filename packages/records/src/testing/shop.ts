/*
 * Short ways to make changes in tests.
 */
import { applyChange } from '../apply-change.ts';
import type { ChangeAction, Once } from '../change.ts';
import type { CausalRecord } from '../record.ts';
import { emptyRecord } from '../update.ts';

/** The time of changes that say no other. */
export const NOW_MS = 1_000_000;

/** The record after a change that has to be applied. */
export function changed(record: CausalRecord, action: ChangeAction, actor = 'a', once?: Once): CausalRecord {
  const outcome = applyChange(record, { action, once }, { actor, nowMs: NOW_MS });
  if (outcome.type !== 'applied') throw new Error(`the change was not applied: ${JSON.stringify(outcome)}`);
  return outcome.record;
}

/** A user with this cart. */
export function userWith(cart: Readonly<Record<string, number>>): CausalRecord {
  const user = changed(emptyRecord, { type: 'create-user' });
  return changed(user, { type: 'replace-cart', lines: Object.entries(cart) });
}

/** A product of this quantity. */
export function productWith(quantity: number): CausalRecord {
  return changed(emptyRecord, { type: 'add-to-product', quantity });
}
