/*
 * What the simulated clusters go through: a shop in trouble, and a shop that only grows.
 */
import { encodeRecord, userKey, userOf } from '@trolley/records';
import { StoreError, type ConsistencyLevel, type ReadResult } from '../../packages/gateway/src/store.ts';
import { countForgotten } from './count-forgotten.ts';
import { History } from './history.ts';
import { shop } from './shoppers.ts';
import { mergeAll, SimulatedCluster, type ClusterOptions } from './simulated-cluster.ts';
import type { Tampering } from './tampering.ts';
import {
  anyTrouble,
  growAndLoseMap,
  makeTrouble,
  mapsAreLost,
  membersChange,
  unheardGrowth,
  type Trouble,
} from './troubles.ts';
import { visit } from './visitors.ts';

const REPLICAS = 3;
const GATEWAYS = 3;
const NODES_MAX = 6;
const SHOPPERS = 4;
const TROUBLED_MS = 15_000;
const STRAGGLERS_MS = 5_000;
/** Mostly longer than a gateway waits for who may know the map. */
const MAP_CALM_MS = 12_000;
const ADDS_EACH = 40;
const CHANGING_MS = 60_000;
const CHANGING_CALM_MS = 6_000;
const OUT_AFTER_MS = 1_500;
/** Longer than a message may be on its way, or in the socket of a node that hangs. */
const GRACE_MS = 3_000;
const CUSTOMERS = 3;
const CHANGING_THINK_MS = 500;
const keys = ['ann', 'ben', 'cleo', 'dan', 'eve'].map((name) => userKey(`${name}@example.com`));
const create = { action: { type: 'create-user' } } as const;
const addApple = { action: { type: 'add-to-cart', lines: [['apple', 1]] } } as const;

/** Runs a scenario on a cluster of its own, in virtual time. */
async function inCluster<T>(
  options: Omit<ClusterOptions, 'gateways'>,
  scenario: (cluster: SimulatedCluster) => Promise<T>,
): Promise<T> {
  const cluster = new SimulatedCluster({ ...options, gateways: GATEWAYS });
  return cluster.time.run(
    (async () => {
      for (let node = 0; node < options.nodes; node += 1) await cluster.grow();
      await cluster.settle();
      for (const key of keys) {
        await cluster.gateway(0).store.change(key, create, { requestId: 'opening', w: 'all', strict: true });
      }
      return scenario(cluster);
    })(),
  );
}

/** Three nodes and whatever may happen to them. */
export function troubledShop(seed: number, level?: ConsistencyLevel): Promise<History> {
  return inCluster({ seed, nodes: REPLICAS }, (cluster) => shopInTrouble(cluster, anyTrouble, level));
}

/** One node, to which others come. */
export function unheardGrowthShop(seed: number): Promise<History> {
  return inCluster({ seed, nodes: 1 }, (cluster) => shopInTrouble(cluster, unheardGrowth, undefined));
}

/** A cluster that grows and is drained while the registry loses its map, and all gateways go with it. */
export function mapLosingShop(seed: number, tampering: Tampering = {}): Promise<History> {
  return inCluster({ seed, nodes: REPLICAS, tampering }, (cluster) => {
    cluster.time.after(cluster.random() * MAP_CALM_MS, () => growAndLoseMap(cluster));
    return shopInTrouble(cluster, mapsAreLost, undefined, MAP_CALM_MS);
  });
}

/** Shoppers shop while one thing after another goes wrong; then all is mended, and every cart is looked at. */
async function shopInTrouble(
  cluster: SimulatedCluster,
  troubles: readonly Trouble[],
  level: ConsistencyLevel | undefined,
  calmMs?: number,
): Promise<History> {
  const history = new History();
  const isLong = calmMs !== undefined;
  const endMs = cluster.time.monotonicMs() + (isLong ? CHANGING_MS : TROUBLED_MS);
  const thinkMs = isLong ? CHANGING_THINK_MS : undefined;
  const isOver = () => cluster.time.monotonicMs() > endMs;
  const shoppers = Array.from({ length: SHOPPERS }, (_, index) =>
    shop(`shopper-${index}`, { cluster, history, keys, level, thinkMs, isOver }),
  );
  const mayWipe = cluster.nodes.length >= REPLICAS && !isLong;
  await Promise.all([...shoppers, makeTrouble(cluster, { troubles, mayWipe, calmMs, isOver })]);
  await cluster.heal();
  // What hung or was slow may still arrive, as nobody waits for it any more.
  await cluster.time.sleep(STRAGGLERS_MS);
  await cluster.settle();
  for (const key of keys) await readAtLast(key, cluster, history);
  return history;
}

/** What came of a shop whose nodes come and go. */
export interface ChangedShop {
  readonly history: History;
  /** Users whose deletion was acknowledged, and deletions that were forgotten in the end, over all nodes. */
  readonly gone: number;
  readonly forgotten: number;
  /** The epoch of the last map: one more for each change of it. */
  readonly epoch: number;
}

/**
 * Six nodes that leave for short and long, crash while data moves, are drained and weighed anew, while shoppers shop
 * and visitors come and are deleted. @param isTrusting see World
 */
export function changingShop(seed: number, isTrusting = false): Promise<ChangedShop> {
  const nature = { downOutAfterMs: OUT_AFTER_MS, graceMs: GRACE_MS, isTrusting };
  return inCluster({ seed, nodes: NODES_MAX, ...nature }, async (cluster) => {
    const history = new History();
    const endMs = cluster.time.monotonicMs() + CHANGING_MS;
    const isOver = () => cluster.time.monotonicMs() > endMs;
    const forgotten = countForgotten(cluster, isOver);
    await Promise.all([
      ...namesOf('shopper').map((name) =>
        shop(name, { cluster, history, keys, level: undefined, thinkMs: CHANGING_THINK_MS, isOver }),
      ),
      ...namesOf('visitor').map((name) => visit(name, { cluster, history, isOver })),
      makeTrouble(cluster, { troubles: membersChange, mayWipe: false, calmMs: CHANGING_CALM_MS, isOver }),
    ]);
    await cluster.heal();
    await cluster.time.sleep(STRAGGLERS_MS);
    await cluster.settle();
    await cluster.until('nobody holds what others own', () => cluster.strayHolders().length === 0);
    for (const key of keys) await readAtLast(key, cluster, history);
    // A replica that missed a deletion may hold what others deleted until it has heard of it.
    await cluster.until('owners hold the same', () => cluster.groupsApart().length === 0);
    for (const key of history.gone) await lookEverywhere(key, cluster, history);
    const { map } = cluster.registry.contents.stored ?? {};
    return { history, gone: history.gone.length, forgotten: await forgotten, epoch: map?.epoch ?? 0 };
  });
}

function namesOf(kind: string): readonly string[] {
  return Array.from({ length: CUSTOMERS }, (_, index) => `${kind}-${index}`);
}

/** No node may hold a user who is gone, once replicas agree. */
async function lookEverywhere(key: string, cluster: SimulatedCluster, history: History): Promise<void> {
  const begun = history.begin(key);
  for (const { record } of await cluster.heldAnywhere(key)) history.listed(begun, record);
}

/** Looks at a cart through all its replicas, which must be the same afterwards. */
async function readAtLast(key: string, cluster: SimulatedCluster, history: History): Promise<void> {
  const begun = history.begin(key);
  await cluster.until(`all replicas of ${key} answer`, async () => {
    const answer = await readIfAnswered(key, cluster);
    if (answer === undefined || answer.quorum.degraded) return false;
    history.read(begun, answer.record);
    return true;
  });
  const held = await cluster.held(key);
  for (const { node, record } of held) history.observe(key, record, node);
  const merged = encodeRecord(mergeAll(held.map(({ record }) => record)));
  const apart = held.filter(({ record }) => encodeRecord(record) !== merged).map(({ node }) => node);
  if (apart.length > 0) history.violations.push(`${apart.join(', ')} hold something else of ${key} than the others`);
}

/** Undefined when no replica answered: a gateway does not wait long for nodes that were silent before. */
async function readIfAnswered(key: string, cluster: SimulatedCluster): Promise<ReadResult | undefined> {
  try {
    return await cluster.gateway(0).store.read(key, { requestId: 'closing', r: 'all' });
  } catch (error) {
    if (error instanceof StoreError && error.code === 'NO_REPLICA') return undefined;
    throw error;
  }
}

/** What is in all carts in the end, what should be, and the most entries in the context of one. */
interface FilledCarts {
  readonly found: number;
  readonly added: number;
  readonly contextEntriesMax: number;
}

/** Every shopper adds apples to every cart while nodes join. */
export function growingShop(seed: number): Promise<FilledCarts> {
  return inCluster({ seed, nodes: REPLICAS }, async (cluster) => {
    const addAll = async () => {
      for (let add = 0; add < ADDS_EACH; add += 1) {
        for (const key of keys) {
          const index = Math.floor(cluster.random() * GATEWAYS);
          await cluster.gateway(index).store.change(key, addApple, { requestId: 'adding', strict: true });
        }
      }
    };
    const grow = async () => {
      while (cluster.nodes.length < NODES_MAX) {
        await cluster.time.sleep(cluster.random() * 1_000);
        await cluster.grow();
      }
    };
    await Promise.all([grow(), ...Array.from({ length: SHOPPERS }, addAll)]);
    await cluster.settle();
    let found = 0;
    let contextEntriesMax = 0;
    for (const key of keys) {
      const { record } = await cluster.gateway(0).store.read(key, { requestId: 'counting', strict: true });
      found += userOf(record)?.cart.get('apple') ?? 0;
      contextEntriesMax = Math.max(contextEntriesMax, record.context.size);
    }
    return { found, added: SHOPPERS * ADDS_EACH * keys.length, contextEntriesMax };
  });
}
