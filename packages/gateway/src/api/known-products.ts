/*
 * The products that were seen to exist a short time ago, so that addtocart does not read each of them each
 * time. Only existence is kept: what does not exist is asked for again each time. Bounded in entries and
 * in time. A product deleted through another gateway is known here until its time is up.
 */
import { RecentMap, type Clock } from '@trolley/cluster';
import type { StoreOptions } from '../store.ts';

/** Products that exist, as far as this gateway knows. */
export interface KnownProducts {
  /** Those of the names that do not exist, in their order. Rejects as `read` does. */
  missingOf(names: readonly string[], options: StoreOptions): Promise<string[]>;
  /** The product was just seen to exist. */
  learn(name: string): void;
  /** The product was deleted, or is about to be; reads on their way do not bring it back. */
  forget(name: string): void;
}

/** What a read can tell of a product; unknown when it was taken on trust. */
export type ProductPresence = 'exists' | 'missing' | 'unknown';

/** What the cache works with. */
export interface KnownProductsOptions {
  readonly clock: Clock;
  /** How long a product is known, in milliseconds; 0 keeps none. */
  readonly ttlMs: number;
  readonly entriesMax?: number;
  /** Asks the store for the product. */
  readonly read: (name: string, options: StoreOptions) => Promise<ProductPresence>;
}

const ENTRIES_MAX = 20_000;
/** Products of one request that are read at the same time. */
const PARALLEL_READS_MAX = 32;

/** An empty cache. */
export function createKnownProducts(settings: KnownProductsOptions): KnownProducts {
  const { clock, ttlMs, entriesMax = ENTRIES_MAX, read } = settings;
  const expiryMs = new RecentMap<number>(entriesMax);
  const reading = new Map<string, Promise<ProductPresence>>();
  let forgotten = 0;

  function isKnown(name: string): boolean {
    const expiresMs = expiryMs.get(name);
    return expiresMs !== undefined && clock.monotonicMs() < expiresMs;
  }

  function learn(name: string): void {
    if (ttlMs === 0) return;
    expiryMs.set(name, clock.monotonicMs() + ttlMs);
  }

  async function readAndLearn(name: string, options: StoreOptions): Promise<ProductPresence> {
    const forgottenBefore = forgotten;
    const presence = await read(name, options);
    if (presence === 'exists' && forgotten === forgottenBefore) learn(name);
    return presence;
  }

  /** Concurrent requests that ask for the same in the same way share one read. */
  function sharedRead(name: string, options: StoreOptions): Promise<ProductPresence> {
    const shareKey = JSON.stringify([name, options.r, options.w, options.strict]);
    const running = reading.get(shareKey);
    if (running !== undefined) return running;
    const started = readAndLearn(name, options).finally(() => {
      if (reading.get(shareKey) === started) reading.delete(shareKey);
    });
    reading.set(shareKey, started);
    return started;
  }

  return {
    learn,
    forget(name) {
      forgotten += 1;
      expiryMs.delete(name);
      for (const shareKey of reading.keys()) {
        if (shareKey.startsWith(`[${JSON.stringify(name)},`)) reading.delete(shareKey);
      }
    },
    async missingOf(names, options) {
      const unknown = names.filter((name) => !isKnown(name));
      if (unknown.length === 0) return unknown;
      const missing = new Set<string>();
      await forEachParallel(unknown, async (name) => {
        if ((await sharedRead(name, options)) === 'missing') missing.add(name);
      });
      return unknown.filter((name) => missing.has(name));
    },
  };
}

async function forEachParallel(names: readonly string[], visit: (name: string) => Promise<void>): Promise<void> {
  const remaining = names.values();
  const worker = async (): Promise<void> => {
    for (const name of remaining) await visit(name);
  };
  await Promise.all(Array.from({ length: Math.min(PARALLEL_READS_MAX, names.length) }, worker));
}
