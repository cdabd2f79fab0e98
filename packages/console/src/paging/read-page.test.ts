import { describe, expect, test } from 'vitest';
import { findPage, readPage, type Listing } from './read-page.ts';

const NAMES = Array.from({ length: 25 }, (_, index) => String(index + 1).padStart(2, '0'));

/** A gateway that gives at most `most` entries in a call. */
function listingOf(names: readonly string[], most = 1_000): Listing<string> & { calls: number } {
  const listing = {
    calls: 0,
    nameOf: (name: string) => name,
    read: async (after: string | undefined, limit: number) => {
      listing.calls += 1;
      const start = after === undefined ? 0 : names.findIndex((name) => name > after);
      const entries = start < 0 ? [] : names.slice(start, start + Math.min(limit, most));
      const last = entries.at(-1);
      return { entries, next: last !== undefined && last !== names.at(-1) ? last : undefined };
    },
  };
  return listing;
}

describe('a page', () => {
  test('has the entries after the cursor and tells where the next begins', async () => {
    expect(await readPage(listingOf(NAMES), undefined, 3)).toEqual({ entries: ['01', '02', '03'], next: '03' });
    expect(await readPage(listingOf(NAMES), '03', 2)).toEqual({ entries: ['04', '05'], next: '05' });
  });

  test('that is the last and full has no next', async () => {
    expect(await readPage(listingOf(NAMES), '22', 3)).toEqual({ entries: ['23', '24', '25'], next: undefined });
  });

  test('is filled up when the gateway gives fewer than asked for', async () => {
    const listing = listingOf(NAMES, 2);
    expect(await readPage(listing, undefined, 5)).toEqual({ entries: NAMES.slice(0, 5), next: '05' });
    expect(listing.calls).toBe(3);
  });

  test('leaves out what is not shown, and loses nothing between two pages', async () => {
    const listing = { ...listingOf(NAMES), isShown: (name: string) => Number(name) % 5 === 0 };
    const first = await readPage(listing, undefined, 2);
    expect(first).toEqual({ entries: ['05', '10'], next: '10' });
    expect(await readPage(listing, first.next, 3)).toEqual({ entries: ['15', '20', '25'], next: undefined });
  });

  test('stays short, and goes on, when there is too much that is not shown', async () => {
    const listing = { ...listingOf(NAMES, 1), isShown: () => false };
    expect(await readPage(listing, undefined, 2)).toEqual({ entries: [], next: '10' });
  });
});

describe('a page by its number', () => {
  test.each([
    [1, undefined],
    [2, '10'],
    [3, '20'],
  ])('%i begins after %s', async (number, after) => {
    expect(await findPage(listingOf(NAMES), number, 10)).toEqual({ after });
  });

  test('is not there after the last', async () => {
    expect(await findPage(listingOf(NAMES), 4, 10)).toBeUndefined();
  });

  test('is found behind more entries than the gateway gives at once', async () => {
    const names = Array.from({ length: 2_500 }, (_, index) => String(index).padStart(4, '0'));
    expect(await findPage(listingOf(names), 101, 24)).toEqual({ after: '2399' });
  });
});
