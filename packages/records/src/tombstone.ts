/*
 * Telling a deleted record from a live one and from none at all. A tombstone keeps the context, without which a
 * replica that missed the deletion would bring the record back, and the requests it remembers, without which a
 * creation that is sent again would.
 */
import { isRequestField } from './applied-requests.ts';
import { contextTextOf } from './decode.ts';
import type { CausalRecord, RecordText } from './record.ts';
import { isRegisterText, isReleasedText } from './register-text.ts';

/** Enough to see how the first field's name begins. */
const FIRST_FIELD_CHARACTERS = 32;

/**
 * Whether the record was written once and is deleted: a context, and no fields but remembered requests. Whoever
 * drops tombstones for good has to wait longer than requests are remembered.
 */
export function isTombstone(record: CausalRecord): boolean {
  if (record.context.size === 0) return false;
  return [...record.fields.keys()].every(isRequestField);
}

/**
 * Whether a canonical text might be a tombstone's, from its first field alone, without parsing it. Every tombstone's
 * is; hardly any other's, so `isDeletedText` has the last word. Of a register it is certain: it was released.
 *
 * @throws MalformedRecordError when the text does not even begin like a record's
 */
export function isTombstoneText(text: RecordText): boolean {
  if (isRegisterText(text)) return isReleasedText(text);
  const context = contextTextOf(text);
  if (context === '[]') return false;
  const fields = text.slice(context.length + 2, context.length + 2 + FIRST_FIELD_CHARACTERS);
  const name = /^\[\["([^"\\]*)/.exec(fields)?.[1];
  return name === undefined ? fields.startsWith('[]') : isRequestField(name);
}
