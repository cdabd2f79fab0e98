/*
 * What stands in the cluster after a stress test: the state of every item, and every person's list. The other half of
 * the data that a verdict is computed from.
 */
import type { Held } from './history.ts';

export type ItemState =
  | { readonly kind: 'free' }
  /** `pending`: a request for several items is not decided yet. */
  | { readonly kind: 'held'; readonly holder: Held; readonly pending: boolean }
  | { readonly kind: 'gone' }
  /** No gateway could tell. */
  | { readonly kind: 'unread' };

/** A reservation as a person's list shows it. */
export interface Listed extends Held {
  readonly pending: boolean;
}

export interface Evidence {
  readonly items: ReadonlyMap<string, ItemState>;
  /** Each person's list; undefined when no gateway could tell. */
  readonly lists: ReadonlyMap<string, readonly Listed[] | undefined>;
}

/** Whether all could be read, and nothing is in the middle of something. */
export function isSettled({ items, lists }: Evidence): boolean {
  return (
    [...items.values()].every((state) => state.kind !== 'unread' && !(state.kind === 'held' && state.pending)) &&
    [...lists.values()].every((list) => list !== undefined && list.every(({ pending }) => !pending))
  );
}

/** Whether nothing changed between two readings. */
export function isSameEvidence(one: Evidence, other: Evidence): boolean {
  return textOf(one) === textOf(other);
}

function textOf({ items, lists }: Evidence): string {
  const sorted = [...lists].map(([email, list]) => [email, list?.map(({ id }) => id).toSorted()]);
  return JSON.stringify([[...items], sorted]);
}
