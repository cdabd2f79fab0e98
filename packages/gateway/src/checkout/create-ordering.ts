/*
 * Ordering, put together: checkouts, orders, and what of the stock is left.
 */
import type { Clock, Random } from '@trolley/cluster';
import type { Logger } from 'pino';
import type { Background } from '../background.ts';
import type { OpenWork } from '../lists/open-work.ts';
import type { PersonLists } from '../lists/person-lists.ts';
import type { SweepHandler } from '../lists/sweeper.ts';
import type { Registers } from '../registers.ts';
import type { Store } from '../store.ts';
import { Attempts } from './attempt.ts';
import { Availability } from './availability.ts';
import { Checkout } from './checkout.ts';
import { OrderCompletion } from './order-completion.ts';
import { OrderRegisters } from './order-registers.ts';
import { OrderService } from './order-service.ts';
import { StockRegisters } from './stock-registers.ts';
import { Turns } from './turns.ts';

/** What ordering works with. */
export interface OrderingDependencies {
  readonly store: Store;
  readonly registers: Registers;
  readonly persons: PersonLists;
  readonly openWork: OpenWork;
  readonly background: Background;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** All about orders. */
export interface Ordering {
  readonly checkout: Checkout;
  readonly orders: OrderService;
  readonly availability: Availability;
  /** Takes up orders that a gateway left open. */
  readonly sweepOrder: SweepHandler;
}

/** Ordering on these stores. */
export function createOrdering(dependencies: OrderingDependencies): Ordering {
  const orders = new OrderRegisters(dependencies.registers);
  const stocks = new StockRegisters(dependencies);
  const turns = new Turns(dependencies);
  const completion = new OrderCompletion({ ...dependencies, orders, stocks, turns });
  const parts = { ...dependencies, orders, stocks, turns, completion };
  return {
    checkout: new Checkout({ ...parts, attempts: new Attempts(parts) }),
    orders: new OrderService(parts),
    availability: new Availability(parts),
    sweepOrder: completion.sweep,
  };
}
