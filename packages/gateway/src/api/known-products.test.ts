import { createManualClock } from '@trolley/cluster/testing';
import { describe, expect, it } from 'vitest';
import { createKnownProducts, type ProductPresence } from './known-products.ts';

const REQUEST = { requestId: 'test' };

function createCache({ entriesMax = 100, ttlMs = 1_000 } = {}) {
  const clock = createManualClock();
  const shelf = new Map<string, ProductPresence>([
    ['apple', 'exists'],
    ['orange', 'exists'],
    ['trusted', 'unknown'],
  ]);
  const reads: string[] = [];
  let gate = Promise.resolve();
  let running = 0;
  let runningMax = 0;
  const cache = createKnownProducts({
    clock,
    ttlMs,
    entriesMax,
    read: async (name) => {
      reads.push(name);
      const presence = shelf.get(name) ?? 'missing';
      running += 1;
      runningMax = Math.max(runningMax, running);
      await gate;
      running -= 1;
      return presence;
    },
  });
  /** Makes reads wait until the function that it returns is called. */
  const hold = (): (() => void) => {
    const waiting: (() => void)[] = [];
    gate = new Promise((resolve) => waiting.push(resolve));
    return () => waiting.forEach((resolve) => resolve());
  };
  return { cache, clock, reads, shelf, hold, runningMax: () => runningMax };
}

describe('known products', () => {
  it('are read once within their time', async () => {
    const { cache, clock, reads } = createCache();
    expect(await cache.missingOf(['apple', 'orange'], REQUEST)).toEqual([]);
    clock.advance(999);
    await cache.missingOf(['apple'], REQUEST);
    expect(reads).toEqual(['apple', 'orange']);
    clock.advance(1);
    await cache.missingOf(['apple'], REQUEST);
    expect(reads).toEqual(['apple', 'orange', 'apple']);
  });

  it('do not hold what is missing or taken on trust', async () => {
    const { cache, reads } = createCache();
    for (let round = 0; round < 2; round += 1) {
      expect(await cache.missingOf(['pear', 'trusted', 'plum'], REQUEST)).toEqual(['pear', 'plum']);
    }
    expect(reads).toHaveLength(6);
  });

  it('share one read between requests at the same time, unless they ask differently', async () => {
    const { cache, reads, hold } = createCache();
    const release = hold();
    const asking = [
      cache.missingOf(['apple'], REQUEST),
      cache.missingOf(['apple'], { requestId: 'other' }),
      cache.missingOf(['apple'], { requestId: 'strict', strict: true }),
    ];
    release();
    expect(await Promise.all(asking)).toEqual([[], [], []]);
    expect(reads).toHaveLength(2);
  });

  it('do not come back with a read that began before they were forgotten', async () => {
    const { cache, reads, shelf, hold } = createCache();
    const release = hold();
    const before = cache.missingOf(['apple'], REQUEST);
    cache.forget('apple');
    shelf.delete('apple');
    const after = cache.missingOf(['apple'], REQUEST);
    release();
    expect(await before).toEqual([]);
    expect(await after).toEqual(['apple']);
    expect(await cache.missingOf(['apple'], REQUEST)).toEqual(['apple']);
    expect(reads).toHaveLength(3);
  });

  it('never outgrow their bound; the oldest go first', async () => {
    const { cache, reads } = createCache({ entriesMax: 4 });
    for (const name of ['a', 'b', 'a', 'c']) cache.learn(name);
    await cache.missingOf(['a', 'b', 'c'], REQUEST);
    expect(reads).toEqual(['b']);
  });

  it('are not kept at all when their time is zero', async () => {
    const { cache, reads } = createCache({ ttlMs: 0 });
    cache.learn('apple');
    await cache.missingOf(['apple'], REQUEST);
    expect(reads).toEqual(['apple']);
  });

  it('are read a few at a time', async () => {
    const { cache, runningMax } = createCache();
    const names = Array.from({ length: 1_000 }, (_, index) => `product ${index}`);
    expect(await cache.missingOf(names, REQUEST)).toEqual(names);
    expect(runningMax()).toBe(32);
  });

  it('fail as their read fails, and are read anew then', async () => {
    let failing = true;
    const cache = createKnownProducts({
      clock: createManualClock(),
      ttlMs: 1_000,
      read: async () => {
        if (failing) throw new Error('away');
        return 'exists';
      },
    });
    await expect(cache.missingOf(['a', 'b'], REQUEST)).rejects.toThrow('away');
    failing = false;
    expect(await cache.missingOf(['a', 'b'], REQUEST)).toEqual([]);
  });
});
