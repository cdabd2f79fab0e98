/*
 * What only one can hold, put together: items and reservations, orders and stock, the lists that lead to them, and the
 * sweeper that finishes what a gateway's death cut short.
 */
import type { Clock, Random } from '@trolley/cluster';
import type { Logger } from 'pino';
import { Background } from './background.ts';
import { createOrdering, type Ordering } from './checkout/create-ordering.ts';
import { createItems, type Items } from './items/create-items.ts';
import { ListWriter } from './lists/list-writer.ts';
import { OpenWork } from './lists/open-work.ts';
import { PersonLists } from './lists/person-lists.ts';
import { Sweeper } from './lists/sweeper.ts';
import type { GatewayMetrics } from './metrics.ts';
import type { Registers } from './registers.ts';
import type { Store } from './store.ts';

/** What claims work with. */
export interface ClaimsDependencies {
  readonly store: Store;
  readonly registers: Registers;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: Pick<GatewayMetrics, 'openWorkSwept'>;
}

/** All that is built on claims. */
export interface Claims {
  readonly items: Items;
  readonly ordering: Ordering;
  readonly sweeper: Sweeper;
  /** What goes on after answers were given. */
  readonly background: Background;
  /** Begins nothing more by itself, and resolves when nothing is under way. */
  stop(): Promise<void>;
}

/** Claims on these stores. The sweeper is not started. */
export function createClaims(dependencies: ClaimsDependencies): Claims {
  const { store, clock, logger } = dependencies;
  const background = new Background(logger);
  const writer = new ListWriter(store);
  const persons = new PersonLists({ store, writer, clock });
  const openWork = new OpenWork({ store, writer, clock });
  const items = createItems({ ...dependencies, persons, openWork, background });
  const ordering = createOrdering({ ...dependencies, persons, openWork, background });
  const handlers = { bundle: items.sweepBundle, order: ordering.sweepOrder };
  const sweeper = new Sweeper({ ...dependencies, openWork, handlers });
  return {
    items,
    ordering,
    sweeper,
    background,
    async stop() {
      sweeper.stop();
      items.stop();
      await background.idle();
    },
  };
}
