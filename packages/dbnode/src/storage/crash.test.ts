/*
 * I1: an acknowledged write survives a crash between any two operations on the disk. I2: no dot is ever
 * shown twice with different values. One workload, crashed at every single operation, in three ways.
 */
import { describe, expect, it } from 'vitest';
import { decodeRecord, emptyRecord, encodeRecord, merge, type RecordText } from '@trolley/records';
import type { Engine } from '../engine.ts';
import {
  addToCart,
  addToProduct,
  createEngineWorld,
  createUser,
  WAYS_TO_TAKE_ROOM,
  type EngineWorld,
} from '../testing/engine-world.ts';
import type { Survival } from '../testing/memory-disk.ts';
import { seededRandom } from '../testing/seeded-random.ts';

const USERS = ['user:a@x', 'user:b@x', 'user:c@x', 'user:d@x'];
const PRODUCTS = ['product:apple', 'product:__proto__', 'product:pear \ud83c'];
const KEYS = [...USERS, ...PRODUCTS];

const EMPTY = encodeRecord(emptyRecord);

/** What has been shown to anyone, and must be true for ever. */
class Shown {
  readonly #texts = new Map<string, RecordText[]>();
  readonly #quantities = new Map<string, number>();
  /** What turned out not to be true for ever. */
  readonly problems: string[] = [];

  show(key: string, text: RecordText): void {
    if (text === EMPTY) return;
    this.#texts.set(key, [...(this.#texts.get(key) ?? []), text]);
    for (const [field, siblings] of decodeRecord(text).fields) {
      for (const { dot, quantity } of siblings) {
        const name = JSON.stringify([key, field, dot]);
        const before = this.#quantities.get(name) ?? quantity;
        if (before !== quantity) this.problems.push(`${name} was shown as ${before} and as ${quantity}`);
        this.#quantities.set(name, quantity);
      }
    }
  }

  /** The engine has all that was shown, and what it shows now contradicts none of it. */
  async check(engine: Engine): Promise<void> {
    for (const key of KEYS) {
      const { value } = await engine.readRecord(key);
      for (const text of this.#texts.get(key) ?? []) {
        const both = encodeRecord(merge(decodeRecord(value ?? EMPTY), decodeRecord(text)));
        if (both !== value) this.problems.push(`${key} is ${value}, and ${text} was shown`);
      }
      if (value !== undefined) this.show(key, value);
    }
  }
}

/** Changes that run at the same time; what is acknowledged is shown, what the crash cuts off is not. */
async function round(engine: Engine, shown: Shown, number: number): Promise<void> {
  const change = async (key: string, action: typeof createUser): Promise<void> => {
    const outcome = await engine.change(key, action, undefined);
    shown.show(key, outcome.record);
  };
  const read = async (key: string): Promise<void> => {
    const { value } = await engine.readRecord(key);
    if (value !== undefined) shown.show(key, value);
  };
  await Promise.allSettled([
    ...USERS.map(
      async (key, index) => await change(key, number === 0 ? createUser : addToCart('apple', number + index)),
    ),
    ...PRODUCTS.map(async (key) => await change(key, addToProduct(number + 1))),
    ...KEYS.map(read),
    change('user:a@x', addToCart('pear', number + 1)),
  ]);
}

/** Writers that never pause while checkpoints run, so that each switch of segments comes in the middle of them. */
async function storm(engine: Engine, shown: Shown): Promise<void> {
  const write = async (key: string): Promise<void> => {
    for (let number = 0; number < 6; number++) {
      const outcome = await engine.change(key, addToProduct(number), undefined);
      shown.show(key, outcome.record);
    }
  };
  const checkpoints = async (): Promise<void> => {
    for (let number = 0; number < 3; number++) await engine.checkpoint();
  };
  await Promise.allSettled([...PRODUCTS.map(write), ...PRODUCTS.map(write), checkpoints()]);
}

async function workload(world: EngineWorld, shown: Shown): Promise<void> {
  const engine = await world.open({ journalSegmentBytes: 1500, checkpointSliceRecords: 1 });
  await shown.check(engine);
  for (let number = 0; number < 3; number++) await round(engine, shown, number);
  await Promise.allSettled([engine.checkpoint(), round(engine, shown, 3), round(engine, shown, 4)]);
  await Promise.allSettled([engine.checkpoint(), engine.checkpoint(), round(engine, shown, 5)]);
  await storm(engine, shown);
  await engine.close();
}

async function operationsOf(world: EngineWorld, run: (world: EngineWorld) => Promise<void>): Promise<number> {
  await run(world);
  return world.medium.operations;
}

/** Runs the workload into a crash at the operation. */
async function crashAt(world: EngineWorld, shown: Shown, operation: number, survival: Survival): Promise<void> {
  world.medium.crashAtOperation = world.medium.operations + operation;
  await workload(world, shown).catch(() => undefined);
  world.medium.crash(survival);
}

async function refile(world: EngineWorld): Promise<void> {
  const engine = await world.open({ pgCount: 7 });
  await engine.close();
}

describe.each(WAYS_TO_TAKE_ROOM)('a crash at every operation, room for the journal taken %s', (_title, settings) => {
  const createWorld = (seed = 1) => createEngineWorld(seed, undefined, settings);
  const survivals: [string, boolean, (operation: number) => Survival][] = [
    ['a kill -9', false, () => 'everything'],
    ['a loss of power', false, () => 'nothing'],
    ['a loss of power that tears', true, (operation) => seededRandom(operation)],
  ];

  it.each(survivals)('I1, I2: %s loses nothing acknowledged and repeats no dot', async (_, mayTear, survivalOf) => {
    const operations = await operationsOf(createWorld(), async (world) => await workload(world, new Shown()));
    expect(operations).toBeGreaterThan(100);
    for (let operation = 1; operation <= operations; operation++) {
      const world = createWorld(operation);
      const shown = new Shown();
      await crashAt(world, shown, operation, survivalOf(operation));
      const engine = await world.open();
      // A crash is not mistaken for damage, unless it tore the middle of a write.
      expect(engine.recovery.incompleteGroups.length).toBeLessThanOrEqual(mayTear ? Number.POSITIVE_INFINITY : 0);
      await shown.check(engine);
      await round(engine, shown, 9);
      await shown.check(engine);
      await engine.close();
      await shown.check(await world.open());
      expect(shown.problems, `crashed at operation ${operation}`).toEqual([]);
    }
  });

  it('I1, I2: what was shown after a kill -9 survives a loss of power right after', async () => {
    const operations = await operationsOf(createWorld(), async (world) => await workload(world, new Shown()));
    for (let operation = 1; operation <= operations; operation++) {
      const world = createWorld(operation);
      const shown = new Shown();
      await crashAt(world, shown, operation, 'everything');
      await shown.check(await world.open());
      world.medium.crash('nothing');
      const engine = await world.open();
      await shown.check(engine);
      await round(engine, shown, 7);
      expect(shown.problems, `crashed at operation ${operation}`).toEqual([]);
    }
  });

  it('I1, I2: crashes while recovering from a crash lose nothing', async () => {
    const random = seededRandom(7);
    for (let run = 0; run < 40; run++) {
      const world = createWorld(run);
      const shown = new Shown();
      for (let crash = 0; crash < 6; crash++) {
        await crashAt(world, shown, 1 + Math.floor(random() * 300), random() < 0.3 ? 'everything' : random);
      }
      const engine = await world.open();
      await shown.check(engine);
      await engine.close();
      expect(shown.problems, `run ${run}`).toEqual([]);
    }
  });

  it('I1: filing anew for another number of placement groups survives a crash anywhere', async () => {
    const prepared = createWorld();
    const before = new Shown();
    await workload(prepared, before);
    const operations = prepared.medium.operations;
    await refile(prepared);
    const refiling = prepared.medium.operations - operations;
    for (let operation = 1; operation <= refiling; operation++) {
      const world = createWorld(operation);
      const shown = new Shown();
      await workload(world, shown);
      world.medium.crashAtOperation = world.medium.operations + operation;
      await refile(world).catch(() => undefined);
      world.medium.crash(seededRandom(operation));
      const engine = await world.open({ pgCount: operation % 2 === 0 ? 7 : 4 });
      await shown.check(engine);
      await round(engine, shown, 5);
      await engine.close();
      await shown.check(await world.open());
      expect(shown.problems, `crashed at operation ${operation}`).toEqual([]);
    }
  });
});
