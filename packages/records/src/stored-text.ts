/*
 * What is stored, whichever kind it is: causal records and registers as their texts. For whoever keeps, passes on and
 * compares what the keys hold, and need not know what that is. A key never holds both kinds.
 */
import { hear } from './acceptor.ts';
import { remembersUntilMs } from './applied-requests.ts';
import { MalformedRecordError } from './canonical-text.ts';
import { compare, version, type ContextOrder } from './context.ts';
import { contextTextOf, decodeContext, decodeRecord } from './decode.ts';
import { encodeRecord } from './encode.ts';
import { merge } from './merge.ts';
import type { ContextText, RecordText } from './record.ts';
import {
  decodeBallot,
  decodeRegister,
  encodeRegister,
  isRegisterContext,
  isRegisterText,
  NO_CONTEXT,
} from './register-text.ts';
import { compareBallots, emptyRegister, type Register } from './register.ts';
import { isTombstone, isTombstoneText } from './tombstone.ts';

/**
 * What a replica holds once it has learned what another one does; `own` itself when that is nothing new.
 *
 * @param floor of the registers, see acceptor.ts; Infinity when the replica has no vote at all
 * @throws MalformedRecordError when a text is none, or when one is a register and the other is not
 */
export function mergeTexts(own: RecordText | undefined, incoming: RecordText, floor: number): RecordText {
  if (own === incoming) return own;
  if (!areRegisters(own ?? incoming, incoming)) return mergeRecordTexts(own, incoming);
  const theirs = decodeRegister(incoming);
  const held = own === undefined ? emptyRegister : decodeRegister(own);
  const next = hear(held, theirs, floor);
  return next === held && own !== undefined ? own : encodeRegister(next);
}

/** As `mergeTexts`. When one context tells that its side has seen all of the other's, only what came in is read. */
function mergeRecordTexts(own: RecordText | undefined, incoming: RecordText): RecordText {
  const theirs = decodeRecord(incoming);
  if (own === undefined) return incoming;
  const order = compare(decodeContext(contextTextOf(own)), theirs.context);
  switch (order) {
    case 'equal':
    case 'after':
      return own;
    case 'before':
      return incoming;
    case 'concurrent':
      return encodeRecord(merge(decodeRecord(own), theirs));
    default:
      return order satisfies never;
  }
}

/**
 * Brings together two states of one replica, of which nobody knows which came first: nothing that either knew or
 * promised is forgotten.
 *
 * @throws MalformedRecordError as `mergeTexts`
 */
export function uniteTexts(a: RecordText, b: RecordText): RecordText {
  if (a === b) return a;
  if (!areRegisters(a, b)) return encodeRecord(merge(decodeRecord(a), decodeRecord(b)));
  const [one, other] = [decodeRegister(a), decodeRegister(b)];
  const newest = isBehind(one, other) ? other : one;
  const promised = compareBallots(one.promised, other.promised) < 0 ? other.promised : one.promised;
  return encodeRegister({ ...newest, promised });
}

/**
 * `before`: b has seen all that a has, and more. Two registers are never concurrent.
 *
 * @throws MalformedRecordError as `mergeTexts`
 */
export function compareContextTexts(a: ContextText, b: ContextText): ContextOrder {
  if (a === b) return 'equal';
  if (isRegisterContext(a) !== isRegisterContext(b)) throw new MalformedRecordError('a register and a record');
  if (!isRegisterContext(a)) return compare(decodeContext(a), decodeContext(b));
  const order = compareBallots(decodeBallot(a), decodeBallot(b));
  if (order === 0) return 'equal';
  return order < 0 ? 'before' : 'after';
}

/**
 * The version that people are shown: how many writes a record has seen, the counter of the ballot that a register has
 * accepted.
 *
 * @throws MalformedRecordError when the text is not a context
 */
export function versionOfContext(context: ContextText): number {
  if (isRegisterContext(context)) return decodeBallot(context)[0];
  return version({ context: decodeContext(context), fields: new Map() });
}

/**
 * Whether a text is surely that of what was deleted, or released.
 *
 * @throws MalformedRecordError when the text is neither a record nor a register
 */
export function isDeletedText(text: RecordText): boolean {
  if (!isTombstoneText(text)) return false;
  return isRegisterText(text) || isTombstone(decodeRecord(text));
}

/** Until when it remembers requests, in wall-clock milliseconds; registers remember theirs otherwise. */
export function textRemembersUntilMs(text: RecordText): number {
  return isRegisterText(text) ? 0 : remembersUntilMs(decodeRecord(text));
}

/**
 * What replicas compare of a text, and what digests are made of: records as they are, of registers only what was accepted.
 * Undefined for a register of which nothing was: replicas that have it and those that do not are equal.
 */
export function comparableText(text: RecordText): string | undefined {
  if (!isRegisterText(text)) return text;
  const context = contextTextOf(text);
  return context === NO_CONTEXT ? undefined : context;
}

function areRegisters(a: RecordText, b: RecordText): boolean {
  if (isRegisterText(a) !== isRegisterText(b)) throw new MalformedRecordError('a register meets a record');
  return isRegisterText(a);
}

function isBehind(one: Register, other: Register): boolean {
  return compareBallots(one.accepted, other.accepted) < 0;
}
