/*
 * What reading canonical text of any kind takes: JSON in the one spelling that the encoders write, looked at without
 * trust. Throws MalformedRecordError for all else.
 */

/** A text is not the canonical text of a record, a register or a context; the message says what is wrong with it. */
export class MalformedRecordError extends Error {
  override readonly name = 'MalformedRecordError';
  readonly code = 'MALFORMED_RECORD';
}

/** Reads a text that has to be the one spelling of its value. @throws MalformedRecordError */
export function decodeText<T>(text: string, decodeValue: (value: unknown) => T): T {
  const value = parse(text);
  const decoded = decodeValue(value);
  // The values are right and in order; what is left are other spellings of them: spaces, escapes, 1e3, -0. Compared
  // last, since only a value of the right shape is sure not to be nested deeper than JSON.stringify can go.
  if (JSON.stringify(value) !== text) throw new MalformedRecordError('the text is not in canonical form');
  return decoded;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new MalformedRecordError('the text is not JSON', { cause: error });
  }
}

export function list(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new MalformedRecordError(`${what}: not a list`);
  return value;
}

export function tuple(value: unknown, length: number, what: string): readonly unknown[] {
  const elements = list(value, what);
  if (elements.length !== length) throw new MalformedRecordError(`${what}: not a list of ${length}`);
  return elements;
}

export function isSafeInteger(value: unknown): value is number {
  return Number.isSafeInteger(value);
}
