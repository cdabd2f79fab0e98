/*
 * Registers in the engine: what is promised and accepted is on disk before anyone is told, survives whatever records
 * survive, and is never taken back by dropping.
 */
import { decodeRegister, emptyRegister, encodeRecord, encodeRegister, emptyRecord, write } from '@trolley/records';
import type { Ballot, Proposal, Register } from '@trolley/records';
import { describe, expect, it } from 'vitest';
import type { Engine } from '../engine.ts';
import { createEngineWorld, groupOfKey, holdSyncs, isPending, until } from '../testing/engine-world.ts';
import { diskError } from '../testing/memory-disk.ts';
import { groupFiles, journalFiles } from '../testing/stored-directory.ts';

const KEY = 'item:hamlet';
const PG = groupOfKey(KEY);
/** Another in the same placement group. */
const otherKey = Array.from({ length: 50 }, (_, index) => `item:${index}`).find((key) => groupOfKey(key) === PG) ?? '';
const NOTHING = { low: 0, high: 0, count: 0 };
const PROMISED = { type: 'promised', accepted: null, value: null };

const proposal = (ballot: Ballot, value: string | null = 'v', next: Ballot | null = null): Proposal => ({
  ballot,
  value,
  next,
});

async function registerOf(engine: Engine, key = KEY): Promise<Register> {
  const { value } = await engine.readRecord(key);
  return value === undefined ? emptyRegister : decodeRegister(value);
}

function textOf(accepted: Ballot, value: string | null, promised = accepted): string {
  return encodeRegister({ accepted, value, promised, heard: false });
}

async function withReleased() {
  const world = createEngineWorld();
  const engine = await world.open();
  await engine.accept(KEY, proposal([5, 'p'], 'v', [6, 'p']));
  await engine.accept(KEY, proposal([6, 'p'], null, [7, 'p']));
  expect([...engine.tombstones(PG)]).toEqual([KEY]);
  return { world, engine };
}

async function damaged() {
  const world = createEngineWorld();
  const engine = await world.open();
  await engine.accept(KEY, proposal([5, 'p'], 'v', [6, 'p']));
  await engine.close();
  const [file = ''] = groupFiles(world.medium);
  world.medium.overwrite(file, Buffer.from('damaged'));
  return world;
}

describe('promises and values', () => {
  it('are given as an acceptor does, and read like any record', async () => {
    const engine = await createEngineWorld().open();
    expect(await engine.prepare(KEY, [1, 'p'])).toEqual(PROMISED);
    expect(await engine.accept(KEY, proposal([1, 'p'], 'one', [2, 'p']))).toEqual({ type: 'accepted' });
    expect(await engine.accept(KEY, proposal([1, 'p'], 'one', [2, 'p']))).toEqual({ type: 'accepted' });
    expect(await engine.prepare(KEY, [2, 'a'])).toEqual({ type: 'outbid', ballot: [2, 'p'] });
    expect(await engine.prepare(KEY, [3, 'q'])).toEqual({ type: 'promised', accepted: [1, 'p'], value: 'one' });
    expect(await engine.accept(KEY, proposal([2, 'p'], 'two'))).toEqual({ type: 'outbid', ballot: [3, 'q'] });
    expect(await engine.readContext(KEY)).toEqual({ value: '[1,"p"]', incomplete: false });
    expect(await registerOf(engine)).toEqual({ accepted: [1, 'p'], value: 'one', promised: [3, 'q'], heard: false });
  });

  it('I24: are told of only when they are on disk; so is that another ballot won', async () => {
    const world = createEngineWorld();
    const engine = await world.open();
    const held = holdSyncs(world);
    const answers = [
      engine.prepare(KEY, [5, 'p']),
      engine.prepare(KEY, [4, 'p']),
      engine.accept(KEY, proposal([5, 'p'])),
      engine.accept(KEY, proposal([5, 'p'])),
    ];
    await until(() => held.waiting() > 0);
    for (const answer of answers) expect(await isPending(answer)).toBe(true);
    held.release();
    expect((await Promise.all(answers)).map(({ type }) => type)).toEqual([
      'promised',
      'outbid',
      'accepted',
      'accepted',
    ]);
  });

  it('are taken back when the disk takes no more, and promise nothing then', async () => {
    const world = createEngineWorld();
    const engine = await world.open();
    await engine.prepare(KEY, [1, 'p']);
    world.medium.fault = (operation, path) =>
      operation === 'append' && path.endsWith('.log') ? diskError('ENOSPC', path) : undefined;
    await expect(engine.prepare(KEY, [9, 'q'])).rejects.toMatchObject({ code: 'READ_ONLY' });
    await expect(engine.accept(KEY, proposal([1, 'p']))).rejects.toMatchObject({ code: 'READ_ONLY' });
    expect(await registerOf(engine)).toEqual({ ...emptyRegister, promised: [1, 'p'] });
    world.medium.crash('nothing');
    world.medium.fault = undefined;
    const again = await world.open();
    expect(await again.prepare(KEY, [2, 'q'])).toEqual(PROMISED);
  });

  it('are kept over a restart, with and without a checkpoint', async () => {
    for (const checkpoints of [false, true]) {
      const world = createEngineWorld();
      const engine = await world.open();
      await engine.accept(KEY, proposal([5, 'p'], 'v', [6, 'p']));
      if (checkpoints) await engine.checkpoint();
      world.medium.crash('nothing');
      const again = await world.open();
      expect(again.votelessGroups.size).toBe(0);
      expect(await again.prepare(KEY, [6, 'a'])).toEqual({ type: 'outbid', ballot: [6, 'p'] });
      expect(await again.accept(KEY, proposal([5, 'p'], 'v', [6, 'p']))).toEqual({ type: 'accepted' });
    }
  });

  it('two under one ballot are an error that names both, and change nothing', async () => {
    const engine = await createEngineWorld().open();
    await engine.accept(KEY, proposal([5, 'p'], 'one'));
    const reuse = engine.accept(KEY, proposal([5, 'p'], 'two'));
    await expect(reuse).rejects.toMatchObject({ code: 'BALLOT_REUSED', message: expect.stringContaining('[5,"p"]') });
    expect((await registerOf(engine)).value).toBe('one');
  });

  it('are not for keys that hold a record', async () => {
    const engine = await createEngineWorld().open();
    await engine.merge('product:fig', encodeRecord(write(emptyRecord, 'b.1', [['quantity', 1]])));
    await expect(engine.prepare('product:fig', [1, 'p'])).rejects.toMatchObject({ code: 'MALFORMED_RECORD' });
    await expect(engine.merge('product:fig', textOf([1, 'p'], 'v'))).rejects.toMatchObject({
      code: 'MALFORMED_RECORD',
    });
  });
});

describe('what other replicas accepted', () => {
  it('is taken over, as a vote where that may still be, and promises are not', async () => {
    const engine = await createEngineWorld().open();
    expect(await engine.merge(KEY, textOf([5, 'p'], 'v', [9, 'p']))).toBe(true);
    expect(await registerOf(engine)).toEqual({ accepted: [5, 'p'], value: 'v', promised: [5, 'p'], heard: false });
    expect(await engine.merge(KEY, textOf([4, 'q'], 'w'))).toBe(false);
    await engine.prepare(KEY, [8, 'q']);
    expect(await engine.merge(KEY, textOf([6, 'p'], 'w'))).toBe(true);
    expect(await registerOf(engine)).toMatchObject({ accepted: [6, 'p'], promised: [8, 'q'], heard: true });
  });

  it('is in the digests; promises alone are not, so that replicas with and without them are equal', async () => {
    const worlds = [createEngineWorld(1), createEngineWorld(2)];
    const [one, other] = await Promise.all(worlds.map(async (world) => await world.open()));
    if (one === undefined || other === undefined) throw new Error('no engines');
    await one.prepare(KEY, [7, 'p']);
    expect(one.digest(PG)).toEqual(NOTHING);
    expect((await one.entriesUnder(PG, [''], undefined, 10)).entries).toEqual([]);
    await one.accept(KEY, proposal([7, 'p'], 'v', [8, 'p']));
    await other.prepare(KEY, [9, 'q']);
    await other.merge(KEY, textOf([7, 'p'], 'v'));
    expect(one.digest(PG)).toEqual(other.digest(PG));
    expect(one.digest(PG).count).toBe(1);
    expect((await one.entriesUnder(PG, [''], undefined, 10)).entries).toEqual([[KEY, '[7,"p"]']]);
    await one.close();
    expect((await worlds[0]?.open())?.digest(PG)).toEqual(other.digest(PG));
  });
});

describe('a released register that is dropped', () => {
  it('I29: does not come back by what was promised before: a late accept is refused, also after a crash', async () => {
    const { world, engine } = await withReleased();
    expect(await engine.dropRecords([[KEY, textOf([6, 'p'], null)]])).toBe(1);
    const expectItGone = async (now: Engine) => {
      expect((await now.readRecord(KEY)).value).toBeUndefined();
      expect(now.digest(PG)).toEqual(NOTHING);
      expect(now.highestPromises).toEqual([[PG, 7]]);
      for (const late of [proposal([7, 'p'], 'back'), proposal([6, 'p'], null), proposal([5, 'p'], 'v')]) {
        expect(await now.accept(KEY, late)).toEqual({ type: 'outbid', ballot: [7, ''] });
      }
      expect(await now.prepare(KEY, [7, 'z'])).toEqual({ type: 'outbid', ballot: [7, ''] });
    };
    await expectItGone(engine);
    world.medium.crash('nothing');
    const again = await world.open();
    await expectItGone(again);
    expect(await again.prepare(KEY, [8, 'a'])).toEqual(PROMISED);
  });

  it('bounds the ballots of the others in its placement group, whose values are kept', async () => {
    const { engine } = await withReleased();
    await engine.accept(otherKey, proposal([2, 'p'], 'kept'));
    await engine.dropRecords([[KEY, textOf([6, 'p'], null)]]);
    expect(await engine.accept(otherKey, proposal([3, 'p']))).toEqual({ type: 'outbid', ballot: [7, ''] });
    expect(await engine.prepare(otherKey, [8, 'p'])).toEqual({ type: 'promised', accepted: [2, 'p'], value: 'kept' });
  });

  it('stays when something was accepted since, or is not what was to be dropped', async () => {
    const { engine } = await withReleased();
    expect(await engine.dropRecords([[KEY, textOf([5, 'p'], 'v')]])).toBe(0);
    await engine.accept(KEY, proposal([7, 'p'], 'again'));
    expect(await engine.dropRecords([[KEY, textOf([6, 'p'], null)]])).toBe(0);
    expect((await registerOf(engine)).value).toBe('again');
  });

  it('stays for now when a promise is made while the floor is being raised', async () => {
    const { world, engine } = await withReleased();
    const held = holdSyncs(world);
    const dropping = engine.dropRecords([[KEY, textOf([6, 'p'], null)]]);
    await until(() => held.waiting() > 0);
    const promise = engine.prepare(KEY, [20, 'q']);
    held.release();
    expect(await promise).toEqual({ type: 'promised', accepted: [6, 'p'], value: null });
    expect(await dropping).toBe(0);
    expect(await engine.accept(KEY, proposal([20, 'q'], 'new'))).toEqual({ type: 'accepted' });
    expect(await engine.dropRecords([[KEY, textOf([6, 'p'], null)]])).toBe(0);
  });
});

describe('a node that may have forgotten', () => {
  it('I28: has no vote in the group that it lost part of, nor when it has the records back', async () => {
    const engine = await (await damaged()).open();
    expect([...engine.votelessGroups]).toEqual([PG]);
    expect(await engine.prepare(KEY, [9, 'q'])).toEqual({ type: 'no-vote' });
    expect(await engine.accept(KEY, proposal([9, 'q']))).toEqual({ type: 'no-vote' });
    expect(await engine.merge(KEY, textOf([5, 'p'], 'v'))).toBe(true);
    await engine.markComplete([PG]);
    expect(engine.incompleteGroups.size).toBe(0);
    expect(await engine.prepare(KEY, [9, 'q'])).toEqual({ type: 'no-vote' });
    expect((await registerOf(engine)).heard).toBe(true);
    // Nor does it count that there is nothing: it may have accepted what others are about to accept.
    expect(await engine.readRecord(otherKey)).toEqual({ value: undefined, incomplete: true });
    expect((await engine.readContext(KEY)).incomplete).toBe(true);
    expect((await engine.readRecord('product:fig')).incomplete).toBe(false);
    await engine.regainVotes([[PG, 9]]);
    expect(await engine.readRecord(otherKey)).toEqual({ value: undefined, incomplete: false });
  });

  it('votes again above the promises that it is told of, and remembers that over a restart', async () => {
    const world = await damaged();
    const engine = await world.open();
    await engine.regainVotes([[PG, 6]]);
    expect([...engine.votelessGroups]).toEqual([PG]);
    await engine.markComplete([PG]);
    await engine.regainVotes([[PG, 12]]);
    world.medium.crash('nothing');
    const again = await world.open();
    expect(again.votelessGroups.size).toBe(0);
    expect(await again.prepare(KEY, [12, 'z'])).toEqual({ type: 'outbid', ballot: [12, ''] });
    expect(await again.prepare(KEY, [13, 'a'])).toEqual(PROMISED);
  });

  it('I28: is one whose journal ends in something that is no entry, too: that may have been a promise', async () => {
    const world = createEngineWorld();
    const engine = await world.open();
    await engine.accept(KEY, proposal([5, 'p']));
    world.medium.crash('everything');
    const last = journalFiles(world.medium).at(-1) ?? '';
    world.medium.overwrite(last, Buffer.concat([world.medium.contents(last), Buffer.from('torn')]));
    const again = await world.open();
    expect(again.incompleteGroups.size).toBe(0);
    expect([...again.votelessGroups]).toEqual([0, 1, 2, 3]);
  });

  it('is none that never stored anything', async () => {
    expect((await createEngineWorld().open()).votelessGroups.size).toBe(0);
    expect((await createEngineWorld().open({ isKnownToCluster: true })).votelessGroups.size).toBe(4);
  });

  it('counts in other groups without forgetting floors or that it has no vote', async () => {
    const world = await damaged();
    const engine = await world.open();
    await engine.markComplete([PG]);
    await engine.close();
    const recounted = await world.open({ pgCount: 7 });
    expect(recounted.votelessGroups.size).toBe(7);
    await recounted.regainVotes(Array.from({ length: 7 }, (_, pg) => [pg, pg]));
    await recounted.close();
    expect((await world.open()).highestPromises).toEqual([0, 1, 2, 3].map((pg) => [pg, 6]));
  });
});
