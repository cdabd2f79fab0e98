/*
 * A node that forgot promises votes again only when it can break none of them: after the silence, and above what enough
 * others promised. Real engines on simulated disks; time is the test's.
 */
import { createManualClock } from '@trolley/cluster/testing';
import { decodeRegister, type Ballot } from '@trolley/records';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { RepairPeers } from '../repair/repair-peers.ts';
import { Throttle } from '../repair/throttle.ts';
import { PG_COUNT } from '../testing/engine-world.ts';
import { MemoryDisk } from '../testing/memory-disk.ts';
import { RepairWorld } from '../testing/repair-world.ts';
import { VoteRecovery } from './vote-recovery.ts';

const KEY = 'item:hamlet';
const SILENCE_MS = 10_000;
const ALL = Array.from({ length: PG_COUNT }, (_, pg) => pg);

let clock = createManualClock();
let world: RepairWorld;
let mayFetch = true;
const running: VoteRecovery[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map(async (recovery) => recovery.stop()));
  await world.stop();
});

async function createWorld(ids = ['a', 'b', 'c'], replicas = ids.length): Promise<void> {
  clock = createManualClock();
  mayFetch = true;
  world = new RepairWorld({ clock });
  for (const id of ids) await world.open(id);
  world.setMap({ replicas });
}

/** The node's disk is gone; it starts on an empty one, and is told all records by others, but no promises. */
async function loseDisk(id: string): Promise<void> {
  await world.kill(id);
  await world.open(id, new MemoryDisk(), { isKnownToCluster: true });
  await world.node(id).engine.markComplete(ALL);
}

function recover(id: string): VoteRecovery {
  const { registry } = world;
  const transport = world.transport();
  const recovery = new VoteRecovery({
    registry,
    engine: world.node(id).engine,
    pgCount: PG_COUNT,
    peers: new RepairPeers({ nodeId: id, registry, transport, clock }),
    throttle: new Throttle(clock, 1_000_000),
    clock,
    logger: pino({ level: 'silent' }),
    silenceMs: SILENCE_MS,
    mayFetch: () => mayFetch,
  });
  running.push(recovery);
  return recovery;
}

/** Lets time pass, and all that follows from it. */
async function pass(ms: number): Promise<void> {
  clock.advance(ms);
  for (let turn = 0; turn < 200; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
}

const prepare = async (id: string, ballot: Ballot) => (await world.node(id).engine.prepare(KEY, ballot)).type;
const accept = async (id: string, ballot: Ballot, value: string) =>
  (await world.node(id).engine.accept(KEY, { ballot, value, next: null })).type;

describe('a node that lost its disk', () => {
  it('I28: votes again after the silence, above what the others promised, and knows what they accepted', async () => {
    await createWorld();
    for (const id of ['a', 'b', 'c']) await prepare(id, [5, 'p']);
    for (const id of ['a', 'b']) await accept(id, [5, 'p'], 'v');
    await prepare('b', [40, 'q']);
    await loseDisk('a');
    recover('a');
    await pass(SILENCE_MS - 1);
    expect(await prepare('a', [50, 'r'])).toBe('no-vote');
    await pass(1);
    expect(world.node('a').engine.votelessGroups.size).toBe(0);
    expect(await prepare('a', [40, 'z'])).toBe('outbid');
    const { value } = await world.node('a').engine.readRecord(KEY);
    // Known, and told to proposers; but it might have promised not to accept it.
    expect(decodeRegister(value ?? '')).toMatchObject({ accepted: [5, 'p'], value: 'v', heard: true });
    expect(await prepare('a', [41, 'r'])).toBe('promised');
  });

  it('I28: is silent for as long as the slowest gateway that it has seen takes', async () => {
    const slow = { id: 'g', host: 'g', port: 1, claimTimeoutMs: 3 * SILENCE_MS };
    for (const isSeenFirst of [true, false]) {
      await createWorld();
      await loseDisk('a');
      if (isSeenFirst) world.registry.setGateways([slow]);
      recover('a');
      await pass(SILENCE_MS - 1);
      if (!isSeenFirst) world.registry.setGateways([slow]);
      // Gone from the registry, it may still be at work.
      world.registry.setGateways([]);
      await pass(2 * SILENCE_MS);
      expect(await prepare('a', [50, 'r'])).toBe('no-vote');
      await pass(1);
      expect(await prepare('a', [50, 'r'])).toBe('promised');
      await Promise.all(running.splice(0).map(async (recovery) => recovery.stop()));
      if (isSeenFirst) await world.stop();
    }
  });

  it('I28: cannot be made to break the promise that it forgot', async () => {
    await createWorld();
    // p has the promises of a and b for 20, of which a forgets; q now tries to be decided below it, by a and c.
    for (const id of ['a', 'b']) await prepare(id, [20, 'p']);
    await loseDisk('a');
    recover('a');
    await pass(SILENCE_MS);
    expect(await prepare('a', [10, 'q'])).toBe('outbid');
    expect(await prepare('c', [10, 'q'])).toBe('promised');
    expect(await accept('a', [10, 'q'], 'broken')).toBe('outbid');
  });

  it('learns of a promise that another makes while it is silent, to a proposer that counted its answer', async () => {
    await createWorld();
    await prepare('a', [20, 'p']);
    await loseDisk('a');
    recover('a');
    await pass(SILENCE_MS / 2);
    // The message to b was on its way all the time: now p has a majority, with the answer that a forgot.
    await prepare('b', [20, 'p']);
    await pass(SILENCE_MS / 2);
    expect(await prepare('a', [19, 'q'])).toBe('outbid');
  });

  it('I28: needs so many others that no majority with it is without one of them', async () => {
    await createWorld();
    await loseDisk('a');
    world.node('c').isUp = false;
    recover('a');
    await pass(SILENCE_MS);
    await pass(1_000);
    expect(world.node('a').engine.votelessGroups.size).toBe(PG_COUNT);
    world.node('c').isUp = true;
    await pass(1_000);
    expect(world.node('a').engine.votelessGroups.size).toBe(0);
  });

  it('of five needs three of the others, not all', async () => {
    await createWorld(['a', 'b', 'c', 'd', 'e']);
    await loseDisk('a');
    for (const id of ['b', 'c']) world.node(id).isUp = false;
    recover('a');
    await pass(SILENCE_MS);
    expect(world.node('a').engine.votelessGroups.size).toBe(PG_COUNT);
    world.node('b').isUp = true;
    await pass(1_000);
    expect(world.node('a').engine.votelessGroups.size).toBe(0);
  });

  it('I28: does not count on one that may have forgotten too', async () => {
    await createWorld(['a', 'b', 'c', 'd', 'e']);
    await loseDisk('a');
    await loseDisk('b');
    world.node('e').isUp = false;
    recover('a');
    await pass(SILENCE_MS);
    expect(world.node('a').engine.votelessGroups.size).toBe(PG_COUNT);
    world.node('e').isUp = true;
    await pass(1_000);
    expect(world.node('a').engine.votelessGroups.size).toBe(0);
    expect(world.node('b').engine.votelessGroups.size).toBe(PG_COUNT);
  });

  it('counts on what such a one has left when all have told: there is nobody who could know more', async () => {
    await createWorld();
    await prepare('c', [30, 'p']);
    await loseDisk('a');
    await loseDisk('b');
    world.node('c').isUp = false;
    recover('a');
    await pass(SILENCE_MS);
    await pass(1_000);
    expect(world.node('a').engine.votelessGroups.size).toBe(PG_COUNT);
    world.node('c').isUp = true;
    await pass(1_000);
    expect(await prepare('a', [30, 'z'])).toBe('outbid');
  });

  it('lacks records first of all: groups that are incomplete are not asked about', async () => {
    await createWorld();
    await world.kill('a');
    await world.open('a', new MemoryDisk(), { isKnownToCluster: true });
    recover('a');
    await pass(SILENCE_MS);
    expect(world.node('a').engine.votelessGroups.size).toBe(PG_COUNT);
    await world.node('a').engine.markComplete([2]);
    await pass(1_000);
    expect([...world.node('a').engine.votelessGroups]).toEqual([0, 1, 3]);
  });

  it('alone votes again after the silence: nobody else was ever promised anything', async () => {
    await createWorld(['a']);
    await loseDisk('a');
    recover('a');
    await pass(SILENCE_MS - 1);
    expect(await prepare('a', [1, 'p'])).toBe('no-vote');
    await pass(1);
    expect(await prepare('a', [1, 'p'])).toBe('promised');
  });
});

/** Puts aside what a node has of all groups, as settle-absence.ts does, and is told it anew. */
async function forget(id: string, recovery: VoteRecovery): Promise<void> {
  const { engine } = world.node(id);
  await engine.markIncomplete(ALL);
  const { value } = await engine.readRecord(KEY);
  if (value !== undefined) await engine.dropRecords([[KEY, value]]);
  recovery.startOver();
  await engine.markComplete(ALL);
}

describe('a node that puts aside, while it runs, what it has', () => {
  it('votes again after a silence that begins then: its last answers may still count', async () => {
    await createWorld();
    const recovery = recover('a');
    await pass(SILENCE_MS);
    for (const id of ['a', 'b']) await prepare(id, [5, 'p']);
    await accept('a', [5, 'p'], 'v');
    await forget('a', recovery);
    await pass(SILENCE_MS - 1);
    expect(await prepare('a', [50, 'r'])).toBe('no-vote');
    // On its way all the time: with the answer of a, it makes p a majority.
    await accept('b', [5, 'p'], 'v');
    await pass(1);
    expect(await prepare('a', [50, 'r'])).toBe('promised');
    const { value } = await world.node('a').engine.readRecord(KEY);
    expect(decodeRegister(value ?? '')).toMatchObject({ accepted: [5, 'p'], value: 'v' });
  });

  it('counts on nothing that the others told before', async () => {
    await createWorld();
    await loseDisk('a');
    const recovery = recover('a');
    await pass(SILENCE_MS);
    for (const id of ['b', 'c']) await prepare(id, [30, 'p']);
    await forget('a', recovery);
    await pass(SILENCE_MS);
    expect(world.node('a').engine.votelessGroups.size).toBe(0);
    expect(await prepare('a', [30, 'z'])).toBe('outbid');
  });

  it('has nothing added before it is settled what may stay', async () => {
    await createWorld();
    for (const id of ['b', 'c']) await accept(id, [5, 'p'], 'v');
    await loseDisk('a');
    mayFetch = false;
    recover('a');
    await pass(SILENCE_MS);
    await pass(1_000);
    expect(world.node('a').engine.statistics.records).toBe(0);
    expect(world.node('a').engine.votelessGroups.size).toBe(PG_COUNT);
    mayFetch = true;
    await pass(1_000);
    expect(world.node('a').engine.votelessGroups.size).toBe(0);
  });
});
