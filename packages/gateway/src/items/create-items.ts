/*
 * Puts items and reservations together from their parts.
 */
import type { Clock, Random } from '@trolley/cluster';
import type { Background } from '../background.ts';
import type { OpenWork } from '../lists/open-work.ts';
import type { PersonLists } from '../lists/person-lists.ts';
import type { SweepHandler } from '../lists/sweeper.ts';
import type { Registers } from '../registers.ts';
import { BundleFates } from './bundle-fates.ts';
import { BundleRunner } from './bundle-runner.ts';
import { ReservationChanger } from './change-reservation.ts';
import { ItemRegisters } from './item-registers.ts';
import { ItemService } from './item-service.ts';
import { LapseTimers } from './lapse-timers.ts';
import { Reservations } from './reservations.ts';
import { Reserver } from './reserve.ts';

/** What items and reservations work with. */
export interface ItemsDependencies {
  readonly registers: Registers;
  readonly persons: PersonLists;
  readonly openWork: OpenWork;
  readonly background: Background;
  readonly clock: Clock;
  readonly random: Random;
}

/** Items and reservations. */
export interface Items {
  readonly items: ItemService;
  readonly reserver: Reserver;
  readonly reservations: Reservations;
  readonly changer: ReservationChanger;
  /** Finishes bundles that were left behind, for the sweeper. */
  readonly sweepBundle: SweepHandler;
  /** Forgets the holds that it was to come back to. */
  stop(): void;
}

/** Items and reservations on these registers and lists. */
export function createItems(dependencies: ItemsDependencies): Items {
  const fates = new BundleFates(dependencies);
  const items = new ItemRegisters({ ...dependencies, fates });
  const bundles = new BundleRunner({ ...dependencies, fates, items });
  const timers = new LapseTimers({ ...dependencies, items });
  const parts = { ...dependencies, items, bundles, timers };
  return {
    items: new ItemService(parts),
    reserver: new Reserver(parts),
    reservations: new Reservations(parts),
    changer: new ReservationChanger(parts),
    sweepBundle: (work) => bundles.sweep(work),
    stop: () => timers.stop(),
  };
}
