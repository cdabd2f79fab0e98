/*
 * Adopting: a replica takes over a draft unless it has seen what the draft has not, and never after the offer's end.
 */
import { describe, expect, it } from 'vitest';
import { decodeRecord, encodeRecord, merge, userOf } from '@trolley/records';
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
} from '../testing/engine-world.ts';

const FIG = 'product:fig';

describe('a draft that is to be adopted', () => {
  it('is, once it is on disk, where nothing is known that it has not seen', async () => {
    const world = createEngineWorld();
    const engine = await world.open();
    const draft = await writtenElsewhere(FIG, addToProduct(3));
    const syncs = holdSyncs(world);
    const adopting = engine.adopt(FIG, draft);
    await until(() => syncs.waiting() > 0);
    expect(await isPending(adopting)).toBe(true);
    syncs.release();
    expect(await adopting).toBe('adopted');
    expect(await engine.adopt(FIG, draft)).toBe('held');
    expect(await quantityOf(engine, FIG)).toBe(3);
  });

  it('is held also where what contains it came first', async () => {
    const engine = await createEngineWorld().open();
    const first = await writtenElsewhere(FIG, addToProduct(3));
    const second = await writtenElsewhere(FIG, addToProduct(1), first);
    expect(await engine.adopt(FIG, second)).toBe('adopted');
    expect(await engine.adopt(FIG, first)).toBe('held');
    expect(await quantityOf(engine, FIG)).toBe(4);
  });

  it('is refused, and changes nothing, where something is known that it has not seen', async () => {
    const engine = await createEngineWorld().open();
    await engine.change('user:a@x', createUser, undefined);
    await engine.change('user:a@x', { action: { type: 'delete-user' } }, undefined);
    const before = (await engine.readRecord('user:a@x')).value;
    const draft = await writtenElsewhere('user:a@x', createUser);
    expect(await engine.adopt('user:a@x', draft)).toBe('refused');
    expect((await engine.readRecord('user:a@x')).value).toBe(before);
  });

  it('is refused where this node drafted another, which may be adopted', async () => {
    const engine = await createEngineWorld().open();
    engine.draft(FIG, 'own', addToProduct(1));
    expect(await engine.adopt(FIG, await writtenElsewhere(FIG, addToProduct(2)))).toBe('refused');
  });

  it('is refused where what it has not seen may have been lost', async () => {
    const engine = await createEngineWorld().open();
    await engine.markIncomplete([0, 1, 2, 3]);
    expect(await engine.adopt(FIG, await writtenElsewhere(FIG, addToProduct(2)))).toBe('refused');
    expect(engine.draft(FIG, 'own', addToProduct(1))).toBeUndefined();
  });

  it('is refused once its offer has ended: another may have been drafted in its place', async () => {
    const world = createEngineWorld();
    const engine = await world.open();
    const draft = await writtenElsewhere(FIG, addToProduct(3));
    const nowMs = world.clock.monotonicMs();
    expect(await engine.adopt(FIG, draft, nowMs - 1)).toBe('refused');
    expect(await engine.adopt(FIG, draft, nowMs)).toBe('adopted');
    expect(await engine.adopt(FIG, draft, nowMs - 1)).toBe('held');
  });

  it('is turned away when it is none', async () => {
    const engine = await createEngineWorld().open();
    await expect(engine.adopt(FIG, '[[["b",1]],[["x",[["c",1,1]]]]]')).rejects.toThrow('context');
    await expect(engine.adopt(FIG, 'x')).rejects.toThrow('context');
    expect(engine.readSettled(FIG)?.value).toBeUndefined();
  });
});

it('a draft and a change made apart keep both additions apart, as any two writes', async () => {
  const engine = await createEngineWorld().open();
  await engine.change('user:a@x', createUser, undefined);
  const draft = engine.draft('user:a@x', 'own', addToCart('fig', 2)) ?? '';
  const apart = await writtenElsewhere('user:a@x', addToCart('fig', 3), (await engine.readRecord('user:a@x')).value);
  const both = merge(decodeRecord(draft), decodeRecord(apart));
  expect(userOf(both)?.cart.get('fig')).toBe(3);
  expect(encodeRecord(both)).toBe(encodeRecord(merge(decodeRecord(apart), decodeRecord(draft))));
});
