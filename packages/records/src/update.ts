/*
 * Writes to a record: each takes one fresh dot, sets some fields and drops others. What was there and seen is
 * replaced; what another replica wrote meanwhile survives the merge. Values in, values out: no record changes.
 */
import { nextDot } from './context.ts';
import type { CausalRecord, Sibling } from './record.ts';

/** The record of a key that was never written. */
export const emptyRecord: CausalRecord = { context: new Map(), fields: new Map() };

/** The fields that a write sets, and those that it drops. A field in both is set. */
export interface RecordUpdate {
  readonly set: Iterable<readonly [field: string, quantity: number]>;
  readonly remove: Iterable<string>;
}

/**
 * Sets and removes fields in one write, under one fresh dot of the actor. The dot is taken even when no field
 * changes, as for the removal of a field that is not there. The record must hold all that the actor wrote
 * before to this key.
 *
 * @param actor an incarnation of a node, matching ACTOR_PATTERN
 * @param startAbove where the counters of an actor begin that the context does not know; see `nextDot`
 * @throws RangeError when a quantity is not a safe integer or the actor's name is not one
 */
export function update(record: CausalRecord, actor: string, changes: RecordUpdate, startAbove = 0): CausalRecord {
  const dot = nextDot(record.context, actor, startAbove);
  const fields = new Map<string, readonly Sibling[]>(record.fields);
  for (const field of changes.remove) fields.delete(field);
  for (const [field, quantity] of changes.set) {
    if (!Number.isSafeInteger(quantity)) throw new RangeError(`${quantity} is not a quantity`);
    // Adding 0 turns -0 into 0, which the canonical text has no other way to write.
    fields.set(field, [{ dot, quantity: quantity + 0 }]);
  }
  return { context: new Map(record.context).set(...dot), fields };
}

/** Sets fields in one write: `update` without removals. */
export function write(record: CausalRecord, actor: string, values: RecordUpdate['set']): CausalRecord {
  return update(record, actor, { set: values, remove: [] });
}

/** Removes fields in one write: `update` that sets nothing. */
export function remove(record: CausalRecord, actor: string, fields: RecordUpdate['remove']): CausalRecord {
  return update(record, actor, { set: [], remove: fields });
}
