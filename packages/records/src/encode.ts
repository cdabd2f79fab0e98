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
export function encodeRecord({ context, fields }: CausalRecord): RecordText {
  let text = `[${encodeContext(context)},[`;
  let separator = '';
  for (const [field, siblings] of inOrder(fields)) {
    text += `${separator}[${quoted(field)},[${siblingsText(siblings)}]]`;
    separator = ',';
  }
  return `${text}]]`;
}

/** The context's one text; the same that stands in the text of its record. */
export function encodeContext(context: Context): ContextText {
  let text = '[';
  let separator = '';
  for (const [actor, counter] of inOrder(context)) {
    text += `${separator}["${actor}",${counter}]`;
    separator = ',';
  }
  return `${text}]`;
}

/** No two siblings of a field are of one actor: its later write replaced its earlier one, here and in every merge. */
function siblingsText(siblings: readonly Sibling[]): string {
  const [first] = siblings;
  if (first !== undefined && siblings.length === 1) return siblingText(first);
  return siblings
    .toSorted((a, b) => byCodeUnit(a.dot[0], b.dot[0]))
    .map(siblingText)
    .join(',');
}

function siblingText({ dot: [actor, counter], quantity }: Sibling): string {
  return `["${actor}",${counter},${quantity}]`;
}

/** What JSON would write otherwise than it is: quotes, backslashes, control characters, halves of surrogate pairs. */
const TO_ESCAPE = /["\\\p{Cc}\p{Cs}]/u;

/** The text as JSON. */
export function quoted(name: string): string {
  return TO_ESCAPE.test(name) ? JSON.stringify(name) : `"${name}"`;
}

/** The entries by name. Mostly they are in order: a record that was read is, and a write seldom adds a field. */
function inOrder<V>(entries: ReadonlyMap<string, V>): Iterable<readonly [string, V]> {
  let previous: string | undefined;
  for (const name of entries.keys()) {
    if (previous !== undefined && name < previous) return [...entries].toSorted(byName);
    previous = name;
  }
  return entries;
}
