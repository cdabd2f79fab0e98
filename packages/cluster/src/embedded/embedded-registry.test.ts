import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
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

registryConformance('the embedded registry', {
  startServer,
  open: (port) => openEmbeddedRegistry({ ...common, url: `http://127.0.0.1:${port}` }),
});
