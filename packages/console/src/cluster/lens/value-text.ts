/*
 * What is stored under a key, in a line that people read. Pure.
 */
import type { KeyValue, Sibling } from '../../api/cluster.ts';

/** `280`, `apple 4, bread 1`, or what says that there is nothing. */
export function valueText(value: KeyValue, deleted = false): string {
  if (value === null) return deleted ? 'deleted' : 'nothing';
  if ('quantity' in value) return String(value.quantity);
  if ('cart' in value) return linesText(value.cart, 'an empty cart');
  if ('entries' in value) return linesText(value.entries, 'an empty list');
  return registerText(value.register);
}

/** A field's name without what tells its kind. */
export function fieldText(field: string): string {
  return field.replace(/^line:/, '');
}

/** How the siblings of a field come to one value, for this kind of key. */
export function mergeRule(key: string): 'smallest' | 'largest' {
  return key.startsWith('product:') ? 'smallest' : 'largest';
}

/** What the siblings come to. */
export function mergedQuantity(key: string, siblings: readonly Sibling[]): number {
  const quantities = siblings.map(({ quantity }) => quantity);
  return mergeRule(key) === 'smallest' ? Math.min(...quantities) : Math.max(...quantities);
}

/** `node-1:3`: a write, by the node that coordinated it. The rest of the actor tells its incarnation. */
export function actorText(actor: string): string {
  return actor.replace(/\.[a-z0-9]+$/, '');
}

function linesText(lines: Readonly<Record<string, number>>, whenEmpty: string): string {
  const entries = Object.entries(lines);
  return entries.length === 0 ? whenEmpty : entries.map(([name, quantity]) => `${name} ${quantity}`).join(', ');
}

const REGISTER_TEXT_MAX = 400;

function registerText(register: unknown): string {
  const text = JSON.stringify(register) ?? 'nothing';
  return text.length > REGISTER_TEXT_MAX ? `${text.slice(0, REGISTER_TEXT_MAX)} …` : text;
}
