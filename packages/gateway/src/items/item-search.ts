/*
 * Which items a listing shows. Pure.
 */
import { hasLapsed, type Item } from './item.ts';

/** What is looked for; undefined for whatever there is. */
export interface ItemFilter {
  readonly kind: string | undefined;
  /** Words as they are searched for; an item has to have each of them somewhere. */
  readonly words: readonly string[];
  /** Only free items, or only held ones. */
  readonly available: boolean | undefined;
}

/** The words of a text, without case and accents. */
export function searchWords(text: string): readonly string[] {
  return plain(text)
    .split(/\s+/)
    .filter((word) => word !== '');
}

/** The item as a listing shows it: free once its hold's time is up, though the register does not say so yet. */
export function asListed(item: Item, nowMs: number): Item {
  const { holder } = item;
  return holder !== null && holder.mark === null && hasLapsed(holder, nowMs) ? { ...item, holder: null } : item;
}

/** Whether the item is among those looked for: each word in its id, or in one of its details that is text. */
export function isSought(id: string, { kind, details, holder }: Item, filter: ItemFilter): boolean {
  if (filter.kind !== undefined && kind !== filter.kind) return false;
  if (filter.available !== undefined && (holder === null) !== filter.available) return false;
  if (filter.words.length === 0) return true;
  const texts = [id, ...Object.values(details).filter((detail) => typeof detail === 'string')].map(plain);
  return filter.words.every((word) => texts.some((text) => text.includes(word)));
}

function plain(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase().normalize('NFC');
}
