/*
 * What makes an operation one that this node can carry out, beyond the form that the protocol's schema holds it
 * to. Pure.
 */
import type { NodeOperation } from '@trolley/cluster';
import {
  compareBallots,
  isRegisterKey,
  isRegisterText,
  parseKey,
  QUANTITY_MAX,
  type Change,
  type ChangeAction,
  type Line,
  type Proposal,
} from '@trolley/records';
import { NODE_ID_PATTERN } from './storage/identity.ts';

/** Longest key or name, in UTF-16 code units; the longest that the API makes is 259 (`user:` and an e-mail). */
const KEY_LENGTH_MAX = 512;

/** Longest value of a register. */
const VALUE_LENGTH_MAX = 1024 * 1024;

/** Longest id or fingerprint of a request. */
const ONCE_LENGTH_MAX = 128;

/** What an entry of a list leads to: never mistaken for a request that a record remembers. */
const ENTRY_PATTERN = /^(?:reservation|order|bundle):./;

/** No UTF-8 can say half of a surrogate pair: on disk the key would become another. */
const LONE_SURROGATE = /\p{Cs}/u;

/** What is wrong with an operation, in words; undefined when nothing is. */
export function faultOf(operation: NodeOperation): string | undefined {
  switch (operation.type) {
    case 'read':
    case 'withdraw':
      return faultOfKey(operation.key);
    case 'merge':
    case 'adopt':
      return faultOfKey(operation.key) ?? faultOfHolding(operation.key, operation.record);
    case 'prepare':
      return faultOfRegisterKey(operation.key);
    case 'accept':
      return faultOfRegisterKey(operation.key) ?? faultOfProposal(operation);
    case 'change':
    case 'draft':
      return (
        faultOfKey(operation.key) ??
        faultOfPair(operation.key, operation.change.action) ??
        faultOfChange(operation.change)
      );
    case 'scan':
      return faultOfText(operation.prefix) ?? faultOfText(operation.after ?? '');
    case 'hint':
      return faultOfNode(operation.node) ?? firstFault(operation.keys, faultOfKey);
    case 'digest-entries':
      return faultOfText(operation.after ?? '');
    case 'drop':
      return firstFault(operation.records, ([key]) => faultOfKey(key));
    case 'status':
    case 'digest-groups':
    case 'digest-children':
    case 'tombstone-drops':
    case 'highest-promises':
    case 'known-map':
    case 'repair':
      return undefined;
    default:
      return operation satisfies never;
  }
}

function faultOfText(text: string): string | undefined {
  if (text.length > KEY_LENGTH_MAX) {
    return `a key or name has at most ${KEY_LENGTH_MAX} characters`;
  }
  return LONE_SURROGATE.test(text) ? 'a key or name cannot hold half of a surrogate pair' : undefined;
}

function faultOfNode(node: string): string | undefined {
  return NODE_ID_PATTERN.test(node) ? undefined : 'a node has an id of lower-case letters, digits and dashes';
}

function faultOfKey(key: string): string | undefined {
  return faultOfText(key) ?? (parseKey(key) === undefined ? 'a key begins with its kind, such as product:' : undefined);
}

function faultOfRegisterKey(key: string): string | undefined {
  return faultOfKey(key) ?? (isRegisterKey(key) ? undefined : `${key} holds no register`);
}

/** A replica that took one for the other could never merge with the others again. */
function faultOfHolding(key: string, record: string): string | undefined {
  if (isRegisterText(record) === isRegisterKey(key)) return undefined;
  return isRegisterKey(key) ? `${key} holds a register` : `${key} holds a record`;
}

function faultOfProposal({ ballot, value, next }: Proposal): string | undefined {
  if (value !== null && value.length > VALUE_LENGTH_MAX) return `a value has at most ${VALUE_LENGTH_MAX} characters`;
  if (next !== null && (next[1] !== ballot[1] || compareBallots(next, ballot) <= 0)) {
    return 'next is a later ballot of the same proposer';
  }
  return undefined;
}

function faultOfPair(key: string, action: ChangeAction): string | undefined {
  const kind = parseKey(key)?.kind;
  const changed = kindsChangedBy(action);
  return kind !== undefined && changed.includes(kind)
    ? undefined
    : `${action.type} changes a ${changed.join(' or ')}, which ${key} is not`;
}

function faultOfChange({ action, once }: Change): string | undefined {
  if (once !== undefined && Math.max(once.id.length, once.fingerprint.length) > ONCE_LENGTH_MAX) {
    return `a request's id has at most ${ONCE_LENGTH_MAX} characters`;
  }
  if (once !== undefined && !(Number.isSafeInteger(once.expiresAtMs) && once.expiresAtMs >= 0)) {
    return 'expiresAtMs is a whole number of milliseconds';
  }
  switch (action.type) {
    case 'add-to-cart':
    case 'replace-cart':
    case 'take-from-cart':
      return firstFault(action.lines, ([name, quantity]) => faultOfText(name) ?? faultOfLineQuantity(quantity));
    case 'remove-from-cart':
      return firstFault(action.names, faultOfText);
    case 'add-to-product':
      return Math.abs(action.quantity) > QUANTITY_MAX ? `a quantity is at most ${QUANTITY_MAX}` : undefined;
    case 'list-add':
    case 'list-remove':
      return firstFault(action.entries, faultOfEntry);
    case 'create-user':
    case 'delete-user':
    case 'delete-product':
      return undefined;
    default:
      return action satisfies never;
  }
}

function faultOfLineQuantity(quantity: number): string | undefined {
  return quantity >= 1 && quantity <= QUANTITY_MAX ? undefined : `a line has a quantity from 1 to ${QUANTITY_MAX}`;
}

function faultOfEntry([name, quantity]: Line): string | undefined {
  if (!ENTRY_PATTERN.test(name)) return 'an entry is named after what it leads to, such as order:';
  return faultOfText(name) ?? (quantity >= 0 ? undefined : 'an entry has a number of seconds');
}

function firstFault<T>(values: readonly T[], faultOfOne: (value: T) => string | undefined): string | undefined {
  for (const value of values) {
    const fault = faultOfOne(value);
    if (fault !== undefined) {
      return fault;
    }
  }
  return undefined;
}

function kindsChangedBy(action: ChangeAction): readonly string[] {
  switch (action.type) {
    case 'add-to-product':
    case 'delete-product':
      return ['product'];
    case 'create-user':
    case 'delete-user':
    case 'add-to-cart':
    case 'remove-from-cart':
    case 'replace-cart':
    case 'take-from-cart':
      return ['user'];
    case 'list-add':
    case 'list-remove':
      return ['person', 'open'];
    default:
      return action satisfies never;
  }
}
