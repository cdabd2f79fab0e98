/*
 * Reads canonical text (encode.ts) that may come from a broken disk or a strange peer. Takes only what encode
 * would have written, so that texts are equal exactly when records are; throws MalformedRecordError for all else.
 * Most texts are plain enough for text-reader.ts, which costs a third; this reads the others, and says what is wrong.
 */
import { decodeText, isSafeInteger, list, MalformedRecordError, tuple } from './canonical-text.ts';
import { ACTOR_PATTERN, hasSeen } from './context.ts';
import { byCodeUnit } from './order.ts';
import type { CausalRecord, Context, ContextText, Dot, RecordText, Sibling } from './record.ts';
import { isRegisterText, registerContextOf } from './register-text.ts';
import { readContextText, readRecordText } from './text-reader.ts';

/** @throws MalformedRecordError when `encodeRecord` would not have written the text */
export function decodeRecord(text: RecordText): CausalRecord {
  return readRecordText(text) ?? decodeText(text, decodeRecordValue);
}

/** @throws MalformedRecordError when `encodeContext` would not have written the text */
export function decodeContext(text: ContextText): Context {
  return readContextText(text) ?? decodeText(text, decodeContextValue);
}

/**
 * Cuts the context's text out of a record's or a register's, without parsing either: the names of actors hold no
 * bracket, so the context ends where two close. Meant for texts that are known to be canonical.
 *
 * @throws MalformedRecordError when the text does not even begin like a record's
 */
export function contextTextOf(recordText: RecordText): ContextText {
  if (isRegisterText(recordText)) return registerContextOf(recordText);
  if (recordText.startsWith('[[],')) return '[]';
  const end = recordText.indexOf(']]');
  if (!recordText.startsWith('[[[') || end < 0)
    throw new MalformedRecordError('the text does not begin with a context');
  return recordText.slice(1, end + 2);
}

function decodeRecordValue(value: unknown): CausalRecord {
  const [contextValue, fieldsValue] = tuple(value, 2, 'a record');
  const context = decodeContextValue(contextValue);
  const fields = new Map<string, readonly Sibling[]>();
  let previous: string | undefined;
  for (const entry of list(fieldsValue, 'the fields')) {
    const [field, siblings] = tuple(entry, 2, 'a field');
    if (typeof field !== 'string') throw new MalformedRecordError('the name of a field is not a string');
    checkOrder(previous, field, 'the fields');
    fields.set(field, decodeSiblings(siblings, context));
    previous = field;
  }
  return { context, fields };
}

function decodeContextValue(value: unknown): Context {
  const context = new Map<string, number>();
  let previous: string | undefined;
  for (const entry of list(value, 'the context')) {
    const [actor, counter] = decodeDot(tuple(entry, 2, 'an entry of the context'));
    checkOrder(previous, actor, 'the context');
    context.set(actor, counter);
    previous = actor;
  }
  return context;
}

function decodeSiblings(value: unknown, context: Context): readonly Sibling[] {
  const siblings: Sibling[] = [];
  let previous: string | undefined;
  for (const entry of list(value, 'the siblings')) {
    const sibling = decodeSibling(tuple(entry, 3, 'a sibling'));
    if (!hasSeen(context, sibling.dot)) throw new MalformedRecordError('the context lacks the dot of a sibling');
    checkOrder(previous, sibling.dot[0], 'the siblings');
    siblings.push(sibling);
    previous = sibling.dot[0];
  }
  if (siblings.length === 0) throw new MalformedRecordError('a field has no siblings');
  return siblings;
}

function decodeSibling(entry: readonly unknown[]): Sibling {
  const quantity = entry[2];
  if (!isSafeInteger(quantity)) throw new MalformedRecordError('a quantity is not a whole number');
  return { dot: decodeDot(entry), quantity };
}

function decodeDot([actor, counter]: readonly unknown[]): Dot {
  if (typeof actor !== 'string' || !ACTOR_PATTERN.test(actor)) {
    throw new MalformedRecordError('the name of an actor is not one');
  }
  if (!isSafeInteger(counter) || counter < 1) {
    throw new MalformedRecordError('a counter is not a positive whole number');
  }
  return [actor, counter];
}

/** Also refuses what is there twice, since each has to come after the one before it. */
function checkOrder(previous: string | undefined, name: string, what: string): void {
  if (previous !== undefined && byCodeUnit(previous, name) >= 0)
    throw new MalformedRecordError(`${what}: not in order, or one of them twice`);
}
