/*
 * Registers as canonical text, on the wire and on disk, beside the texts of causal records, from which they are told by
 * how they begin. The value stands in it as a string, so that whoever passes it on need not parse it.
 *
 *   register   ["r", [counter, proposer], [counter, proposer], value]   accepted, promised; "h" for one only heard of
 *   context    [counter, proposer]                                      the accepted ballot alone
 *
 * The context is what replicas compare. Promises are not in it: they differ between replicas for good reason.
 */
import { decodeText, isSafeInteger, MalformedRecordError, tuple } from './canonical-text.ts';
import { ACTOR_PATTERN } from './context.ts';
import type { ContextText, RecordText } from './record.ts';
import { compareBallots, NO_BALLOT, type Ballot, type Register } from './register.ts';

const ACCEPTED = 'r';
const HEARD = 'h';
/** How the text goes on after the promised ballot when the register is released. */
const RELEASED = ',null]';
const RELEASED_LIST = ',"[null,';
/** Where the accepted ballot begins. */
const CONTEXT_START = '["r",'.length;
/** The context of a register of which nothing was accepted. */
export const NO_CONTEXT: ContextText = JSON.stringify(NO_BALLOT);

/** The register's one text. */
export function encodeRegister({ accepted, promised, value, heard }: Register): RecordText {
  return JSON.stringify([heard ? HEARD : ACCEPTED, accepted, promised, value]);
}

/** @throws MalformedRecordError when `encodeRegister` would not have written the text */
export function decodeRegister(text: RecordText): Register {
  return decodeText(text, decodeRegisterValue);
}

/** Whether a canonical text is a register's; else it is a causal record's. */
export function isRegisterText(text: RecordText): boolean {
  return text.startsWith('["');
}

/** Whether a canonical context is a register's. */
export function isRegisterContext(text: ContextText): boolean {
  return /^\[\d/.test(text);
}

/**
 * Cuts the accepted ballot out of a register's text: the names of proposers hold no bracket.
 *
 * @throws MalformedRecordError when the text does not even begin like a register's
 */
export function registerContextOf(text: RecordText): ContextText {
  const end = text.indexOf(']');
  if (text[CONTEXT_START] !== '[' || end < 0) throw new MalformedRecordError('the text does not begin like a register');
  return text.slice(CONTEXT_START, end + 1);
}

/**
 * The counter of the ballot that a register's text promises, cut out likewise.
 *
 * @throws MalformedRecordError as `registerContextOf`
 */
export function promisedCounterOf(text: RecordText): number {
  const start = CONTEXT_START + registerContextOf(text).length + ',['.length;
  return Number.parseInt(text.slice(start, text.indexOf(',', start)), 10);
}

/**
 * Whether a register's text is that of one that was released: there is no value, or, of the lists that gateways write as
 * values, one whose first element is null. What else stands in it is then only worth remembering for a while.
 */
export function isReleasedText(text: RecordText): boolean {
  const accepted = registerContextOf(text);
  if (accepted === NO_CONTEXT) return false;
  const promisedEnd = text.indexOf(']', CONTEXT_START + accepted.length);
  const value = text.slice(promisedEnd + 1, promisedEnd + 1 + RELEASED_LIST.length);
  return value === RELEASED_LIST || value === RELEASED;
}

/** @throws MalformedRecordError when the text is not a register's context */
export function decodeBallot(text: ContextText): Ballot {
  return decodeText(text, (value) => decodeBallotValue(value));
}

function decodeRegisterValue(decoded: unknown): Register {
  const [kind, acceptedValue, promisedValue, value] = tuple(decoded, 4, 'a register');
  if (kind !== ACCEPTED && kind !== HEARD) throw new MalformedRecordError('a register of an unknown kind');
  if (value !== null && typeof value !== 'string') throw new MalformedRecordError('the value is not a text');
  const accepted = decodeBallotValue(acceptedValue);
  const promised = decodeBallotValue(promisedValue);
  if (compareBallots(promised, accepted) < 0) throw new MalformedRecordError('a promise below what was accepted');
  const isEmpty = compareBallots(accepted, NO_BALLOT) === 0;
  if (isEmpty && (value !== null || kind === HEARD)) throw new MalformedRecordError('a value without a ballot');
  return { accepted, value, promised, heard: kind === HEARD };
}

function decodeBallotValue(value: unknown): Ballot {
  const [counter, proposer] = tuple(value, 2, 'a ballot');
  if (typeof proposer !== 'string' || !isSafeInteger(counter) || counter < 0) {
    throw new MalformedRecordError('a ballot is not a whole number and a proposer');
  }
  const isNone = counter === NO_BALLOT[0] && proposer === NO_BALLOT[1];
  if (!isNone && (counter === 0 || !ACTOR_PATTERN.test(proposer))) {
    throw new MalformedRecordError('the name of a proposer is not one');
  }
  return [counter, proposer];
}
