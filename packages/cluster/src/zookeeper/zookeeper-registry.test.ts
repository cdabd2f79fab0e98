import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { NodeDetails, Registry, RegistryView } from '../registry.ts';
import { RegistryUnavailableError } from '../registry.ts';
import { systemClock } from '../system-clock.ts';
import { registryConformance } from '../testing/registry-conformance.ts';
import { startZooKeeperServer, type ZooKeeperServer } from '../testing/zookeeper-server.ts';
import type { ZooKeeperSession } from './session.ts';
import { connectSession } from '../testing/connect-session.ts';
import { openZooKeeperRegistry } from './zookeeper-registry.ts';

const SESSION_TIMEOUT_MS = 600;
const WAIT = { timeout: 15_000, interval: 5 };
const common = { clock: systemClock, logger: pino({ level: 'silent' }), sessionTimeoutMs: SESSION_TIMEOUT_MS };
const map = { epoch: 1, pgCount: 8, replicas: 3, nodes: [{ id: 'a', zone: 'z', weight: 1, state: 'in' }] } as const;

registryConformance('ZooKeeper', {
  startServer: startZooKeeperServer,
  open: (port) => openZooKeeperRegistry({ ...common, connect: `127.0.0.1:${port}` }),
});

describe('ZooKeeper behind the registry', () => {
  let server: ZooKeeperServer;
  const closing: (() => Promise<void>)[] = [];

  beforeEach(async () => {
    server = await startZooKeeperServer();
  });

  afterEach(async () => {
    await Promise.all(closing.map(async (close) => await close()));
    closing.length = 0;
    await server.stop();
  });

  async function openRegistry(logged: string[] = [], sessionTimeoutMs = SESSION_TIMEOUT_MS): Promise<Registry> {
    const logger = pino({}, { write: (line: string) => void logged.push(line) });
    const registry = openZooKeeperRegistry({ ...common, logger, sessionTimeoutMs, connect: server.connect });
    closing.push(async () => await registry.close());
    await registry.ready();
    return registry;
  }

  /** A hand in ZooKeeper that is not the registry's. */
  async function openSession(): Promise<ZooKeeperSession> {
    const session = await connectSession(server.connect);
    closing.push(async () => await session.close());
    return session;
  }

  it('ignores damaged and foreign entries, says so once each, and shows the rest', async () => {
    const logged: string[] = [];
    const registry = await openRegistry(logged);
    const session = await openSession();
    await session.create('/trolley/nodes/node-', Buffer.from('{"id": "bro'), 'EPHEMERAL_SEQUENTIAL');
    await session.create('/trolley/nodes/node-', Buffer.from('{"id": "half"}'), 'EPHEMERAL_SEQUENTIAL');
    await session.create('/trolley/nodes/node-', Buffer.alloc(0), 'EPHEMERAL_SEQUENTIAL');
    await session.create('/trolley/nodes/readme', Buffer.from('hello'), 'EPHEMERAL');
    const first = registry.announceNode(node('good'));
    await sees(registry, (view) => expect(idsOf(view)).toEqual(['good']));
    await first.withdraw();
    registry.announceNode(node('better'));
    await sees(registry, (view) => expect(idsOf(view)).toEqual(['better']));
    const warnings = logged.filter((line) => line.includes('ignoring'));
    expect(warnings).toHaveLength(4);
    expect(warnings.filter((line) => line.includes('node-0000000000'))).toHaveLength(1);
  });

  it('keeps the last map while the stored one is damaged, says so once, and takes the next good one', async () => {
    const logged: string[] = [];
    const registry = await openRegistry(logged);
    const session = await openSession();
    await registry.writeMap(map, undefined);
    await sees(registry, (view) => expect(view.stored).toEqual({ map, revision: 0 }));
    await session.replace('/trolley/crush_map', Buffer.from('{"epoch": 2, "pgCount"'), 0);
    await vi.waitFor(() => expect(logged.filter((line) => line.includes('is damaged'))).toHaveLength(1), WAIT);
    expect(registry.view).toMatchObject({ connected: true, stored: { map, revision: 0 } });
    await session.replace('/trolley/crush_map', Buffer.from(JSON.stringify({ ...map, epoch: 3 })), 1);
    await sees(registry, (view) => expect(view.stored).toMatchObject({ map: { epoch: 3 }, revision: 2 }));
    expect(logged.filter((line) => line.includes('is damaged'))).toHaveLength(1);
  });

  it('shows that the map was removed, and the next one', async () => {
    const registry = await openRegistry();
    const session = await openSession();
    await registry.writeMap(map, undefined);
    await sees(registry, (view) => expect(view.stored).toBeDefined());
    await session.remove('/trolley/crush_map');
    await sees(registry, (view) => expect(view.stored).toBeUndefined());
    expect(await registry.writeMap(map, 0)).toBe('conflict');
    expect(await registry.writeMap({ ...map, epoch: 2 }, undefined)).toBe('written');
    await sees(registry, (view) => expect(view.stored?.map.epoch).toBe(2));
  });

  it('registers again when somebody removes its registration, or everything', async () => {
    const registry = await openRegistry();
    const observer = await openRegistry();
    const session = await openSession();
    registry.announceNode(node('node-1'));
    await sees(observer, (view) => expect(view.nodes).toMatchObject([{ sequence: 0 }]));
    await session.remove('/trolley/nodes/node-0000000000');
    await sees(observer, (view) => expect(view.nodes).toMatchObject([{ sequence: 1 }]));
    await session.remove('/trolley/nodes/node-0000000001');
    await session.remove('/trolley/nodes').catch(() => {});
    await session.remove('/trolley/gateways');
    await sees(observer, (view) => expect(idsOf(view)).toEqual(['node-1']));
    registry.announceGateway({ id: 'gateway-1', host: '127.0.0.1', port: 5000 });
    await sees(observer, (view) => expect(view.gateways).toHaveLength(1));
  });

  it('gives up a session that has been cut off for long, and never leaves its id unseen', async () => {
    // Long enough that the old session still stands when the new one registers, on a busy machine too.
    const sessionTimeoutMs = 2500;
    const logged: string[] = [];
    const registry = await openRegistry(logged, sessionTimeoutMs);
    const observer = await openRegistry([], sessionTimeoutMs);
    registry.announceNode(node('node-1'));
    await sees(observer, (view) => expect(idsOf(view)).toEqual(['node-1']));
    const before = observer.view.nodes[0]?.sequence ?? Number.NaN;
    const views: RegistryView[] = [];
    observer.onChange((view) => views.push(view));
    await server.kill();
    await vi.waitFor(() => expect(logged.some((line) => line.includes('with a new session'))).toBe(true), WAIT);
    // ZooKeeper comes back with the sessions that it had, and what they registered.
    await server.start();
    await sees(observer, (view) => expect(view.nodes[0]?.sequence).toBeGreaterThan(before));
    await sees(registry, (view) => expect(view.connected).toBe(true));
    const session = await openSession();
    await vi.waitFor(async () => {
      const children = await session.children('/trolley/nodes', () => {});
      expect(children?.names).toHaveLength(1);
    }, WAIT);
    expect(views.every((view) => view.nodes.length === 1)).toBe(true);
  });

  it('comes back to a ZooKeeper that has lost its data', async () => {
    const registry = await openRegistry();
    registry.announceNode(node('node-1'));
    await registry.writeMap(map, undefined);
    await sees(registry, (view) => expect(view).toMatchObject({ nodes: [{ id: 'node-1' }], stored: { map } }));
    for (let count = 0; count < 20; count += 1) await registry.announceNode(node(`extra-${count}`)).withdraw();
    await server.kill();
    await server.wipe();
    await server.start();
    await sees(registry, (view) => {
      expect(view.connected).toBe(true);
      expect(view.stored).toBeUndefined();
      expect(idsOf(view)).toEqual(['node-1']);
    });
  });

  it('goes on waiting for a name that cannot be looked up, and says so', async () => {
    const logged: string[] = [];
    const logger = pino({}, { write: (line: string) => void logged.push(line) });
    const registry = openZooKeeperRegistry({ ...common, logger, connect: 'no-such-host.invalid:2181' });
    await vi.waitFor(() => expect(logged).toHaveLength(1), WAIT);
    expect(logged[0]).toContain('waiting for ZooKeeper at no-such-host.invalid:2181');
    await registry.close();
  });

  it('does not wait for a ZooKeeper that hangs, and goes on when it does', async () => {
    const logged: string[] = [];
    const registry = await openRegistry(logged);
    registry.announceNode(node('node-1'));
    await sees(registry, (view) => expect(idsOf(view)).toEqual(['node-1']));
    await server.suspend();
    const startedMs = performance.now();
    await expect(registry.writeMap(map, undefined)).rejects.toBeInstanceOf(RegistryUnavailableError);
    expect(performance.now() - startedMs).toBeLessThan(2 * SESSION_TIMEOUT_MS);
    await sees(registry, (view) => expect(view).toMatchObject({ connected: false, nodes: [{ id: 'node-1' }] }));
    expect(logged.some((line) => line.includes(`waiting for ZooKeeper at ${server.connect}`))).toBe(true);
    server.resume();
    await sees(registry, (view) => expect(view).toMatchObject({ connected: true, nodes: [{ id: 'node-1' }] }));
  });
});

async function sees(registry: Registry, check: (view: RegistryView) => void): Promise<void> {
  await vi.waitFor(() => check(registry.view), WAIT);
}

function node(id: string): NodeDetails {
  return { id, host: '127.0.0.1', port: 7000, zone: 'zone-1', weight: 1 };
}

function idsOf(view: RegistryView): string[] {
  return view.nodes.map(({ id }) => id);
}
