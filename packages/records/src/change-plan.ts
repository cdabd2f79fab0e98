/*
 * What a change comes to for one record, before it is written: the fields to set and drop, nothing, or a refusal.
 * Made by user-changes.ts, product-changes.ts and list-changes.ts, carried out by apply-change.ts.
 */
import { isRequestField } from './applied-requests.ts';
import type { RefusalCode } from './change.ts';
import type { CausalRecord } from './record.ts';

/** What to do with a record. */
export type ChangePlan =
  | {
      readonly type: 'write';
      readonly set: readonly (readonly [field: string, quantity: number])[];
      readonly remove: readonly string[];
    }
  /** The record is already as asked for. */
  | { readonly type: 'nothing' }
  | { readonly type: 'refuse'; readonly code: RefusalCode; readonly detail: string };

/** Refuses, with a sentence for the client that names no e-mail. */
export function refuse(code: RefusalCode, detail: string): ChangePlan {
  return { type: 'refuse', code, detail };
}

/** Drops all but the remembered requests: one that is sent again must not undo the deletion. */
export function planDeletion(record: CausalRecord): ChangePlan {
  return { type: 'write', set: [], remove: [...record.fields.keys()].filter((field) => !isRequestField(field)) };
}
