/*
 * Clients that put lines of their own in shared carts, take some out, and look, each through whichever gateway,
 * one operation after the other. What comes back is told to the history, unless the reply says degraded.
 */
import { userOf, type Change } from '@trolley/records';
import { StoreError, type ConsistencyLevel } from '../../packages/gateway/src/store.ts';
import { pick } from '../support/seeded-random.ts';
import type { Begun, History } from './history.ts';
import type { SimulatedCluster } from './simulated-cluster.ts';

const THINK_MS = 40;

/** What all shoppers share. */
export interface ShoppingOptions {
  readonly cluster: SimulatedCluster;
  readonly history: History;
  readonly keys: readonly string[];
  /** How many replicas each read and write asks for. */
  readonly level: ConsistencyLevel | undefined;
  /** At most so long from one operation to the next. */
  readonly thinkMs?: number | undefined;
  readonly isOver: () => boolean;
}

/** One shopper's life. `name` makes its lines unique. */
export async function shop(name: string, options: ShoppingOptions): Promise<void> {
  const { cluster, keys, thinkMs = THINK_MS, isOver } = options;
  for (let line = 1; !isOver(); line += 1) {
    const key = pick(cluster.random, keys);
    try {
      await shopOnce(key, `${name}-${line}`, options);
    } catch (error) {
      // Not served: whether it was done, nobody knows.
      if (!(error instanceof StoreError)) throw error;
    }
    await cluster.time.sleep(cluster.random() * thinkMs);
  }
}

async function shopOnce(key: string, line: string, options: ShoppingOptions): Promise<void> {
  const { cluster, history } = options;
  const choice = cluster.random();
  if (choice < 0.45) return change(key, { type: 'add-to-cart', lines: [[line, 1]] }, line, options);
  if (choice < 0.5) {
    const established = history.lines(key);
    if (established.length === 0) return;
    const name = pick(cluster.random, established);
    history.takingOut(name);
    return change(key, { type: 'remove-from-cart', names: [name] }, undefined, options);
  }
  return choice < 0.95 ? read(key, options) : list(options);
}

async function change(
  key: string,
  action: Change['action'],
  line: string | undefined,
  { cluster, history, level }: ShoppingOptions,
): Promise<void> {
  const begun = history.begin(key);
  const gateway = pick(cluster.random, cluster.gateways);
  const options = { requestId: 'shopper', r: level, w: level };
  const result = await gateway.use(({ store }) => store.change(key, { action }, options));
  if (result.quorum.degraded) return;
  if (result.type === 'refused') history.refused(begun, result.detail);
  else history.wrote(begun, line, result.record);
}

async function read(key: string, { cluster, history, level }: ShoppingOptions): Promise<void> {
  const begun = history.begin(key);
  const gateway = pick(cluster.random, cluster.gateways);
  const { record, quorum } = await gateway.use(({ store }) => store.read(key, { requestId: 'shopper', r: level }));
  if (!quorum.degraded) history.read(begun, record);
}

async function list({ cluster, history, keys, level }: ShoppingOptions): Promise<void> {
  const begun = new Map<string, Begun>(keys.map((key) => [key, history.begin(key)]));
  const gateway = pick(cluster.random, cluster.gateways);
  const page = { after: undefined, limit: 1_000 };
  const gone = new Map<string, Begun>([...history.gone].map((key) => [key, history.begin(key)]));
  const options = { requestId: 'shopper', r: level };
  const { entries, quorum } = await gateway.use(({ store }) => store.list('user:', page, options));
  if (quorum.degraded) return;
  const listed = new Map(entries.map(({ key, record }) => [key, record]));
  for (const [key, before] of gone) {
    const record = listed.get(key);
    if (record !== undefined) history.listed(before, record);
  }
  for (const [key, before] of begun) {
    const record = listed.get(key);
    if (record === undefined || userOf(record) === undefined) history.refused(before, 'not listed');
    else history.listed(before, record);
  }
}
