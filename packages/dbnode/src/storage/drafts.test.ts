/*
 * Drafts: nobody holds one before others adopted it, drafts of a key are built upon each other, and no dot of one ever comes
 * again, whatever becomes of it.
 */
import { describe, expect, it } from 'vitest';
import { decodeRecord, productOf, type Change, type RecordText } from '@trolley/records';
import { DraftedError, type Engine } from '../engine.ts';
import {
  addToCart,
  addToProduct,
  createEngineWorld,
  createUser,
  holdSyncs,
  isPending,
  quantityOf,
  until,
  writtenElsewhere,
  type EngineWorld,
} from '../testing/engine-world.ts';
import { diskError, type Survival } from '../testing/memory-disk.ts';
import { seededRandom } from '../testing/seeded-random.ts';
import { DRAFT_KEPT_MS } from './drafts.ts';

const FIG = 'product:fig';
const KEYS = [FIG, 'product:pear', 'product:plum', 'user:a@x'];

/** Every dot that anyone was told of, with what was under it. */
class Told {
  readonly #quantities = new Map<string, number>();
  readonly problems: string[] = [];

  tell(key: string, text: RecordText | undefined): void {
    for (const [field, siblings] of text === undefined ? [] : decodeRecord(text).fields) {
      for (const { dot, quantity } of siblings) {
        const name = JSON.stringify([key, field, dot]);
        const before = this.#quantities.get(name) ?? quantity;
        if (before !== quantity) this.problems.push(`${name} was ${before} and is ${quantity}`);
        this.#quantities.set(name, quantity);
      }
    }
  }
}

let count = 0;

function nextId(): string {
  count += 1;
  return `draft-${count}`;
}

function idOf(key: string, number: number): string {
  return `${key} ${number}`;
}

function changeOf(key: string, number: number): Change {
  if (key.startsWith('product:')) return addToProduct(number + 1);
  return number === 0 ? createUser : addToCart('fig', number + 1);
}

/** Drafts that come back, that do not, and that are withdrawn, and changes among them, each with another value. */
async function work(world: EngineWorld, engine: Engine, told: Told, number: number): Promise<void> {
  const draft = (key: string, index: number): RecordText | undefined => {
    const text = engine.draft(key, idOf(key, number * 100 + index), changeOf(key, number * 100 + index));
    told.tell(key, text);
    return text;
  };
  for (let index = 0; index < 12; index += 3) {
    const drafts = KEYS.map((key) => [key, draft(key, index), draft(key, index + 1)] as const);
    const ends = drafts.map(async ([key, first, second], turn) => {
      if (first === undefined || second === undefined) return;
      if (turn === 0) await engine.withdraw(key, { id: idOf(key, number * 100 + index + 1) });
      else if (turn !== 1) await engine.merge(key, turn === 2 ? first : second);
    });
    await Promise.allSettled(ends);
    world.clock.advance(2 * DRAFT_KEPT_MS);
    const changes = KEYS.map((key) => engine.change(key, changeOf(key, number * 100 + index + 2), undefined));
    for (const [turn, change] of (await Promise.allSettled(changes)).entries()) {
      if (change.status === 'fulfilled') told.tell(KEYS[turn] ?? '', change.value.record);
    }
  }
  for (const key of KEYS) told.tell(key, (await engine.readRecord(key)).value);
}

async function workload(world: EngineWorld, told: Told, first = 0): Promise<void> {
  const engine = await world.open({ journalSegmentBytes: 1500 });
  await work(world, engine, told, first);
  await Promise.allSettled([engine.checkpoint(), work(world, engine, told, first + 1)]);
  await engine.close();
}

function actorsIn(text: RecordText | undefined): readonly string[] {
  return text === undefined ? [] : [...decodeRecord(text).context.keys()];
}

function quantityIn(text: RecordText | undefined): number | undefined {
  return text === undefined ? undefined : productOf(decodeRecord(text))?.quantity;
}

describe('a draft', () => {
  it('I10: is on no disk, and shown to nobody', async () => {
    const world = createEngineWorld();
    const engine = await world.open();
    const { operations } = world.medium;
    const text = engine.draft(FIG, nextId(), addToProduct(2));
    expect(quantityIn(text)).toBe(2);
    expect(engine.readSettled(FIG)?.value).toBeUndefined();
    expect((await engine.scan('product:', undefined, 10)).entries).toEqual([]);
    expect(world.medium.operations).toBe(operations);
  });

  it('is built upon the drafts before it, and upon what comes in', async () => {
    const engine = await createEngineWorld().open();
    const first = engine.draft(FIG, nextId(), addToProduct(1));
    const second = engine.draft(FIG, nextId(), addToProduct(2));
    expect(quantityIn(second)).toBe(3);
    await engine.merge(FIG, first ?? '');
    expect(quantityIn(engine.draft(FIG, nextId(), addToProduct(4)))).toBe(7);
    await engine.merge(FIG, second ?? '');
    expect(await quantityOf(engine, FIG)).toBe(3);
    expect(quantityIn(engine.draft(FIG, nextId(), addToProduct(8)))).toBe(15);
  });

  it('is not made of what it would refuse or leave as it is', async () => {
    const engine = await createEngineWorld().open();
    expect(engine.draft(FIG, nextId(), addToProduct(-1))).toBeUndefined();
    expect(engine.draft('user:a@x', nextId(), addToCart('fig', 1))).toBeUndefined();
    await engine.change('user:a@x', createUser, undefined);
    expect(
      engine.draft('user:a@x', nextId(), { action: { type: 'remove-from-cart', names: ['fig'] } }),
    ).toBeUndefined();
  });

  it('is not made where something came in that open drafts have not seen', async () => {
    const engine = await createEngineWorld().open();
    engine.draft(FIG, nextId(), addToProduct(1));
    await engine.merge(FIG, await writtenElsewhere(FIG, addToProduct(5)));
    expect(engine.draft(FIG, nextId(), addToProduct(1))).toBeUndefined();
  });

  it('I2: is not made upon dots that a crash would bring again', async () => {
    const world = createEngineWorld();
    const engine = await world.open();
    const syncs = holdSyncs(world);
    const change = engine.change(FIG, addToProduct(1), undefined);
    expect(engine.draft(FIG, nextId(), addToProduct(1))).toBeUndefined();
    syncs.release();
    await change;
    expect(quantityIn(engine.draft(FIG, nextId(), addToProduct(1)))).toBe(2);
  });

  it('keeps changes from being made until its fate is known, and new drafts once somebody asked for that', async () => {
    const world = createEngineWorld();
    const engine = await world.open();
    const text = engine.draft(FIG, nextId(), addToProduct(1)) ?? '';
    await expect(engine.change(FIG, addToProduct(1), undefined)).rejects.toBeInstanceOf(DraftedError);
    expect(engine.closeDrafts(FIG)).toBe(true);
    expect(engine.draft(FIG, nextId(), addToProduct(1))).toBeUndefined();
    await engine.merge(FIG, text);
    expect(engine.closeDrafts(FIG)).toBe(false);
    expect(engine.draft(FIG, nextId(), addToProduct(1))).toBeUndefined();
    expect((await engine.change(FIG, addToProduct(1), undefined)).type).toBe('applied');
    world.clock.advance(1_000);
    expect(quantityIn(engine.draft(FIG, nextId(), addToProduct(1)))).toBe(3);
  });

  it('is let go of when it does not come back, and its dots do not come again', async () => {
    const world = createEngineWorld();
    const engine = await world.open();
    const lost = engine.draft(FIG, 'lost', addToProduct(1));
    world.clock.advance(DRAFT_KEPT_MS);
    world.clock.advance(DRAFT_KEPT_MS);
    expect(engine.closeDrafts(FIG)).toBe(false);
    expect(await engine.withdraw(FIG, { id: 'lost' })).toEqual({ type: 'withdrawn' });
    const next = engine.draft(FIG, nextId(), addToProduct(2));
    expect(quantityIn(next)).toBe(2);
    expect(actorsIn(next)).not.toEqual(actorsIn(lost));
    // It may have been adopted after all, and is told apart from what was drafted since.
    await engine.merge(FIG, next ?? '');
    await engine.merge(FIG, lost ?? '');
    expect(await quantityOf(engine, FIG)).toBe(1);
    expect(actorsIn((await engine.readRecord(FIG)).value)).toHaveLength(2);
  });

  it('is given up when nobody adopted it, and its dots do not come again', async () => {
    const engine = await createEngineWorld().open();
    const first = engine.draft(FIG, 'first', addToProduct(1));
    expect(await engine.withdraw(FIG, { id: 'first' })).toEqual({ type: 'withdrawn' });
    expect(await engine.withdraw(FIG, { id: 'first' })).toEqual({ type: 'withdrawn' });
    const next = engine.draft(FIG, 'next', addToProduct(8));
    expect(quantityIn(next)).toBe(8);
    expect(actorsIn(next)).not.toEqual(actorsIn(first));
  });

  it('is not given up while another is built upon it, nor once that is held', async () => {
    const world = createEngineWorld();
    const engine = await world.open();
    engine.draft(FIG, 'first', addToProduct(1));
    const second = engine.draft(FIG, 'second', addToProduct(2)) ?? '';
    engine.draft(FIG, 'third', addToProduct(4));
    expect(await engine.withdraw(FIG, { id: 'first' })).toEqual({ type: 'built-upon' });
    expect(engine.draft(FIG, nextId(), addToProduct(8))).toBeUndefined();
    expect(await engine.withdraw(FIG, { id: 'third' })).toEqual({ type: 'withdrawn' });
    expect(await engine.withdraw(FIG, { id: 'first' })).toEqual({ type: 'built-upon' });
    const syncs = holdSyncs(world);
    const merging = engine.merge(FIG, second);
    const withdrawing = engine.withdraw(FIG, { id: 'first' });
    expect(await isPending(withdrawing)).toBe(true);
    syncs.release();
    await merging;
    expect(await withdrawing).toEqual({ type: 'held', record: second });
    expect(await quantityOf(engine, FIG)).toBe(3);
  });

  it('of one key that came to nothing changes no name of another', async () => {
    const engine = await createEngineWorld().open();
    const pear = 'product:pear';
    await engine.merge(pear, engine.draft(pear, nextId(), addToProduct(1)) ?? '');
    for (let round = 0; round < 20; round += 1) {
      engine.draft(FIG, 'lost', addToProduct(1));
      await engine.withdraw(FIG, { id: 'lost' });
      await engine.merge(pear, engine.draft(pear, nextId(), addToProduct(1)) ?? '');
    }
    expect(actorsIn((await engine.readRecord(pear)).value)).toHaveLength(1);
  });

  it('that was let go of is known to be held once what contains it comes back', async () => {
    const world = createEngineWorld();
    const engine = await world.open();
    const first = engine.draft(FIG, 'first', addToProduct(1));
    const second = engine.draft(FIG, 'second', addToProduct(2)) ?? '';
    world.clock.advance(DRAFT_KEPT_MS);
    world.clock.advance(DRAFT_KEPT_MS);
    expect(engine.closeDrafts(FIG)).toBe(false);
    await engine.merge(FIG, second);
    expect(await engine.withdraw(FIG, { id: 'first', record: first })).toEqual({ type: 'held', record: second });
  });

  it('is kept while another is built upon it that may still be on its way', async () => {
    const world = createEngineWorld();
    const engine = await world.open();
    engine.draft(FIG, 'first', addToProduct(1));
    world.clock.advance(DRAFT_KEPT_MS - 10);
    engine.draft(FIG, 'second', addToProduct(2));
    world.clock.advance(20);
    expect(await engine.withdraw(FIG, { id: 'first' })).toEqual({ type: 'built-upon' });
  });

  it('is not held once a full disk took it back', async () => {
    const world = createEngineWorld();
    const engine = await world.open();
    const text = engine.draft(FIG, 'first', addToProduct(1)) ?? '';
    world.medium.fault = (operation, path) => (operation === 'append' ? diskError('ENOSPC', path) : undefined);
    await expect(engine.merge(FIG, text)).rejects.toMatchObject({ code: 'READ_ONLY' });
    expect(await engine.withdraw(FIG, { id: 'first', record: text })).toEqual({ type: 'withdrawn' });
    expect(await engine.withdraw(FIG, { id: 'first' })).toEqual({ type: 'withdrawn' });
  });

  it('is bounded in number, of one key and of all', async () => {
    const engine = await createEngineWorld().open();
    let ofOne = 0;
    while (ofOne < 1_000 && engine.draft(FIG, nextId(), addToProduct(1)) !== undefined) ofOne += 1;
    expect(ofOne).toBe(64);
    let made = 0;
    while (made < 20_000 && engine.draft(`product:${made}`, nextId(), addToProduct(1)) !== undefined) made += 1;
    expect(made).toBe(9_999);
  });
});

describe('the dots of drafts', () => {
  const survivals: [string, (operation: number) => Survival][] = [
    ['a kill -9', () => 'everything'],
    ['a loss of power', () => 'nothing'],
    ['a loss of power that tears', (operation) => seededRandom(operation)],
  ];

  it.each(survivals)('I2: never come again, whenever %s comes', async (_, survivalOf) => {
    const whole = createEngineWorld();
    await workload(whole, new Told());
    const { operations } = whole.medium;
    expect(operations).toBeGreaterThan(50);
    for (let operation = 1; operation <= operations; operation += 1) {
      const world = createEngineWorld(operation);
      const told = new Told();
      world.medium.crashAtOperation = operation;
      await workload(world, told).catch(() => undefined);
      world.medium.crash(survivalOf(operation));
      await workload(world, told, 2);
      await workload(world, told, 4);
      expect(told.problems, `crashed at operation ${operation}`).toEqual([]);
    }
  });

  it('I2: do not come again when a full disk takes back what had come of them', async () => {
    const world = createEngineWorld();
    const engine = await world.open();
    const told = engine.draft(FIG, nextId(), addToProduct(1)) ?? '';
    world.medium.fault = (operation, path) => (operation === 'append' ? diskError('ENOSPC', path) : undefined);
    await expect(engine.merge(FIG, told)).rejects.toMatchObject({ code: 'READ_ONLY' });
    expect(engine.draft(FIG, nextId(), addToProduct(1))).toBeUndefined();
    world.medium.fault = undefined;
    await until(() => {
      world.clock.advance(2_000);
      return engine.statistics.readOnlyReason === undefined;
    });
    expect(actorsIn(engine.draft(FIG, nextId(), addToProduct(2)))).not.toEqual(actorsIn(told));
  });

  it('keep their name through a stop, so that contexts do not grow, and take another after a crash', async () => {
    const world = createEngineWorld();
    const first = await world.open();
    const text = first.draft(FIG, nextId(), addToProduct(1)) ?? '';
    await first.merge(FIG, text);
    await first.close();
    const second = await world.open();
    // The name comes off the disk before it is used: until then changes are made as ever.
    expect(second.draft(FIG, nextId(), addToProduct(1))).toBeUndefined();
    let kept: RecordText | undefined;
    await until(() => (kept = second.draft(FIG, nextId(), addToProduct(1))) !== undefined);
    expect(actorsIn(kept)).toEqual(actorsIn(text));
    await second.merge(FIG, kept ?? '');
    world.medium.crash('everything');
    const third = await world.open();
    expect(actorsIn(third.draft(FIG, nextId(), addToProduct(1)))).toHaveLength(2);
  });

  it('I2: take another name after a stop that left one open', async () => {
    const world = createEngineWorld();
    const first = await world.open();
    const open = first.draft(FIG, nextId(), addToProduct(1));
    await first.close();
    const second = await world.open();
    expect(actorsIn(second.draft(FIG, nextId(), addToProduct(2)))).not.toEqual(actorsIn(open));
  });

  it('I2: are not free again when their record is dropped', async () => {
    const engine = await createEngineWorld().open();
    await engine.merge(FIG, engine.draft(FIG, nextId(), addToProduct(1)) ?? '');
    const tombstone = engine.draft(FIG, nextId(), { action: { type: 'delete-product' } }) ?? '';
    await engine.merge(FIG, tombstone);
    expect(await engine.dropRecords([[FIG, tombstone]])).toBe(1);
    expect([...decodeRecord(engine.draft(FIG, nextId(), addToProduct(1)) ?? '').context.values()]).toEqual([3]);
  });
});
