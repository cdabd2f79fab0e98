/*
 * Changes as they lie in a frame: a byte for the action, and its fields. What is read is of the form that the schema
 * of node-protocol.ts demands.
 */
import type { Change, ChangeAction, Line, Once } from '@trolley/records';
import { ONCE_PATTERN } from '../node-protocol.ts';
import { FrameError } from './frame-protocol.ts';
import type { FrameReader } from './frame-reader.ts';
import type { FrameWriter } from './frame-writer.ts';

/** The byte of each action. Those that are taken stay as they are: they are part of the protocol. */
const ACTIONS = {
  'create-user': 1,
  'delete-user': 2,
  'add-to-cart': 3,
  'remove-from-cart': 4,
  'replace-cart': 5,
  'take-from-cart': 6,
  'add-to-product': 7,
  'delete-product': 8,
  'list-add': 9,
  'list-remove': 10,
} as const satisfies Record<ChangeAction['type'], number>;

/** Added to the byte of an action when the change is one to make once. */
const ONCE = 0x80;

const TEXT_BYTES_MIN = 4;
const LINE_BYTES_MIN = TEXT_BYTES_MIN + 8;

export function writeChange(writer: FrameWriter, { action, once }: Change): void {
  writer.byte(ACTIONS[action.type] + (once === undefined ? 0 : ONCE));
  switch (action.type) {
    case 'add-to-cart':
    case 'replace-cart':
    case 'take-from-cart':
      writeLines(writer, action.lines);
      break;
    case 'list-add':
    case 'list-remove':
      writeLines(writer, action.entries);
      break;
    case 'remove-from-cart':
      writer.uint32(action.names.length);
      for (const name of action.names) writer.text(name);
      break;
    case 'add-to-product':
      writer.number(action.quantity);
      break;
    case 'create-user':
    case 'delete-user':
    case 'delete-product':
      break;
    default:
      action satisfies never;
  }
  if (once !== undefined) writeOnce(writer, once);
}

/** @throws FrameError */
export function readChange(reader: FrameReader): Change {
  const code = reader.byte();
  const action = readAction(reader, code % ONCE);
  return code < ONCE ? { action } : { action, once: readOnce(reader) };
}

function readAction(reader: FrameReader, code: number): ChangeAction {
  switch (code) {
    case ACTIONS['create-user']:
      return { type: 'create-user' };
    case ACTIONS['delete-user']:
      return { type: 'delete-user' };
    case ACTIONS['add-to-cart']:
      return { type: 'add-to-cart', lines: readLines(reader) };
    case ACTIONS['remove-from-cart']:
      return { type: 'remove-from-cart', names: reader.list(TEXT_BYTES_MIN, () => reader.text()) };
    case ACTIONS['replace-cart']:
      return { type: 'replace-cart', lines: readLines(reader) };
    case ACTIONS['take-from-cart']:
      return { type: 'take-from-cart', lines: readLines(reader) };
    case ACTIONS['add-to-product']:
      return { type: 'add-to-product', quantity: reader.integer() };
    case ACTIONS['delete-product']:
      return { type: 'delete-product' };
    case ACTIONS['list-add']:
      return { type: 'list-add', entries: readLines(reader) };
    case ACTIONS['list-remove']:
      return { type: 'list-remove', entries: readLines(reader) };
    default:
      throw new FrameError(`there is no change ${code}`);
  }
}

function writeLines(writer: FrameWriter, lines: readonly Line[]): void {
  writer.uint32(lines.length);
  for (const [name, quantity] of lines) {
    writer.text(name);
    writer.number(quantity);
  }
}

function readLines(reader: FrameReader): Line[] {
  return reader.list(LINE_BYTES_MIN, () => [reader.text(), reader.integer()]);
}

function writeOnce(writer: FrameWriter, { id, fingerprint, expiresAtMs }: Once): void {
  writer.text(id);
  writer.text(fingerprint);
  writer.number(expiresAtMs);
}

function readOnce(reader: FrameReader): Once {
  const once = { id: reader.text(), fingerprint: reader.text(), expiresAtMs: reader.integer() };
  if (!ONCE_PATTERN.test(once.id) || !ONCE_PATTERN.test(once.fingerprint)) {
    throw new FrameError('a request has an id and a fingerprint of letters, digits, dashes and underscores');
  }
  return once;
}
