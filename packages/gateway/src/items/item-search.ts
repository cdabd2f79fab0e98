/*
 * Which items a listing shows. Pure.
 */
import { haveWords } from '../search-words.ts';
import { hasLapsed, type Item } from './item.ts';

/** What is looked for; undefined for whatever there is. */
export interface ItemFilter {
  readonly kind: string | undefined;
  /** Words as they are searched for; an item has to have each of them somewhere. */
  readonly words: readonly string[];
  /** Only free items, or only held ones. */
  readonly available: boolean | undefined;
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
  return haveWords([id, ...Object.values(details).filter((detail) => typeof detail === 'string')], filter.words);
}
