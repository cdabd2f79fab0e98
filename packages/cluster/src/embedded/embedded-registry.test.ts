import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { expect, it, vi } from 'vitest';
import { systemClock } from '../system-clock.ts';
import { registryConformance, type RegistryServer } from '../testing/registry-conformance.ts';
import { openEmbeddedRegistry } from './embedded-registry.ts';
import { startEmbeddedRegistryServer, type EmbeddedRegistryServer } from './start-server.ts';

const common = { clock: systemClock, logger: pino({ level: 'silent' }) };
const LEASE_MS = 500;

async function startServer(): Promise<RegistryServer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'trolley-embedded-'));
  const mapFile = path.join(folder, 'crush-map.json');
  let port = 0;
  let running: EmbeddedRegistryServer | undefined;

  async function start(): Promise<void> {
    running ??= await startEmbeddedRegistryServer({ ...common, host: '127.0.0.1', port, mapFile, leaseMs: LEASE_MS });
    port = Number(new URL(running.url).port);
  }

  async function kill(): Promise<void> {
    await running?.close();
    running = undefined;
  }

  await start();
  return {
    port,
    sessionTimeoutMs: LEASE_MS,
    start,
    kill,
    async stop() {
      await kill();
      await rm(folder, { recursive: true });
    },
  };
}

const VIEW = JSON.stringify({ revision: 7, nodes: [], gateways: [], stored: null });
const NO_OTHER = undefined;

registryConformance('the embedded registry', {
  startServer,
  open: (port) => openEmbeddedRegistry({ ...common, url: `http://127.0.0.1:${port}` }),
});

it('asks for the view after the one it has, and takes no other answer for a view', async () => {
  const { registry, asked, isHeld, close } = await openAt([VIEW, JSON.stringify({ revision: 'eight' })]);
  await registry.ready();
  await vi.waitFor(() => expect(isHeld()).toBe(true));
  expect(asked).toEqual(['/view', '/view?after=7', '/view?after=7']);
  expect(registry.view.connected).toBe(false);
  await close();
});

it('goes on with the view that it has while the registry says that there is no other', async () => {
  const { registry, asked, isHeld, close } = await openAt([VIEW, NO_OTHER, NO_OTHER]);
  await registry.ready();
  const { view } = registry;
  await vi.waitFor(() => expect(isHeld()).toBe(true));
  expect(asked).toEqual(['/view', '/view?after=7', '/view?after=7', '/view?after=7']);
  expect(registry.view).toBe(view);
  await close();
});

/** A registry that gives these answers, one after the other, and then none; NO_OTHER is a 204. */
async function openAt(answers: (string | typeof NO_OTHER)[]) {
  const asked: string[] = [];
  const held: ServerResponse[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (answers.length === 0) {
      held.push(response);
      return;
    }
    const answer = answers.shift();
    response.writeHead(answer === NO_OTHER ? 204 : 200).end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const registry = openEmbeddedRegistry({ ...common, url: `http://127.0.0.1:${port}` });
  const close = async () => {
    await registry.close();
    server.closeAllConnections();
    server.close();
  };
  return { registry, asked, isHeld: () => held.length > 0, close };
}
