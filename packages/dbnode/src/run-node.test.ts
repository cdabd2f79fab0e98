import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock, type NodeResult, type NodeTransport } from '@trolley/cluster';
import { placementGroupOf } from '@trolley/crush';
import { runNode, type ClusterKnowledge, type NodeEnvironment, type RunningNode } from './run-node.ts';
import { parseSettings } from './settings.ts';
import { FakeEngine } from './testing/fake-engine.ts';
import { FakeRegistry } from './testing/fake-registry.ts';

const MAP = { epoch: 3, pgCount: 64, replicas: 3, nodes: [] };
const ENVIRONMENT = {
  DATA_DIR: '/unused',
  REGISTRY_URL: 'http://127.0.0.1:1',
  REGISTRY_WAIT_MS: '0',
  DRAIN_TIMEOUT_MS: '2000',
};

const running: RunningNode[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map(async (node) => node.stop()));
});

function createWorld() {
  const registry = new FakeRegistry();
  const engine = new FakeEngine();
  const opened: ClusterKnowledge[] = [];
  const logLines: Record<string, unknown>[] = [];
  const listeners: ((error: Error) => void)[] = [];
  /** What the other nodes answer. */
  const network: Pick<NodeTransport, 'send'> = { send: async () => Promise.reject(new Error('no other nodes')) };
  const environment: NodeEnvironment = {
    clock: systemClock,
    random: Math.random,
    logger: pino({ level: 'info' }, { write: (line: string) => void logLines.push(JSON.parse(line)) }),
    machine: { addresses: [], hostname: 'box' },
    transport: {
      send: async (...call) => network.send(...call),
      forget: () => {},
      close: async () => {},
    },
    openRegistry: () => registry,
    openEngine: async (cluster, onFatal) => {
      opened.push(cluster);
      listeners.push(onFatal);
      return engine;
    },
  };
  return {
    registry,
    engine,
    opened,
    logLines,
    environment,
    network,
    fail: (error: Error) => listeners.forEach((listener) => listener(error)),
    start: async (settings: Record<string, string> = {}): Promise<RunningNode> => {
      const node = await runNode(parseSettings({ ...ENVIRONMENT, ...settings }), environment);
      running.push(node);
      return node;
    },
  };
}

async function postBatch(node: RunningNode): Promise<Response> {
  const operations = [{ type: 'read', key: 'product:orange', detail: 'record' }];
  const body = JSON.stringify({ to: node.id, epoch: 3, operations });
  return fetch(`${node.url}/batch`, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
}

describe('a node', () => {
  it('comes up, registers and answers', async () => {
    const { registry, start, logLines } = createWorld();
    registry.answer(MAP);
    const node = await start({ ZONE: 'west', WEIGHT: '2' });
    expect(node.port).toBeGreaterThan(0);
    expect(registry.view.nodes).toMatchObject([
      { id: 'node-a', host: '127.0.0.1', port: node.port, zone: 'west', weight: 2 },
    ]);
    expect((await fetch(`${node.url}/readyz`)).status).toBe(200);
    expect(await (await postBatch(node)).json()).toMatchObject({ node: 'node-a', epoch: 3 });
    expect(logLines).toContainEqual(
      expect.objectContaining({ msg: 'node is up', id: 'node-a', url: node.url, records: 0 }),
    );
  });

  it('files by the map when the registry tells it in time, by its settings otherwise', async () => {
    const told = createWorld();
    const starting = told.start({ REGISTRY_WAIT_MS: '20000' });
    told.registry.answer(MAP);
    await starting;
    expect(told.opened).toMatchObject([{ pgCount: 64 }]);

    const alone = createWorld();
    const node = await alone.start({ PG_COUNT: '16' });
    expect(alone.opened).toMatchObject([{ pgCount: 16 }]);
    expect((await fetch(`${node.url}/readyz`)).status).toBe(200);
    alone.registry.answer(MAP);
    const notReady = await fetch(`${node.url}/readyz`);
    expect(notReady.status).toBe(503);
    expect(await notReady.text()).toContain('64 placement groups');
  });

  const inMap = [{ id: 'node-a', zone: 'east', weight: 1, state: 'in' }] as const;
  it.each([
    { what: 'in the map', map: { ...MAP, nodes: inMap }, nodeId: 'node-a', isKnown: true },
    { what: 'among the previous nodes', map: { ...MAP, previousNodes: inMap }, nodeId: 'node-a', isKnown: true },
    { what: 'not in the map', map: { ...MAP, nodes: inMap }, nodeId: 'node-b', isKnown: false },
    { what: 'there before any map', map: undefined, nodeId: 'node-a', isKnown: false },
    { what: 'yet to be named', map: { ...MAP, nodes: inMap }, nodeId: '', isKnown: false },
  ])('I8: says whether the cluster knows a node that is $what', async ({ map, nodeId, isKnown }) => {
    const { registry, start, opened } = createWorld();
    registry.answer(map);
    await start({ NODE_ID: nodeId, REGISTRY_WAIT_MS: '20000' });
    expect(opened).toMatchObject([{ isKnownToCluster: isKnown }]);
  });

  it('I8: takes itself for known when the registry does not say', async () => {
    const { start, opened } = createWorld();
    await start({ NODE_ID: 'node-a' });
    expect(opened).toMatchObject([{ isKnownToCluster: true }]);
  });

  it('I19: that was away for long is registered, and serves once another owner told what was dropped meanwhile', async () => {
    const { registry, engine, network, start } = createWorld();
    const nodes = ['node-a', 'node-b'].map((id) => ({ id, zone: id, weight: 1, state: 'in' }) as const);
    registry.answer({ ...MAP, replicas: 2, nodes });
    engine.lastPresence = { atMs: 5, epoch: 2 };
    const droppedAtMs = 86_400_000;
    engine.records.set('product:orange', '[[["x.1",1]],[["quantity",[["x.1",1,5]]]]]');
    engine.pgCount = MAP.pgCount;
    const starting = start();
    await expect.poll(() => registry.view.nodes.length).toBe(1);
    const [own] = registry.view.nodes;
    const url = `http://127.0.0.1:${own?.port}`;
    expect((await fetch(`${url}/readyz`)).status).toBe(503);

    const pg = placementGroupOf('product:orange', MAP.pgCount);
    network.send = async (_address, { to, epoch, operations }) => {
      const results = operations.map(({ type }): NodeResult =>
        type === 'tombstone-drops'
          ? { type, drops: [[pg, droppedAtMs]], incompleteGroups: [] }
          : { type: 'error', code: 'NOT_READY', message: 'not asked' },
      );
      return { node: to, epoch, epochInForce: epoch, syncedEpoch: epoch, results };
    };
    registry.setNodeUp({ id: 'node-b', host: 'b', port: 1, zone: 'z', weight: 1 });
    const node = await starting;
    expect([...engine.incompleteGroups]).toEqual([pg]);
    expect(engine.records.size).toBe(0);
    expect((await postBatch(node)).status).toBe(200);
  });

  it('withdraws first and stops answering last, once', async () => {
    const { registry, engine, start } = createWorld();
    const node = await start();
    const release = engine.hold();
    const inFlight = postBatch(node);
    await expect.poll(() => engine.started).toBe(1);
    const stopping = Promise.all([node.stop(), node.stop()]);
    await expect.poll(async () => (await postBatch(node)).status).toBe(503);
    expect(registry.events).toEqual(['announced', 'withdrawn']);
    expect(engine.closed).toBe(false);
    release();
    expect((await inFlight).status).toBe(200);
    await stopping;
    expect(engine.closed).toBe(true);
    expect(registry.events).toEqual(['announced', 'withdrawn', 'closed']);
    await expect(postBatch(node)).rejects.toThrow('fetch failed');
  });

  it('stops in spite of work that never ends', async () => {
    const { engine, start, logLines } = createWorld();
    const node = await start({ DRAIN_TIMEOUT_MS: '50' });
    engine.pause = new Promise(() => undefined);
    const inFlight = postBatch(node).catch((error: unknown) => error);
    await expect.poll(() => engine.started).toBe(1);
    await node.stop();
    expect(await inFlight).toBeInstanceOf(Error);
    expect(logLines.map(({ msg }) => msg)).toContain('stopping with work in flight; whoever asked gets no answer');
  });

  it('tells that the engine failed', async () => {
    const { start, fail } = createWorld();
    const node = await start();
    fail(new Error('fsync failed'));
    expect((await node.failed).message).toBe('fsync failed');
    expect(await (await fetch(`${node.url}/readyz`)).text()).toContain('fsync failed');
  });

  it('closes what it opened when its port is in use, and says which', async () => {
    const first = await createWorld().start();
    const { start, registry, engine } = createWorld();
    await expect(start({ PORT: String(first.port) })).rejects.toThrow(`port ${first.port} on 127.0.0.1 is in use`);
    expect(engine.closed).toBe(true);
    expect(registry.events).toEqual(['closed']);
  });

  it.each(['no-such-host.invalid', '192.0.2.1'])('says so when it cannot listen on %s', async (host) => {
    await expect(createWorld().start({ HOST: host })).rejects.toMatchObject({ code: 'LISTEN' });
  });

  it('answers 413 to a large body without breaking the connection', async () => {
    const node = await createWorld().start();
    const body = JSON.stringify({ name: 'x'.repeat(2_000_000), quantity: 1 });
    const response = await fetch(`${node.url}/product`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    });
    expect(response.status).toBe(413);
    expect((await fetch(`${node.url}/healthz`)).status).toBe(200);
  });
});
