/*
 * What each change of a product comes to. Decides only; apply-change.ts writes.
 */
import { planDeletion, refuse, type ChangePlan } from './change-plan.ts';
import { productOf, QUANTITY_FIELD, QUANTITY_MAX } from './product.ts';
import type { CausalRecord } from './record.ts';

/** Adds to the quantity, or takes away when negative; creates the product when there is none. */
export function planAddToProduct(record: CausalRecord, added: number): ChangePlan {
  const held = productOf(record)?.quantity;
  if (held !== undefined && added === 0) return { type: 'nothing' };
  const quantity = (held ?? 0) + added;
  if (quantity < 0) {
    return refuse('BELOW_ZERO', `there are ${held ?? 0}, so ${-added} cannot be taken away`);
  }
  if (quantity > QUANTITY_MAX) {
    return refuse('QUANTITY_TOO_LARGE', `there are ${held ?? 0}, and there can be at most ${QUANTITY_MAX}`);
  }
  return { type: 'write', set: [[QUANTITY_FIELD, quantity]], remove: [] };
}

/** Deletes the product. */
export function planDeleteProduct(record: CausalRecord): ChangePlan {
  if (productOf(record) === undefined) return refuse('PRODUCT_NOT_FOUND', 'there is no such product');
  return planDeletion(record);
}
