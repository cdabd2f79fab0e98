import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Participant } from '../registry-details.ts';
import { createManualClock, type ManualClock } from '../testing/manual-clock.ts';
import { writeMapFile } from './map-file.ts';
import { createRegistryHost, type RegistryHost } from './registry-host.ts';

const LEASE_MS = 2000;
const map = { epoch: 1, pgCount: 8, replicas: 3, nodes: [{ id: 'a', zone: 'z', weight: 1, state: 'in' }] } as const;
const node: Participant = {
  kind: 'node',
  details: { id: 'a', host: '127.0.0.1', port: 7000, zone: 'zone-1', weight: 1 },
};

async function setUp(mapFile?: string): Promise<{ clock: ManualClock; host: RegistryHost }> {
  const clock = createManualClock();
  const host = await createRegistryHost({ clock, leaseMs: LEASE_MS, mapFile });
  clock.advance(mapFile === undefined ? LEASE_MS : 0);
  return { clock, host };
}

async function nodesOf(host: RegistryHost): Promise<number> {
  const view = await host.view(undefined);
  return typeof view === 'string' ? -1 : view.nodes.length;
}

describe('the host of the embedded registry', () => {
  it('ends a lease that is not renewed, soon after its time', async () => {
    const { clock, host } = await setUp();
    host.register('lease-1', node);
    clock.advance(LEASE_MS - 1);
    expect(await nodesOf(host)).toBe(1);
    clock.advance(LEASE_MS / 4);
    expect(await nodesOf(host)).toBe(0);
  });

  it('answers a wait for the next view at the change, and at the latest after a while', async () => {
    const { clock, host } = await setUp();
    const before = await host.view(undefined);
    const revision = typeof before === 'string' ? 0 : before.revision;
    const changed = host.view(revision);
    host.register('lease-1', node);
    expect(await changed).toMatchObject({ revision: revision + 1, nodes: [{ id: 'a' }] });
    const unchanged = host.view(revision + 1);
    clock.advance(1000);
    expect(await unchanged).toBe('unchanged');
  });

  it('shows one and the same view to everybody until something changes', async () => {
    const { host } = await setUp();
    host.register('lease-1', node);
    const view = await host.view(undefined);
    host.register('lease-1', node);
    expect(await host.view(undefined)).toBe(view);
    host.withdraw('lease-1');
    expect(await host.view(undefined)).toMatchObject({ nodes: [] });
  });

  it('holds nobody to a lease for the time in which it stood still itself', async () => {
    let nowMs = 0;
    let check: (() => void) | undefined;
    const clock = {
      nowMs: () => nowMs,
      monotonicMs: () => nowMs,
      after: (_delayMs: number, callback: () => void) => {
        check = callback;
        return { cancel: () => {} };
      },
    };
    const host = await createRegistryHost({ clock, leaseMs: LEASE_MS });
    check?.();
    host.register('lease-1', node);
    nowMs += 10 * LEASE_MS;
    check?.();
    nowMs += LEASE_MS / 8;
    check?.();
    expect(host.register('lease-1', node)).toEqual({ sequence: 0 });
  });

  it('withholds its view after a restart until nodes that still run have had time to register', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'trolley-host-'));
    const mapFile = path.join(folder, 'crush-map.json');
    await writeMapFile(mapFile, { map, revision: 7 });
    const { clock, host } = await setUp(mapFile);
    const early = host.view(undefined);
    clock.advance(100);
    host.register('lease-1', node);
    clock.advance(LEASE_MS / 3);
    expect(await early).toMatchObject({ nodes: [{ id: 'a' }], stored: { revision: 7 } });
    await rm(folder, { recursive: true });
  });

  it('lets one of many writers of the map win', async () => {
    const { host } = await setUp();
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, async () => await host.writeMap({ map, expectedRevision: null })),
    );
    expect(outcomes.filter((outcome) => outcome === 'written')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'conflict')).toHaveLength(9);
  });

  it('shows no map that the disk refused, and takes the next one that it does not', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'trolley-host-'));
    const { clock, host } = await setUp(path.join(folder, 'registry', 'crush-map.json'));
    clock.advance(LEASE_MS);
    await writeFile(path.join(folder, 'registry'), 'a file where the folder should be');
    await expect(host.writeMap({ map, expectedRevision: null })).rejects.toThrow('EEXIST');
    expect(await host.view(undefined)).toMatchObject({ stored: null });
    await rm(path.join(folder, 'registry'));
    expect(await host.writeMap({ map, expectedRevision: null })).toBe('written');
    await rm(folder, { recursive: true });
  });

  it('refuses more writes of the map than it has room for', async () => {
    const { host } = await setUp();
    const outcomes = await Promise.all(
      Array.from({ length: 150 }, async () => await host.writeMap({ map, expectedRevision: null })),
    );
    expect(outcomes.filter((outcome) => outcome === 'busy')).toHaveLength(50);
    expect(await host.writeMap({ map, expectedRevision: 1 })).toBe('written');
  });
});
