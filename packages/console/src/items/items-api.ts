/*
 * The calls about items and reservations.
 */
import { nextCursor } from '../api/next-cursor.ts';
import { post, remove } from '../api/persist.ts';
import { ApiProblem } from '../api/problem.ts';
import { send } from '../api/send.ts';
import type { Listing, Part } from '../paging/read-page.ts';
import type { Item, Reservation } from './item.ts';

/** Which items to list. */
export interface ItemFilter {
  readonly kind: string;
  /** Words, each of which stands in some detail or in the id. */
  readonly q?: string | undefined;
  readonly available?: true | undefined;
}

/** A part of the items by id, after one of them. */
export async function readItems(
  filter: ItemFilter,
  cursor: string | undefined,
  limit: number,
  signal: AbortSignal,
): Promise<Part<Item>> {
  const { body, headers } = await send<readonly Item[]>('/items', { query: { ...filter, cursor, limit }, signal });
  return { entries: body, next: nextCursor(headers) };
}

/** The items by id. */
export function listItems(filter: ItemFilter, signal: AbortSignal): Listing<Item> {
  return { nameOf: ({ id }) => id, read: async (cursor, limit) => readItems(filter, cursor, limit, signal) };
}

/** An item; undefined when there is none. */
export async function findItem(id: string): Promise<Item | undefined> {
  return orMissing(async () => (await send<Item>(`/items/${encodeURIComponent(id)}`)).body);
}

export async function addItem(kind: string, details: Readonly<Record<string, string | number>>): Promise<Item> {
  return (await post<Item>('/items', { kind, ...details })).body;
}

/** Removes an item that nobody holds. @throws ApiProblem, with the code ITEM_HELD among others */
export async function removeItem(id: string): Promise<'removed' | 'missing'> {
  return remove(`/items/${encodeURIComponent(id)}`);
}

/** A person's reservations, newest first. */
export async function reservationsOf(email: string, signal: AbortSignal): Promise<readonly Reservation[]> {
  return (await send<readonly Reservation[]>('/reservations', { query: { email }, signal })).body;
}

/** A reservation; undefined when it is certain that there is none, now or later. */
export async function findReservation(id: string): Promise<Reservation | undefined> {
  return orMissing(async () => (await send<Reservation>(`/reservations/${encodeURIComponent(id)}`)).body);
}

export async function cancelReservation(id: string): Promise<'removed' | 'missing'> {
  return remove(`/reservations/${encodeURIComponent(id)}`);
}

/** Has another item instead, in one step. Sent once: a second answer could not tell whether the first was lost. */
export async function changeReservation(id: string, item: string): Promise<Reservation> {
  const path = `/reservations/${encodeURIComponent(id)}`;
  return (await send<Reservation>(path, { method: 'PATCH', body: { item } })).body;
}

async function orMissing<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 404) return undefined;
    throw error;
  }
}
