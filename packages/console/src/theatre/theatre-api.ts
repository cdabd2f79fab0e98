/*
 * Reads seats: all of them, or those of one room, which costs the gateway little.
 */
import type { Item } from '../items/item.ts';
import { listItems, readItems } from '../items/items-api.ts';
import { readPage } from '../paging/read-page.ts';
import { playsOf, SEAT_KIND, type Play } from './plays.ts';
import { ROWS, SEATS_IN_ROW } from './seat.ts';

const SEATS_MAX = 5_000;

/** All plays with all of their seats. */
export async function readPlays(signal: AbortSignal): Promise<readonly Play[]> {
  const page = await readPage<Item>(listItems({ kind: SEAT_KIND }, signal), undefined, SEATS_MAX);
  return playsOf(page.entries);
}

/** A play by what stands in the ids of its seats; null when there is none. Its seats stand together, so one look does. */
export async function readPlay(slug: string, signal: AbortSignal): Promise<Play | null> {
  const { entries } = await readItems({ kind: SEAT_KIND }, `seat.${slug}.`, ROWS * SEATS_IN_ROW, signal);
  return playsOf(entries).find((play) => play.slug === slug) ?? null;
}
