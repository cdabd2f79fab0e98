/*
 * A whole cluster of real processes for a test: nodes and gateways on free ports of 127.0.0.1, data in a
 * folder of its own, membership in a real ZooKeeper or in the embedded registry.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startEmbeddedRegistryServer, systemClock } from '@trolley/cluster';
import { startZooKeeperServer, type ZooKeeperServer } from '@trolley/cluster/testing';
import { pino } from 'pino';
import { startProcess, type TestProcess } from './process.ts';
import type { Side, SplitNetwork } from './split-network.ts';
import { waitUntil } from './wait-until.ts';

const root = path.resolve(import.meta.dirname, '../..');
const NODE_MAIN = path.join(root, 'packages/dbnode/dist/main.js');
const GATEWAY_MAIN = path.join(root, 'packages/gateway/dist/main.js');

/** What a test wants of its cluster. */
export interface ClusterOptions {
  readonly nodes?: number;
  readonly gateways?: number;
  /** Default embedded: it starts faster. */
  readonly registry?: 'embedded' | 'zookeeper';
  readonly nodeEnvironment?: Readonly<Record<string, string>>;
  readonly gatewayEnvironment?: Readonly<Record<string, string>>;
  /** A network to run in, with a ZooKeeper, and the side of each process; gateways are gateway-1 and so on. */
  readonly network?: { readonly split: SplitNetwork; readonly sideOf: (id: string) => Side };
}

/** A running cluster. */
export interface TestCluster {
  readonly zooKeeper: ZooKeeperServer | undefined;
  readonly dataDir: string;
  readonly nodes: ReadonlyMap<string, TestProcess>;
  readonly gateways: readonly TestProcess[];
  /** The first gateway's URL. */
  readonly url: string;
  node(id: string): TestProcess;
  dataDirOf(id: string): string;
  /** Starts a node on the data that it had, if any. */
  startNode(id: string, environment?: Readonly<Record<string, string>>): Promise<TestProcess>;
  startGateway(environment?: Readonly<Record<string, string>>): Promise<TestProcess>;
  /** SIGKILL; the gateway is no longer one of the cluster's. */
  killGateway(gateway: TestProcess): Promise<void>;
  /** Waits until every gateway sees exactly these nodes up. */
  waitForUp(ids: readonly string[]): Promise<void>;
  /** Ends every process and removes the data. */
  stop(): Promise<void>;
}

/** Starts a cluster and resolves once every gateway is ready and sees every node. */
export async function startCluster(options: ClusterOptions = {}): Promise<TestCluster> {
  const { nodes: nodeCount = 3, gateways: gatewayCount = 1 } = options;
  const dataDir = await mkdtemp(path.join(tmpdir(), 'trolley-test-'));
  const { network } = options;
  const registry = await startRegistry(options.registry ?? 'embedded', dataDir, network?.split);
  const placeOf = (id: string) => network?.split.place(network.sideOf(id));
  const hostOf = (id: string) => (network === undefined ? {} : { HOST: placeOf(id)?.host ?? '' });
  let gatewaysStarted = 0;
  const nodes = new Map<string, TestProcess>();
  const gateways: TestProcess[] = [];
  const dataDirOf = (id: string) => path.join(dataDir, id);

  const cluster: TestCluster = {
    zooKeeper: registry.zooKeeper,
    dataDir,
    nodes,
    gateways,
    get url() {
      const [first] = gateways;
      if (first === undefined) throw new Error('the cluster has no gateway');
      return first.url;
    },
    node(id) {
      const node = nodes.get(id);
      if (node === undefined) throw new Error(`the cluster has no node ${id}`);
      return node;
    },
    dataDirOf,
    async startNode(id, environment = {}) {
      const node = await startProcess(
        NODE_MAIN,
        {
          ...registry.environment,
          NODE_ID: id,
          ZONE: `zone-${id}`,
          DATA_DIR: dataDirOf(id),
          ...hostOf(id),
          ...options.nodeEnvironment,
          ...environment,
        },
        'node is up',
        placeOf(id),
      );
      nodes.set(id, node);
      return node;
    },
    async startGateway(environment = {}) {
      gatewaysStarted += 1;
      const id = `gateway-${gatewaysStarted}`;
      const gateway = await startProcess(
        GATEWAY_MAIN,
        {
          ...registry.environment,
          EXPECTED_NODES: String(nodeCount),
          PORT: '0',
          ...hostOf(id),
          ...options.gatewayEnvironment,
          ...environment,
        },
        'gateway is up',
        placeOf(id),
      );
      gateways.push(gateway);
      return gateway;
    },
    async killGateway(gateway) {
      gateways.splice(gateways.indexOf(gateway), 1);
      await gateway.kill();
    },
    async waitForUp(ids) {
      const expected = [...ids].toSorted().join(' ');
      for (const { url } of gateways)
        await waitUntil(`${url} to see ${expected} up`, async () => (await upNodes(url)) === expected);
    },
    async stop() {
      await Promise.all(gateways.map(async (gateway) => gateway.stop()));
      await Promise.all([...nodes.values()].map(async (node) => node.stop()));
      await registry.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
  try {
    const ids = Array.from({ length: nodeCount }, (_, index) => `node-${index + 1}`);
    await Promise.all(ids.map(async (id) => cluster.startNode(id)));
    await Promise.all(Array.from({ length: gatewayCount }, async () => cluster.startGateway()));
    await waitUntil('all gateways to be ready', async () => areReady(gateways));
    await cluster.waitForUp(ids);
  } catch (error) {
    await cluster.stop();
    throw error;
  }
  return cluster;
}

async function startRegistry(kind: 'embedded' | 'zookeeper', dataDir: string, split: SplitNetwork | undefined) {
  if (kind === 'zookeeper') {
    const zooKeeper = await startZooKeeperServer();
    const connect = (await split?.connectRegistry(zooKeeper.port)) ?? zooKeeper.connect;
    return { zooKeeper, environment: { ZOOKEEPER: connect }, close: async () => zooKeeper.stop() };
  }
  const server = await startEmbeddedRegistryServer({
    host: '127.0.0.1',
    port: 0,
    mapFile: path.join(dataDir, 'registry.json'),
    clock: systemClock,
    logger: pino({ level: 'silent' }),
  });
  return { zooKeeper: undefined, environment: { REGISTRY_URL: server.url }, close: async () => server.close() };
}

async function areReady(gateways: readonly TestProcess[]): Promise<boolean> {
  const answers = await Promise.all(gateways.map(async ({ url }) => fetch(`${url}/readyz`)));
  return answers.every(({ ok }) => ok);
}

async function upNodes(url: string): Promise<string> {
  const overview: unknown = await (await fetch(`${url}/cluster`)).json();
  if (typeof overview !== 'object' || overview === null || !('nodes' in overview) || !Array.isArray(overview.nodes)) {
    throw new Error('the answer of /cluster has no nodes');
  }
  const nodes: readonly { id: string; up: boolean }[] = overview.nodes;
  return nodes
    .filter(({ up }) => up)
    .map(({ id }) => id)
    .toSorted()
    .join(' ');
}
