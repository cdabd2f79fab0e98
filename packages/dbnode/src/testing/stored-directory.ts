/*
 * A data directory with something in every kind of file, for tests that then damage it.
 */
import type { RecordText } from '@trolley/records';
import type { Engine } from '../engine.ts';
import { addToCart, addToProduct, createEngineWorld, createUser, DATA_DIR } from './engine-world.ts';
import type { MemoryDisk } from './memory-disk.ts';

/** The keys in it. */
export const KEYS = ['user:a@x', 'user:b@x', 'user:c@x', 'product:apple', 'product:pear', 'product:fig'];

/** A directory and what was acknowledged of it. */
export interface Stored {
  readonly medium: MemoryDisk;
  readonly actor: string;
  /** All texts that were ever acknowledged, by key, the newest last. */
  readonly acknowledged: ReadonlyMap<string, readonly RecordText[]>;
}

/** Changes every key once, and adds to what is acknowledged. */
export async function writeAll(engine: Engine, acknowledged: Map<string, RecordText[]>, number: number): Promise<void> {
  for (const key of KEYS) {
    const change = key.startsWith('product:') ? addToProduct(1) : number === 0 ? createUser : addToCart('fig', number);
    const { record } = await engine.change(key, change, undefined);
    acknowledged.set(key, [...(acknowledged.get(key) ?? []), record]);
  }
}

/** A directory as a kill -9 leaves it: two checkpoints, then a journal of several segments. */
export async function storeSome(): Promise<Stored> {
  const world = createEngineWorld();
  const engine = await world.open({ journalSegmentBytes: 800 });
  const acknowledged = new Map<string, RecordText[]>();
  for (let number = 0; number < 6; number++) {
    if (number === 1 || number === 3) await engine.checkpoint();
    await writeAll(engine, acknowledged, number);
  }
  world.medium.crash('everything');
  return { medium: world.medium, actor: engine.actor, acknowledged };
}

/** The journal's segments, oldest first. */
export function journalFiles(medium: MemoryDisk): string[] {
  return medium.files().filter((path) => path.startsWith(`${DATA_DIR}/journal/`));
}

/** The placement group files, in order. */
export function groupFiles(medium: MemoryDisk): string[] {
  return medium.files().filter((path) => path.startsWith(`${DATA_DIR}/pg/`));
}
