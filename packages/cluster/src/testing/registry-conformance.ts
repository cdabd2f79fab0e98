/*
 * What every registry must do, as one suite that runs against each adapter and a real server. Each client
 * reaches the server through a link of its own that the test can cut or freeze. Waits for conditions,
 * never for a time.
 */
import type { ClusterMap } from '@trolley/crush';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RegistryUnavailableError, type NodeDetails, type Registry, type RegistryView } from '../registry.ts';
import { openFlakyLink, type FlakyLink } from './flaky-link.ts';

/** A real registry server, as the suite needs it. */
export interface RegistryServer {
  /** The port of 127.0.0.1 that it listens on, the same across restarts. */
  readonly port: number;
  /** How long a registration outlives its client, at the most. */
  readonly sessionTimeoutMs: number;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
  /** Starts it again with what it has kept. */
  start(): Promise<void>;
  /** Ends it for good. */
  stop(): Promise<void>;
}

/** One adapter with its server. */
export interface RegistryUnderTest {
  /** A fresh server that knows nothing; each test has its own. */
  readonly startServer: () => Promise<RegistryServer>;
  /** A client of the server at this port. */
  readonly open: (port: number) => Registry;
}

interface Client {
  readonly registry: Registry;
  readonly link: FlakyLink;
}

const WAIT = { timeout: 15_000, interval: 5 };
const BURST_ROUNDS = 3;
const BURST_CLIENTS = 4;
const BURST_NODES_PER_CLIENT = 10;
const WRITERS = 4;
const INCREMENTS_PER_WRITER = 10;

/** Defines the suite for one adapter. */
export function registryConformance(name: string, { startServer, open }: RegistryUnderTest): void {
  describe(`${name} as a registry`, () => {
    let server: RegistryServer;
    const clients: Client[] = [];

    beforeEach(async () => {
      server = await startServer();
    });

    afterEach(async () => {
      await Promise.all(clients.map(async ({ registry }) => await registry.close()));
      await Promise.all(clients.map(async ({ link }) => await link.close()));
      clients.length = 0;
      await server.stop();
    });

    async function connect(): Promise<Client> {
      const link = await openFlakyLink(server.port);
      const client = { registry: open(link.port), link };
      clients.push(client);
      return client;
    }

    async function connectReady(): Promise<Client> {
      const client = await connect();
      await client.registry.ready();
      return client;
    }

    it('shows nothing at first, and is ready once that has been read', async () => {
      const { registry } = await connect();
      expect(registry.view).toEqual({ connected: false, nodes: [], gateways: [], stored: undefined });
      await registry.ready();
      expect(registry.view).toMatchObject({ connected: true, nodes: [], gateways: [], stored: undefined });
    });

    it('shows registrations to everyone, ordered by id, and withdrawals at once', async () => {
      const [a, b] = await Promise.all([connectReady(), connectReady()]);
      a.registry.announceNode(node('node-2'));
      const announcement = b.registry.announceNode(node('node-1'));
      b.registry.announceGateway({ id: 'gateway-1', host: '127.0.0.1', port: 5000 });
      for (const { registry } of [a, b]) {
        await sees(registry, (view) => {
          expect(idsOf(view)).toEqual(['node-1', 'node-2']);
          expect(view.nodes[0]).toMatchObject(node('node-1'));
          expect(view.gateways).toMatchObject([{ id: 'gateway-1', host: '127.0.0.1', port: 5000 }]);
        });
      }
      const startedMs = performance.now();
      await announcement.withdraw();
      await announcement.withdraw();
      await sees(a.registry, (view) => expect(idsOf(view)).toEqual(['node-2']));
      expect(performance.now() - startedMs).toBeLessThan(server.sessionTimeoutMs);
      expect(a.registry.view.gateways).toHaveLength(1);
    });

    it('takes back an announcement that is withdrawn before it was registered', async () => {
      const [a, b] = await Promise.all([connect(), connectReady()]);
      const early = a.registry.announceNode(node('early'));
      await early.withdraw();
      await a.registry.ready();
      const quick = a.registry.announceNode(node('quick'));
      await quick.withdraw();
      a.registry.announceNode(node('last'));
      await sees(b.registry, (view) => expect(idsOf(view)).toEqual(['last']));
      await sees(a.registry, (view) => expect(idsOf(view)).toEqual(['last']));
    });

    it('shows the newest registration of an id, with a higher sequence each time', async () => {
      const [a, b] = await Promise.all([connectReady(), connectReady()]);
      a.registry.announceNode(node('node-1', 7001));
      await sees(b.registry, (view) => expect(view.nodes).toMatchObject([{ port: 7001 }]));
      const first = b.registry.view.nodes[0]?.sequence ?? Number.NaN;
      const second = b.registry.announceNode(node('node-1', 7002));
      await sees(a.registry, (view) => expect(view.nodes).toMatchObject([{ port: 7002 }]));
      expect(a.registry.view.nodes[0]?.sequence).toBeGreaterThan(first);
      await second.withdraw();
      await sees(b.registry, (view) => expect(view.nodes).toMatchObject([{ port: 7001 }]));
    });

    it('notices a client that dies without a word', async () => {
      const [a, b] = await Promise.all([connectReady(), connectReady()]);
      a.registry.announceNode(node('node-1'));
      b.registry.announceNode(node('node-2'));
      await sees(b.registry, (view) => expect(idsOf(view)).toEqual(['node-1', 'node-2']));
      a.link.freeze();
      await sees(b.registry, (view) => expect(idsOf(view)).toEqual(['node-2']));
      expect(b.registry.view.connected).toBe(true);
    });

    it('notices that its own connection hangs, keeps the last view, and registers again afterwards', async () => {
      const [a, b] = await Promise.all([connectReady(), connectReady()]);
      a.registry.announceNode(node('node-1'));
      await sees(a.registry, (view) => expect(idsOf(view)).toEqual(['node-1']));
      await sees(b.registry, (view) => expect(idsOf(view)).toEqual(['node-1']));
      const first = b.registry.view.nodes[0]?.sequence ?? Number.NaN;
      a.link.freeze();
      await sees(a.registry, (view) => expect(view.connected).toBe(false));
      await sees(b.registry, (view) => expect(idsOf(view)).toEqual([]));
      expect(idsOf(a.registry.view)).toEqual(['node-1']);
      await expect(a.registry.writeMap(mapOf(1), undefined)).rejects.toBeInstanceOf(RegistryUnavailableError);
      a.link.mend();
      await sees(b.registry, (view) => expect(idsOf(view)).toEqual(['node-1']));
      expect(b.registry.view.nodes[0]?.sequence).toBeGreaterThan(first);
      await sees(a.registry, (view) => expect(view).toMatchObject({ connected: true, nodes: [{ id: 'node-1' }] }));
    });

    it('loses no registration to a connection that is lost for a moment, again and again', async () => {
      const [a, b] = await Promise.all([connectReady(), connectReady()]);
      a.registry.announceNode(node('node-1'));
      for (let round = 0; round < 3; round += 1) {
        const announcement = a.registry.announceNode(node(`extra-${round}`));
        a.link.cut();
        await sees(a.registry, (view) => expect(view.connected).toBe(false));
        await announcement.withdraw();
        a.link.mend();
        await sees(a.registry, (view) => expect(view.connected).toBe(true));
        await sees(b.registry, (view) => expect(idsOf(view)).toEqual(['node-1']));
      }
    });

    it('misses no change of nodes that come and go in a burst', async () => {
      for (let round = 0; round < BURST_ROUNDS; round += 1) {
        const members = await Promise.all(Array.from({ length: BURST_CLIENTS }, connectReady));
        const observer = await connectReady();
        const kept = await Promise.all(
          members.map(async ({ registry }, index) => await burst(registry, `${round}-${index}`)),
        );
        const expected = kept.flat().toSorted();
        for (const { registry } of [...members, observer]) {
          await sees(registry, (view) => expect(idsOf(view)).toEqual(expected));
        }
        await Promise.all(members.map(async ({ registry }) => await registry.close()));
        await sees(observer.registry, (view) => expect(idsOf(view)).toEqual([]));
      }
    });

    it('tells its listeners of each change in order, ending with the view it has', async () => {
      const [a, b] = await Promise.all([connectReady(), connectReady()]);
      const seen: RegistryView[] = [];
      const leave = b.registry.onChange((view) => seen.push(view));
      const expected = await burst(a.registry, 'told');
      await sees(b.registry, (view) => expect(idsOf(view)).toEqual(expected.toSorted()));
      expect(seen.at(-1)).toBe(b.registry.view);
      expect(new Set(seen).size).toBe(seen.length);
      leave();
      const told = seen.length;
      a.registry.announceNode(node('after'));
      await sees(b.registry, (view) => expect(idsOf(view)).toContain('after'));
      expect(seen).toHaveLength(told);
    });

    it('lets exactly one of two gateways write the map, and the other on the new revision', async () => {
      const [a, b] = await Promise.all([connectReady(), connectReady()]);
      const [first, second] = await Promise.all([
        a.registry.writeMap(mapOf(1, 'a'), undefined),
        b.registry.writeMap(mapOf(1, 'b'), undefined),
      ]);
      expect([first, second].toSorted()).toEqual(['conflict', 'written']);
      const winner = first === 'written' ? 'a' : 'b';
      await sees(a.registry, (view) => expect(view.stored?.map).toEqual(mapOf(1, winner)));
      await sees(b.registry, (view) => expect(view.stored).toEqual(a.registry.view.stored));
      const revision = a.registry.view.stored?.revision;
      expect(await b.registry.writeMap(mapOf(2, 'b'), revision)).toBe('written');
      expect(await a.registry.writeMap(mapOf(2, 'a'), revision)).toBe('conflict');
      await sees(a.registry, (view) => expect(view.stored?.map).toEqual(mapOf(2, 'b')));
      expect(await a.registry.writeMap(mapOf(9), undefined)).toBe('conflict');
      expect(await a.registry.writeMap(mapOf(9), -1)).toBe('conflict');
    });

    it('loses no increment of the epoch to writers that compete', async () => {
      const writers = await Promise.all(Array.from({ length: WRITERS }, connectReady));
      await Promise.all(writers.map(async ({ registry }) => await incrementEpoch(registry, INCREMENTS_PER_WRITER)));
      for (const { registry } of writers) {
        await sees(registry, (view) => expect(view.stored?.map.epoch).toBe(WRITERS * INCREMENTS_PER_WRITER));
      }
    });

    it('refuses a map that placement could not work with', async () => {
      const { registry } = await connectReady();
      await expect(registry.writeMap({ ...mapOf(1), pgCount: 0 }, undefined)).rejects.toThrow('pgCount');
      expect(() => registry.announceNode({ ...node('a'), weight: 0 })).toThrow('weight');
      expect(registry.view.stored).toBeUndefined();
    });

    it('keeps its view while the server is away, and everything comes back with it', async () => {
      const [a, b] = await Promise.all([connectReady(), connectReady()]);
      a.registry.announceNode(node('node-1'));
      b.registry.announceGateway({ id: 'gateway-1', host: '127.0.0.1', port: 5000 });
      await a.registry.writeMap(mapOf(1), undefined);
      const complete = (view: RegistryView): void => {
        expect(view).toMatchObject({ nodes: [{ id: 'node-1' }], gateways: [{ id: 'gateway-1' }] });
        expect(view.stored?.map).toEqual(mapOf(1));
      };
      await sees(b.registry, complete);
      await sees(a.registry, complete);
      await server.kill();
      await sees(b.registry, (view) => expect(view.connected).toBe(false));
      complete(b.registry.view);
      await expect(b.registry.writeMap(mapOf(2), 0)).rejects.toBeInstanceOf(RegistryUnavailableError);
      const during = a.registry.announceNode(node('node-2'));
      await server.start();
      const late = await connectReady();
      for (const { registry } of [a, b, late]) {
        await sees(registry, (view) => {
          expect(view.connected).toBe(true);
          expect(idsOf(view)).toEqual(['node-1', 'node-2']);
        });
      }
      await during.withdraw();
      await sees(late.registry, complete);
      const revision = late.registry.view.stored?.revision;
      expect(await b.registry.writeMap(mapOf(2), revision)).toBe('written');
      await sees(a.registry, (view) => expect(view.stored?.map.epoch).toBe(2));
    });

    it('waits for a server that is away at start-up', async () => {
      await server.kill();
      const { registry } = await connect();
      let ready = false;
      const waiting = registry.ready().then(() => (ready = true));
      registry.announceNode(node('node-1'));
      await expect(registry.writeMap(mapOf(1), undefined)).rejects.toBeInstanceOf(RegistryUnavailableError);
      expect(ready).toBe(false);
      await server.start();
      await waiting;
      await sees(registry, (view) => expect(idsOf(view)).toEqual(['node-1']));
    });

    it('closes twice, withdraws at once, and refuses what comes later', async () => {
      const [a, b] = await Promise.all([connectReady(), connectReady()]);
      a.registry.announceNode(node('node-1'));
      await sees(b.registry, (view) => expect(idsOf(view)).toEqual(['node-1']));
      const heard = vi.fn<() => void>();
      a.registry.onChange(heard);
      const startedMs = performance.now();
      await Promise.all([a.registry.close(), a.registry.close()]);
      await a.registry.close();
      await sees(b.registry, (view) => expect(idsOf(view)).toEqual([]));
      expect(performance.now() - startedMs).toBeLessThan(server.sessionTimeoutMs);
      expect(a.registry.view.connected).toBe(false);
      await expect(a.registry.writeMap(mapOf(1), undefined)).rejects.toBeInstanceOf(RegistryUnavailableError);
      expect(() => a.registry.announceNode(node('node-2'))).toThrow(RegistryUnavailableError);
      expect(heard).not.toHaveBeenCalled();
    });

    it('closes while it connects, and while the server is away or hangs', async () => {
      const connecting = await connect();
      await connecting.registry.close();
      await expect(connecting.registry.ready()).rejects.toBeInstanceOf(RegistryUnavailableError);
      const hanging = await connectReady();
      hanging.registry.announceNode(node('node-1'));
      hanging.link.freeze();
      await hanging.registry.close();
      const away = await connect();
      away.link.cut();
      away.registry.announceNode(node('node-1'));
      await away.registry.close();
      const observer = await connectReady();
      await sees(observer.registry, (view) => expect(idsOf(view)).toEqual([]));
    });
  });
}

async function sees(registry: Registry, check: (view: RegistryView) => void): Promise<void> {
  await vi.waitFor(() => check(registry.view), WAIT);
}

/** Registers and withdraws many nodes at once; gives back the ids that stay. */
async function burst(registry: Registry, name: string): Promise<string[]> {
  const kept: string[] = [];
  await Promise.all(
    Array.from({ length: BURST_NODES_PER_CLIENT }, async (_none, index) => {
      const id = `node-${name}-${index}`;
      const first = registry.announceNode(node(id));
      if (index % 2 === 0) await Promise.resolve();
      await first.withdraw();
      const second = registry.announceNode(node(id));
      if (index % 3 === 0) await second.withdraw();
      else kept.push(id);
    }),
  );
  return kept;
}

async function incrementEpoch(registry: Registry, times: number): Promise<void> {
  for (let done = 0; done < times;) {
    const { stored } = registry.view;
    const outcome = await registry.writeMap(mapOf((stored?.map.epoch ?? 0) + 1), stored?.revision);
    if (outcome === 'written') done += 1;
    await sees(registry, (view) => expect(view.stored?.revision).not.toBe(stored?.revision));
  }
}

function node(id: string, port = 7000): NodeDetails {
  return { id, host: '127.0.0.1', port, zone: 'zone-1', weight: 1 };
}

function mapOf(epoch: number, id = 'node-1'): ClusterMap {
  return { epoch, pgCount: 256, replicas: 3, nodes: [{ id, zone: 'zone-1', weight: 1, state: 'in' }] };
}

function idsOf(view: RegistryView): string[] {
  return view.nodes.map(({ id }) => id);
}
