/*
 * What people are shown of a record or a register as it is stored: its version, what it has seen, and its value as far as it
 * means something. Pure.
 */
import {
  decodeRecord,
  decodeRegister,
  isRegisterText,
  listOf,
  parseKey,
  productOf,
  userOf,
  version,
  type Ballot,
  type CausalRecord,
  type RecordText,
} from '@trolley/records';
import { decodeEnvelope } from '../store/registers/envelope.ts';
import { plainObject } from './replies.ts';

type Siblings = NonNullable<ReturnType<CausalRecord['fields']['get']>>;

/** A record or a register as it is shown. */
export interface ShownText {
  readonly version: number;
  readonly context: Record<string, number>;
  /** Null when there is nothing, or it was deleted. */
  readonly value: object | null;
  readonly siblings: Record<string, Siblings>;
  /** Of a register only. */
  readonly ballots?: { readonly accepted: string | null; readonly promised: string | null; readonly vote: boolean };
}

/** What is shown of what stands under a key. */
export function shownText(key: string, text: RecordText): ShownText {
  return isRegisterText(text) ? shownRegister(text) : shownRecord(key, decodeRecord(text));
}

function shownRecord(key: string, record: CausalRecord): ShownText {
  return {
    version: version(record),
    context: plainObject(record.context),
    value: valueOf(key, record),
    siblings: plainObject([...record.fields].filter(([, siblings]) => siblings.length > 1)),
  };
}

/** The version is the counter of the ballot that was accepted last; its proposer stands for who has written. */
function shownRegister(text: RecordText): ShownText {
  const { accepted, promised, value, heard } = decodeRegister(text);
  const { value: held } = decodeEnvelope(value);
  return {
    version: accepted[0],
    context: plainObject(accepted[0] === 0 ? [] : [[accepted[1], accepted[0]] as const]),
    value: held === null ? null : { register: held },
    siblings: plainObject<never>([]),
    ballots: { accepted: ballotText(accepted), promised: ballotText(promised), vote: !heard },
  };
}

function ballotText(ballot: Ballot): string | null {
  return ballot[0] === 0 ? null : ballot.join(' ');
}

/** What clients would see of this record; null when there is nothing, or it was deleted. */
function valueOf(key: string, record: CausalRecord) {
  const kind = parseKey(key)?.kind;
  if (kind === 'product') {
    const product = productOf(record);
    return product === undefined ? null : { quantity: product.quantity };
  }
  if (kind === 'user') {
    const user = userOf(record);
    return user === undefined ? null : { cart: plainObject(user.cart) };
  }
  const entries = listOf(record);
  return entries.size === 0 ? null : { entries: plainObject(entries) };
}
