/*
 * Records and contexts as canonical text, on the wire and on disk: JSON made of arrays alone, each ordered by
 * code unit, so equal records give equal bytes and no name can stand where a key of an object would.
 *
 *   record   [context, [[field, [[actor, counter, quantity], ...]], ...]]
 *   context  [[actor, counter], ...]
 */
import { byCodeUnit, byName } from './order.ts';
import type { CausalRecord, Context, ContextText, RecordText, Sibling } from './record.ts';

/** The record's one text, whatever the order in which its maps and lists were filled. */
export function encodeRecord(record: CausalRecord): RecordText {
  const fields = [...record.fields].toSorted(byName).map(([field, siblings]) => [field, siblingTuples(siblings)]);
  return JSON.stringify([[...record.context].toSorted(byName), fields]);
}

/** The context's one text; the same that stands in the text of its record. */
export function encodeContext(context: Context): ContextText {
  return JSON.stringify([...context].toSorted(byName));
}

/** No two siblings of a field are of one actor: its later write replaced its earlier one, here and in every merge. */
function siblingTuples(siblings: readonly Sibling[]): (readonly [string, number, number])[] {
  return siblings.toSorted((a, b) => byCodeUnit(a.dot[0], b.dot[0])).map(({ dot, quantity }) => [...dot, quantity]);
}
