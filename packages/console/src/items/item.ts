/*
 * What one person can hold, and who holds it, as the gateway tells of it.
 */

/** Who has an item. */
export interface Holder {
  readonly reservation: string;
  readonly email: string;
  /** Set while it is being reserved together with others, and may come to nothing yet. */
  readonly pending?: true;
}

/** A book, a seat; its details stand beside what every item has. */
export interface Item {
  readonly id: string;
  readonly holder: Holder | null;
  readonly [detail: string]: unknown;
}

/** That a person holds an item. */
export interface Reservation {
  readonly id: string;
  readonly item: string;
  readonly email: string;
  readonly since: string;
  readonly pending?: true;
}

/** Whose an item is, as one person sees it. */
export type ItemState = 'free' | 'yours' | 'taken' | 'pending';

/** The state of an item for a person. */
export function itemState({ holder }: Pick<Item, 'holder'>, email: string): ItemState {
  if (holder === null) return 'free';
  if (holder.pending === true) return 'pending';
  return holder.email === email ? 'yours' : 'taken';
}

/** A detail as text; empty when it has none of that name. */
export function detailOf(item: Item, name: string): string {
  const detail = item[name];
  return typeof detail === 'string' || typeof detail === 'number' ? String(detail) : '';
}
