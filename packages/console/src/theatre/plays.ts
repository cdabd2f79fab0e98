/*
 * The plays of the theatre, as its seats tell of them. Pure.
 */
import { detailOf, itemState, type Item, type ItemState } from '../items/item.ts';
import { parseSeatId, seatLabel, type Place } from './seat.ts';

export const SEAT_KIND = 'seat';

/** A seat and the item that stands for it. */
export interface Seat {
  readonly place: Place;
  readonly item: Item;
}

/** A play in its room. */
export interface Play {
  /** Stands in the ids of its seats. */
  readonly slug: string;
  readonly title: string;
  readonly room: string;
  /** By the labels of the seats, such as `C7`. */
  readonly seats: ReadonlyMap<string, Seat>;
}

/** The plays that these seats are of, in the order of their first seats. */
export function playsOf(items: readonly Item[]): readonly Play[] {
  const plays = new Map<string, { slug: string; title: string; room: string; seats: Map<string, Seat> }>();
  for (const item of items) {
    const named = parseSeatId(item.id);
    if (named === undefined) continue;
    const { play: slug, place } = named;
    const title = detailOf(item, 'play') || slug;
    const play = plays.get(slug) ?? { slug, title, room: detailOf(item, 'room'), seats: new Map<string, Seat>() };
    play.seats.set(seatLabel(place), { place, item });
    plays.set(slug, play);
  }
  return [...plays.values()];
}

/** How many seats of a play are in each state for a person. */
export function countStates(play: Play, email: string): Readonly<Record<ItemState, number>> {
  const counts = { free: 0, yours: 0, taken: 0, pending: 0 };
  for (const { item } of play.seats.values()) counts[itemState(item, email)] += 1;
  return counts;
}

/** What can be done with the seats that are chosen. */
export type Deed =
  | { readonly kind: 'none' }
  | { readonly kind: 'take'; readonly seats: readonly Seat[] }
  | { readonly kind: 'give-back'; readonly seats: readonly Seat[] }
  | { readonly kind: 'move'; readonly from: Seat; readonly to: Seat }
  /** Some to take and some to give back: not in one step. */
  | { readonly kind: 'mixed' };

/** What choosing these seats leads to. Those that somebody else has by now do not count. */
export function deedOf(chosen: readonly Seat[], email: string): Deed {
  const free = chosen.filter(({ item }) => itemState(item, email) === 'free');
  const yours = chosen.filter(({ item }) => itemState(item, email) === 'yours');
  const [from] = yours;
  const [to] = free;
  if (from !== undefined && to !== undefined) {
    return yours.length === 1 && free.length === 1 ? { kind: 'move', from, to } : { kind: 'mixed' };
  }
  if (to !== undefined) return { kind: 'take', seats: free };
  if (from !== undefined) return { kind: 'give-back', seats: yours };
  return { kind: 'none' };
}

/** Whether a person can choose the seat. */
export function canChoose(state: ItemState): boolean {
  return state === 'free' || state === 'yours';
}
