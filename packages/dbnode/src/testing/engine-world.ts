/*
 * What tests of the engine share: a simulated disk and clock to open engines on, and changes in short.
 */
import { pino } from 'pino';
import { createManualClock, type ManualClock } from '@trolley/cluster/testing';
import { placementGroupOf } from '@trolley/crush';
import { decodeRecord, productOf, type Change, type RecordText } from '@trolley/records';
import type { Engine } from '../engine.ts';
import type { EngineOptions } from '../storage/engine-options.ts';
import { openEngine } from '../storage/open-engine.ts';
import { MemoryDisk } from './memory-disk.ts';
import { seededRandom } from './seeded-random.ts';

/** Where the simulated data directory is. */
export const DATA_DIR = '/data';
/** Few groups, so that each holds several keys. */
export const PG_COUNT = 4;

const logger = pino({ enabled: false });

/** A machine with one data directory. */
export interface EngineWorld {
  readonly medium: MemoryDisk;
  readonly clock: ManualClock;
  /** Starts a process on it. */
  open(options?: Partial<EngineOptions>): Promise<Engine>;
}

/** Whether the journal's room is taken beforehand, as it is unless set, or with each write. Segments are short then. */
export const WAYS_TO_TAKE_ROOM: readonly (readonly [title: string, settings: Partial<EngineOptions>])[] = [
  ['as it is written', { journalPreallocation: false }],
  ['beforehand', { journalPreallocation: true, journalSegmentBytes: 3000 }],
];

/** @param settings what its engines are opened with, unless told otherwise */
export function createEngineWorld(
  seed = 1,
  medium = new MemoryDisk(),
  settings: Partial<EngineOptions> = {},
): EngineWorld {
  const clock = createManualClock();
  const random = seededRandom(seed);
  return {
    medium,
    clock,
    open: async (options) =>
      await openEngine({
        dataDir: DATA_DIR,
        disk: medium.mount(),
        clock,
        random,
        logger,
        pgCount: PG_COUNT,
        nodeId: 'node-a',
        lock: async () => ({ release: async () => undefined }),
        // Else segments are longer than what is in them; tests of that say so.
        journalPreallocation: false,
        ...settings,
        ...options,
      }),
  };
}

export const createUser: Change = { action: { type: 'create-user' } };

export function addToCart(name: string, quantity: number): Change {
  return { action: { type: 'add-to-cart', lines: [[name, quantity]] } };
}

export function addToProduct(quantity: number): Change {
  return { action: { type: 'add-to-product', quantity } };
}

/** The placement group of a key in these worlds. */
export function groupOfKey(key: string): number {
  return placementGroupOf(key, PG_COUNT);
}

/** Holds every flush until it is let go. */
export function holdSyncs(world: EngineWorld): { waiting: () => number; release: () => void } {
  let held: (() => void)[] = [];
  world.medium.beforeSync = async () => await new Promise<void>((resolve) => held.push(resolve));
  return {
    waiting: () => held.length,
    release: () => {
      world.medium.beforeSync = undefined;
      for (const go of held) go();
      held = [];
    },
  };
}

/** Resolves when the condition holds, however many turns of the event loop that takes. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise<void>((resolve) => setImmediate(resolve));
}

/** Whether a promise settles without more disk flushes. */
export async function isPending(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const settle = (): void => {
    settled = true;
  };
  promise.then(settle, settle);
  for (let turn = 0; turn < 5; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
  return !settled;
}

/** A product's quantity as the engine has it. */
export async function quantityOf(engine: Engine, key: string): Promise<number | undefined> {
  const { value } = await engine.readRecord(key);
  return value === undefined ? undefined : productOf(decodeRecord(value))?.quantity;
}

/** The record of a key that another node, which had never heard of this one, changed. */
export async function writtenElsewhere(key: string, change: Change, base?: RecordText): Promise<RecordText> {
  const other = await createEngineWorld(99).open({ nodeId: 'node-b' });
  return (await other.change(key, change, base)).record;
}
