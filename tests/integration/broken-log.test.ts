/*
 * A log that cannot be written costs log lines and nothing else: whoever reads it is gone, or stuck, or the
 * disk under it is full. A node and a gateway serve on, and end when they are asked to.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { property } from '../support/json.ts';
import { waitUntil } from '../support/wait-until.ts';

const PACKAGES = path.resolve(import.meta.dirname, '../../packages');
/** So many that their log lines fill any pipe. */
const REQUESTS = 2_000;
const REQUESTS_AT_ONCE = 50;

let folder: string;
let child: ChildProcess | undefined;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'trolley-broken-log-'));
});

afterEach(async () => {
  child?.kill('SIGKILL');
  child = undefined;
  await rm(folder, { recursive: true, force: true });
});

describe.each([
  ['a node', 'dbnode', '/product?name=apple'],
  ['a gateway', 'gateway', '/healthz'],
])('%s', (_, name, requestPath) => {
  test('serves and ends though nobody reads its log any more', async () => {
    const url = await start(name, 'pipe');
    child?.stdout?.destroy();
    await expectService(url, requestPath);
    expect(await exitCodeAfter('SIGTERM')).toBe(0);
  });

  test('ends with whoever started it, who read its log too', async () => {
    const url = await start(name, 'pipe');
    await expectService(url, requestPath);
    child?.stdout?.destroy();
    child?.disconnect();
    expect(await exitCodeAfter(undefined)).toBe(0);
  });

  test('serves and ends though whoever reads its log is stuck', async () => {
    const url = await start(name, 'pipe');
    // Nothing reads the pipe, so it is full soon.
    await expectService(url, requestPath);
    expect(await exitCodeAfter('SIGTERM')).toBe(0);
  });

  test('serves and ends though the disk under its log is full', async () => {
    const full = openSync('/dev/full', 'w');
    const url = await start(name, full);
    closeSync(full);
    await expectService(url, requestPath);
    expect(await exitCodeAfter('SIGTERM')).toBe(0);
  });
});

/** Starts a process whose registry is away, so that only its own doings matter. */
async function start(name: string, stdout: 'pipe' | number): Promise<string> {
  const port = await freePort();
  child = spawn(process.execPath, [path.join(PACKAGES, name, 'dist/main.js')], {
    env: {
      DATA_DIR: folder,
      REGISTRY_URL: 'http://127.0.0.1:1',
      REGISTRY_WAIT_MS: '0',
      PORT: String(port),
      LOG_LEVEL: 'debug',
      TROLLEY_PARENT: '1',
    },
    stdio: ['ignore', stdout, 'ignore', 'ipc'],
  });
  const url = `http://127.0.0.1:${port}`;
  await waitUntil(`${name} to listen`, async () => (await fetch(`${url}/healthz`)).ok);
  return url;
}

async function expectService(url: string, requestPath: string): Promise<void> {
  for (let sent = 0; sent < REQUESTS; sent += REQUESTS_AT_ONCE) {
    const requests = Array.from({ length: REQUESTS_AT_ONCE }, async () => fetch(url + requestPath));
    for (const response of await Promise.all(requests)) {
      expect(response.status).toBeLessThan(500);
      await response.text();
    }
  }
}

async function exitCodeAfter(signal: NodeJS.Signals | undefined): Promise<number | null> {
  if (child === undefined) throw new Error('nothing was started');
  // Not 'close': a child whose channel was closed from this side never emits it.
  const exit = child.exitCode === null ? once(child, 'exit') : Promise.resolve();
  if (signal !== undefined) child.kill(signal);
  await exit;
  return child.exitCode;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const port = Number(property(server.address(), 'port'));
  server.close();
  await once(server, 'close');
  return port;
}
