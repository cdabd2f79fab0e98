/*
 * Reads the canonical text of records and contexts in one pass, as nearly all of them are: names without anything that
 * JSON would escape. What it accepts, decode.ts accepts too, with the same result, and it gives up on all else without
 * saying why: whoever calls it then has decode.ts look, which knows escapes, and what is wrong.
 */
import type { CausalRecord, Context, Sibling } from './record.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const ZERO = 0x30;
const OPEN = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE = 0x5d;
const FIRST_SURROGATE = 0xd800;
const LAST_SURROGATE = 0xdfff;
/** So many digits are a safe integer whatever they are. */
const DIGITS_MAX = 15;

/** By code: whether an actor's name may hold the character; see ACTOR_PATTERN. */
const IS_OF_ACTOR = Uint8Array.from({ length: 128 }, (_, code) =>
  Number(/[A-Za-z0-9._-]/.test(String.fromCharCode(code))),
);

/** The record; undefined when it takes more to read it, or it is none. */
export function readRecordText(text: string): CausalRecord | undefined {
  const reader = new TextReader(text);
  return reader.record();
}

/** The context, likewise. */
export function readContextText(text: string): Context | undefined {
  const reader = new TextReader(text);
  const context = reader.context();
  return context !== undefined && reader.isAtEnd ? context : undefined;
}

/** A place in a text. Each method reads one thing and stands behind it then; undefined: it is not there. */
class TextReader {
  readonly #text: string;
  #at = 0;
  /** The actor that was read last, which is most often the next one, too. */
  #actor = '';

  constructor(text: string) {
    this.#text = text;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#text.length;
  }

  record(): CausalRecord | undefined {
    if (!this.#take(OPEN)) return undefined;
    const context = this.context();
    if (context === undefined || !this.#take(COMMA)) return undefined;
    const fields = this.#fields(context);
    if (fields === undefined || !this.#take(CLOSE)) return undefined;
    return this.isAtEnd ? { context, fields } : undefined;
  }

  context(): Map<string, number> | undefined {
    const context = new Map<string, number>();
    if (!this.#take(OPEN)) return undefined;
    if (this.#take(CLOSE)) return context;
    let previous = '';
    do {
      if (!this.#take(OPEN)) return undefined;
      const actor = this.#actorName();
      // An actor's name is never empty, so the first one always comes after this.
      if (actor === undefined || actor <= previous || !this.#take(COMMA)) return undefined;
      const counter = this.#integer();
      if (counter === undefined || counter < 1 || !this.#take(CLOSE)) return undefined;
      context.set(actor, counter);
      previous = actor;
    } while (this.#take(COMMA));
    return this.#take(CLOSE) ? context : undefined;
  }

  #fields(context: Context): Map<string, readonly Sibling[]> | undefined {
    const fields = new Map<string, readonly Sibling[]>();
    if (!this.#take(OPEN)) return undefined;
    if (this.#take(CLOSE)) return fields;
    let previous: string | undefined;
    do {
      if (!this.#take(OPEN)) return undefined;
      const name = this.#fieldName();
      if (name === undefined || (previous !== undefined && name <= previous) || !this.#take(COMMA)) return undefined;
      const siblings = this.#siblings(context);
      if (siblings === undefined || !this.#take(CLOSE)) return undefined;
      fields.set(name, siblings);
      previous = name;
    } while (this.#take(COMMA));
    return this.#take(CLOSE) ? fields : undefined;
  }

  #siblings(context: Context): readonly Sibling[] | undefined {
    const siblings: Sibling[] = [];
    if (!this.#take(OPEN)) return undefined;
    let previous = '';
    do {
      if (!this.#take(OPEN)) return undefined;
      const actor = this.#actorName();
      if (actor === undefined || actor <= previous || !this.#take(COMMA)) return undefined;
      const counter = this.#integer();
      if (counter === undefined || counter < 1 || !this.#take(COMMA)) return undefined;
      const quantity = this.#integer();
      if (quantity === undefined || !this.#take(CLOSE)) return undefined;
      if (counter > (context.get(actor) ?? 0)) return undefined;
      siblings.push({ dot: [actor, counter], quantity });
      previous = actor;
    } while (this.#take(COMMA));
    return this.#take(CLOSE) ? siblings : undefined;
  }

  #take(code: number): boolean {
    if (this.#text.charCodeAt(this.#at) !== code) return false;
    this.#at += 1;
    return true;
  }

  #actorName(): string | undefined {
    const text = this.#text;
    if (text.charCodeAt(this.#at) !== QUOTE) return undefined;
    const start = this.#at + 1;
    const known = this.#actor;
    if (known !== '' && text.startsWith(known, start) && text.charCodeAt(start + known.length) === QUOTE) {
      this.#at = start + known.length + 1;
      return known;
    }
    let end = start;
    while (IS_OF_ACTOR[text.charCodeAt(end)] === 1) end += 1;
    if (end === start || text.charCodeAt(end) !== QUOTE) return undefined;
    this.#at = end + 1;
    this.#actor = text.slice(start, end);
    return this.#actor;
  }

  #fieldName(): string | undefined {
    const text = this.#text;
    if (text.charCodeAt(this.#at) !== QUOTE) return undefined;
    const start = this.#at + 1;
    for (let end = start; end < text.length; end++) {
      const code = text.charCodeAt(end);
      if (code === QUOTE) {
        this.#at = end + 1;
        return text.slice(start, end);
      }
      if (code === BACKSLASH || code < 0x20 || (code >= FIRST_SURROGATE && code <= LAST_SURROGATE)) return undefined;
    }
    return undefined;
  }

  /** A whole number as JSON.stringify writes it. */
  #integer(): number | undefined {
    const text = this.#text;
    const isNegative = text.charCodeAt(this.#at) === MINUS;
    const start = isNegative ? this.#at + 1 : this.#at;
    let value = 0;
    let end = start;
    for (let digit = text.charCodeAt(end) - ZERO; digit >= 0 && digit <= 9; digit = text.charCodeAt(end) - ZERO) {
      value = value * 10 + digit;
      end += 1;
    }
    const digits = end - start;
    if (digits === 0 || digits > DIGITS_MAX) return undefined;
    if (text.charCodeAt(start) === ZERO && (digits > 1 || isNegative)) return undefined;
    this.#at = end;
    return isNegative ? -value : value;
  }
}
