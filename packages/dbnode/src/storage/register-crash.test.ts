/*
 * What an acceptor told survives a crash between any two operations on the disk: no promise is broken afterwards, and
 * nothing accepted is gone, unless the node knows that it may have forgotten and has no vote. One workload, crashed at every
 * single operation, in three ways.
 */
import { compareBallots, decodeRegister, emptyRegister, encodeRegister } from '@trolley/records';
import type { Ballot } from '@trolley/records';
import { describe, expect, it } from 'vitest';
import type { Engine } from '../engine.ts';
import { createEngineWorld, WAYS_TO_TAKE_ROOM, groupOfKey, type EngineWorld } from '../testing/engine-world.ts';
import type { Survival } from '../testing/memory-disk.ts';
import { seededRandom } from '../testing/seeded-random.ts';

const KEYS = ['item:a', 'item:b', 'stock:c', 'order:d', 'bundle:__proto__'];
const NONE: Ballot = [0, ''];

/** What was told of one register. */
interface Told {
  promised: Ballot;
  accepted: Ballot;
  value: string | null;
}

/** All that was told, and must hold for ever. */
class Telling {
  readonly #told = new Map<string, Told>();
  readonly problems: string[] = [];

  of(key: string): Told {
    const told = this.#told.get(key) ?? { promised: NONE, accepted: NONE, value: null };
    this.#told.set(key, told);
    return told;
  }

  promised(key: string, ballot: Ballot): void {
    const told = this.of(key);
    if (compareBallots(ballot, told.promised) > 0) told.promised = ballot;
  }

  accepted(key: string, ballot: Ballot, value: string | null): void {
    const told = this.of(key);
    this.promised(key, ballot);
    if (compareBallots(ballot, told.accepted) > 0) Object.assign(told, { accepted: ballot, value });
  }

  /** From here on nothing that was accepted need be there, but every promise still holds. */
  dropping(key: string): void {
    Object.assign(this.of(key), { accepted: NONE, value: null });
  }

  /** The engine keeps its word: it holds what it told, and refuses what it promised to refuse. */
  async check(engine: Engine): Promise<void> {
    for (const key of KEYS) {
      const told = this.of(key);
      const { value: text } = await engine.readRecord(key);
      const held = text === undefined ? emptyRegister : decodeRegister(text);
      const order = compareBallots(held.accepted, told.accepted);
      if (order < 0 || (order === 0 && held.value !== told.value)) {
        this.problems.push(`${key} is ${text}, and ${JSON.stringify(told)} was told`);
      }
      if (told.promised[0] === 0) continue;
      const again = await engine.prepare(key, told.promised);
      const late = await engine.accept(key, { ballot: [told.promised[0], ''], value: 'late', next: null });
      const expected = engine.votelessGroups.has(groupOfKey(key)) ? 'no-vote' : 'outbid';
      if (again.type !== expected || late.type !== expected) {
        this.problems.push(`${key} answers ${again.type} and ${late.type}, and ${JSON.stringify(told)} was told`);
      }
    }
  }
}

/** What proposers, other replicas and the collector do at the same time. What is answered is told, what is cut off is not. */
async function round(engine: Engine, telling: Telling, number: number): Promise<void> {
  const prepare = async (key: string, ballot: Ballot) => {
    if ((await engine.prepare(key, ballot)).type === 'promised') telling.promised(key, ballot);
  };
  const accept = async (key: string, ballot: Ballot, value: string | null, next: Ballot | null) => {
    if ((await engine.accept(key, { ballot, value, next })).type !== 'accepted') return;
    telling.accepted(key, ballot, value);
    if (next !== null) telling.promised(key, next);
  };
  const counter = number * 10;
  await Promise.allSettled([
    ...KEYS.map(async (key) => await prepare(key, [counter + 1, 'p'])),
    ...KEYS.map(async (key) => await accept(key, [counter + 1, 'p'], `${key} ${number}`, [counter + 2, 'p'])),
    prepare('item:a', [counter + 3, 'q']),
    accept('item:b', [counter + 2, 'p'], null, [counter + 5, 'p']),
    engine.merge(
      'stock:c',
      encodeRegister({ ...emptyRegister, accepted: [counter + 4, 'x'], promised: [counter + 4, 'x'], value: 'x' }),
    ),
  ]);
  const { value: released } = await engine.readRecord('item:b');
  if (released?.endsWith(',null]') !== true) return;
  telling.dropping('item:b');
  await engine.dropRecords([['item:b', released]]);
}

async function workload(world: EngineWorld, telling: Telling): Promise<void> {
  const engine = await world.open({ journalSegmentBytes: 1200, checkpointSliceRecords: 1 });
  for (let number = 0; number < 3; number++) await round(engine, telling, number);
  await Promise.allSettled([engine.checkpoint(), round(engine, telling, 3), round(engine, telling, 4)]);
  await Promise.allSettled([engine.checkpoint(), engine.checkpoint(), round(engine, telling, 5)]);
  await engine.close();
}

describe.each(WAYS_TO_TAKE_ROOM)('a crash at every operation, room for the journal taken %s', (_title, settings) => {
  const createWorld = (seed = 1) => createEngineWorld(seed, undefined, settings);
  const survivals: [string, number, (operation: number) => Survival][] = [
    ['a kill -9', 0.8, () => 'everything'],
    ['a loss of power', 1, () => 'nothing'],
    ['a loss of power that tears', 0.3, (operation) => seededRandom(operation)],
  ];

  it.each(survivals)(
    'I24: %s breaks no promise, and loses nothing that was accepted',
    async (_, votingShare, survivalOf) => {
      const whole = createWorld();
      await workload(whole, new Telling());
      const { operations } = whole.medium;
      expect(operations).toBeGreaterThan(80);
      let voting = 0;
      for (let operation = 1; operation <= operations; operation++) {
        const world = createWorld(operation);
        const telling = new Telling();
        world.medium.crashAtOperation = operation;
        await workload(world, telling).catch(() => undefined);
        world.medium.crash(survivalOf(operation));
        const engine = await world.open();
        voting += engine.votelessGroups.size === 0 ? 1 : 0;
        await telling.check(engine);
        await round(engine, telling, 9);
        await telling.check(engine);
        world.medium.crash('nothing');
        await telling.check(await world.open());
        expect(telling.problems, `crashed at operation ${operation}`).toEqual([]);
      }
      // A crash is not mistaken for damage, unless it tore the middle of a write.
      expect(voting).toBeGreaterThanOrEqual(operations * votingShare);
    },
  );

  it('I24: crashes while recovering from a crash break none either', async () => {
    const random = seededRandom(11);
    for (let run = 0; run < 30; run++) {
      const world = createWorld(run);
      const telling = new Telling();
      for (let crash = 0; crash < 5; crash++) {
        world.medium.crashAtOperation = world.medium.operations + 1 + Math.floor(random() * 150);
        await workload(world, telling).catch(() => undefined);
        world.medium.crash(random() < 0.4 ? 'everything' : random);
      }
      await telling.check(await world.open());
      expect(telling.problems, `run ${run}`).toEqual([]);
    }
  });
});
