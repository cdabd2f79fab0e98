/*
 * Registers through everything that may go wrong: messages that are lost, late and repeated, gateways that die, replicas
 * that are away and hear of things from each other, owners that change. One seed makes one run.
 *
 * Each change appends its id to the list in the register, so that a value tells all that happened before it.
 */
import type { Random } from '@trolley/cluster';
import { expect, test } from 'vitest';
import type { Decision, RegisterValue } from '../../registers.ts';
import { StoreError } from '../../store.ts';
import {
  RegisterWorld,
  type Acceptor,
  type Fate,
  type Owners,
  type RegisterGateway,
} from '../../testing/register-world.ts';

const KEY = 'item:seat';
const REQUEST = { requestId: 'chaos' };
const RUNS = Number(process.env['ROUNDS'] ?? 150);
const FIRST_SEED = Number(process.env['SEED'] ?? 1);
const CLIENTS = 6;
const CALLS_OF_EACH = 8;
const TROUBLE_MS = 1_500;

/** What a client saw: a list that was in force at some moment between its call and its answer. */
interface Seen {
  readonly fromMs: number;
  readonly toMs: number;
  readonly list: readonly string[];
}

interface Run {
  readonly world: RegisterWorld;
  readonly gateways: RegisterGateway[];
  readonly owners: { current: Owners };
  readonly seen: Seen[];
  /** Ids of which a client was told that they were made. */
  readonly made: string[];
  /** Ids of which a client was told that they were not made. */
  readonly refused: string[];
}

test.each(Array.from({ length: RUNS }, (_, index) => FIRST_SEED + index))(
  'I24, I25: what was seen once is in all that is seen later, and every change is made once (seed %i)',
  async (seed) => {
    const run = start(seed);
    const { clock } = run.world;
    await clock.run(live(run));
    run.world.fate = onTime;
    const final = await clock.run(settled(run));
    expect(new Set(final).size, 'made once').toBe(final.length);
    for (const id of run.made) expect(final).toContain(id);
    for (const id of run.refused) expect(final).not.toContain(id);
    const all = [...run.seen, { fromMs: clock.monotonicMs(), toMs: Infinity, list: final }];
    for (const { list } of all) expect(final.slice(0, list.length), 'ancestor').toEqual(list);
    for (const earlier of all) {
      const outdated = all.filter(({ fromMs, list }) => fromMs > earlier.toMs && list.length < earlier.list.length);
      expect(outdated, 'not older than what was seen before').toEqual([]);
    }
  },
);

test('clients get through all of that', async () => {
  let made = 0;
  for (let seed = 1; seed <= 20; seed += 1) {
    const run = start(seed);
    await run.world.clock.run(live(run));
    made += run.made.length;
  }
  // Of about 48 changes and reads in a run.
  expect(made).toBeGreaterThan(20 * 10);
});

function start(seed: number): Run {
  const random = randomOf(seed);
  const count = 1 + Math.floor(random() * 5);
  const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].slice(0, count + 2);
  const world = new RegisterWorld(ids, random);
  const owners = { current: { epoch: 1, lists: [ids.slice(0, count)] } };
  const gateways = [1, 2, 3].map(() => world.gateway(owners.current, { claimTimeoutMs: 800 }));
  return { world, gateways, owners, seen: [], made: [], refused: [] };
}

/** Clients at work while there is trouble. */
async function live(run: Run): Promise<void> {
  const { world } = run;
  world.fate = () => anyFate(world.random);
  const clients = Array.from({ length: CLIENTS }, (_, index) => client(run, `client${index}`));
  await Promise.all([...clients, killGateways(run), takeAcceptorsDown(run), gossip(run), move(run)]);
}

async function client(run: Run, name: string): Promise<void> {
  const { clock, random } = run.world;
  for (let call = 0; call < CALLS_OF_EACH; call += 1) {
    await clock.sleep(random() * 60);
    const gateway = run.gateways[Math.floor(random() * run.gateways.length)];
    if (gateway === undefined) continue;
    const fromMs = clock.monotonicMs();
    const list = await patiently(
      run,
      random() < 0.3 ? read(gateway, random() < 0.3) : append(run, gateway, `${name}-${call}`),
    );
    if (list !== undefined) run.seen.push({ fromMs, toMs: clock.monotonicMs(), list });
  }
}

/** A gateway that died never answers. */
async function patiently<T>({ world: { clock } }: Run, work: Promise<T>): Promise<T | undefined> {
  return Promise.race([work, clock.sleep(1_000).then(() => undefined)]);
}

async function read({ registers }: RegisterGateway, settle: boolean): Promise<readonly string[] | undefined> {
  try {
    return listOf((await registers.read(KEY, { ...REQUEST, settle })).value);
  } catch {
    return undefined;
  }
}

/** Some changes are asked for once more through another gateway, as clients do that hear nothing certain. */
async function append(run: Run, gateway: RegisterGateway, id: string): Promise<readonly string[] | undefined> {
  const first = await tryAppend(run, gateway, id);
  if (first === 'refused') run.refused.push(id);
  const other = run.gateways.at(-1);
  const isAgain = first === 'unknown' && other !== undefined && run.world.random() < 0.5;
  const outcome = isAgain ? await tryAppend(run, other, id) : first;
  return typeof outcome === 'string' ? undefined : outcome;
}

async function tryAppend(
  run: Run,
  { registers }: RegisterGateway,
  id: string,
): Promise<readonly string[] | 'refused' | 'unknown'> {
  const decide = (value: RegisterValue): Decision<readonly string[]> => {
    return { type: 'write', value: [...listOf(value), id], result: listOf(value) };
  };
  try {
    const before = await registers.change(KEY, { id, decide }, REQUEST);
    run.made.push(id);
    return [...before, id];
  } catch (error) {
    return error instanceof StoreError && error.code !== 'OUTCOME_UNKNOWN' ? 'refused' : 'unknown';
  }
}

async function killGateways(run: Run): Promise<void> {
  const { clock, random } = run.world;
  while (clock.monotonicMs() < TROUBLE_MS) {
    await clock.sleep(random() * 600);
    const index = Math.floor(random() * run.gateways.length);
    const killed = run.gateways[index];
    if (killed !== undefined) killed.isDead = true;
    run.gateways[index] = run.world.gateway(run.owners.current, { claimTimeoutMs: 800 });
  }
}

async function takeAcceptorsDown({ world }: Run): Promise<void> {
  const { clock, random } = world;
  const ids = [...world.acceptors.keys()];
  while (clock.monotonicMs() < TROUBLE_MS) {
    await clock.sleep(random() * 150);
    const acceptor = world.acceptor(ids[Math.floor(random() * ids.length)] ?? 'a');
    acceptor.isDown = true;
    await clock.sleep(random() * 150);
    acceptor.isDown = false;
  }
}

/** Replicas tell each other what they accepted, at any moment. */
async function gossip({ world }: Run): Promise<void> {
  const { clock, random } = world;
  const ids = [...world.acceptors.keys()];
  while (clock.monotonicMs() < TROUBLE_MS) {
    await clock.sleep(random() * 15);
    const [one, other] = [0, 0].map(() => ids[Math.floor(random() * ids.length)] ?? 'a');
    if (one !== undefined && other !== undefined) world.acceptor(one).hear(KEY, world.acceptor(other));
  }
}

/** Owners change, in the steps in which they do: both lists count until those who gain have fetched. */
async function move(run: Run): Promise<void> {
  const { world, owners } = run;
  const { clock, random } = world;
  const ids = [...world.acceptors.keys()];
  await clock.sleep(random() * 400);
  const [old = []] = owners.current.lists;
  const target = ids.slice(1, 1 + old.length);
  publish(run, { epoch: 2, lists: [old, target] });
  for (const id of target.filter((each) => !old.includes(each))) await gain(run, id, old);
  publish(run, { epoch: 3, lists: [target] });
}

/**
 * A majority of the old owners must have heard of the new map before what they hold can be taken for complete; and what
 * they have promised, before that.
 */
async function gain({ world }: Run, id: string, old: readonly string[]): Promise<void> {
  const { clock, random } = world;
  const gainer = world.acceptor(id);
  gainer.epoch = Math.max(gainer.epoch, 2);
  const sources = new Set<Acceptor>();
  while (sources.size <= old.length / 2) {
    await clock.sleep(random() * 40);
    const source = world.acceptor(old[Math.floor(random() * old.length)] ?? 'a');
    if (source.isDown) continue;
    source.epoch = Math.max(source.epoch, 2);
    gainer.floor = Math.max(gainer.floor, source.floor, source.register(KEY).promised[0]);
    sources.add(source);
  }
  for (const source of sources) {
    await clock.sleep(random() * 40);
    gainer.hear(KEY, source);
  }
}

/** Each gateway hears of a map at its own time. */
function publish({ world, gateways, owners }: Run, next: Owners): void {
  owners.current = next;
  for (const gateway of gateways) {
    world.clock.after(world.random() * 200, () => {
      if (gateway.owners.epoch < next.epoch) gateway.owners = next;
    });
  }
}

/** What is in force in the end. */
async function settled({ world, owners }: Run): Promise<readonly string[]> {
  for (const acceptor of world.acceptors.values()) acceptor.isDown = false;
  const { registers } = world.gateway(owners.current);
  const { value } = await registers.read(KEY, { ...REQUEST, settle: true });
  return listOf(value);
}

function onTime(): Fate {
  return { arrivalsMs: [1], answerMs: 1 };
}

function anyFate(random: Random): Fate {
  const delayMs = () => (random() < 0.1 ? random() * 300 : random() * 6);
  const copies = random() < 0.1 ? 0 : random() < 0.1 ? 2 : 1;
  return {
    arrivalsMs: Array.from({ length: copies }, delayMs),
    answerMs: random() < 0.1 ? undefined : delayMs(),
  };
}

function listOf(value: RegisterValue): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/** Numbers in [0, 1), by mulberry32 (T. Ettinger, public domain). */
function randomOf(seed: number): Random {
  let state = Math.trunc(seed);
  return () => {
    state = Math.trunc(state + 0x6d2b79f5);
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
