import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, expect, test } from 'vitest';
import { eventually } from '../testing/eventually.ts';
import { createTestContext, type TestContext } from '../testing/test-context.ts';
import { tryPort } from './http-server.ts';
import type { LaunchOptions } from './launch-options.ts';
import { runLauncher, type LaunchedCluster } from './launcher.ts';

const FAKE_CHILD = fileURLToPath(new URL('../testing/fake-child.mjs', import.meta.url));

let dataDirectory = '';
let stoppedDirectory = '';
beforeEach(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), 'trolley-up-'));
  stoppedDirectory = await mkdtemp(join(tmpdir(), 'trolley-stopped-'));
});

interface Launched {
  readonly context: TestContext;
  readonly ready: Promise<LaunchedCluster>;
  /** The exit code, or what was thrown. */
  readonly ended: Promise<unknown>;
  readonly events: string[];
}

const ignore = (): void => undefined;

function launch(more: Partial<LaunchOptions> = {}, environment: Record<string, string> = {}): Launched {
  const context = createTestContext({
    fetch,
    environment: { PATH: process.env['PATH'], FAKE_STOPPED_DIRECTORY: stoppedDirectory, ...environment },
  });
  const events: string[] = [];
  let isReady: (cluster: LaunchedCluster) => void = ignore;
  const ready = new Promise<LaunchedCluster>((resolve) => {
    isReady = resolve;
  });
  const ended = runLauncher({
    options: {
      nodes: 2,
      gateways: 1,
      port: 0,
      dataDirectory,
      zookeeper: undefined,
      seed: false,
      host: '127.0.0.1',
      logLevel: 'info',
      ...more,
    },
    context,
    mains: { node: FAKE_CHILD, gateway: FAKE_CHILD, command: FAKE_CHILD },
    startRegistry: () => {
      events.push('registry opened');
      return Promise.resolve({
        url: 'http://127.0.0.1:1',
        close: async () => {
          events.push(`registry closed after ${(await readdir(stoppedDirectory)).length} children`);
        },
      });
    },
    onReady: (cluster) => isReady(cluster),
  }).catch((error: unknown) => error);
  return { context, ready, ended, events };
}

async function stopTimes(): Promise<Map<string, bigint>> {
  const times = new Map<string, bigint>();
  for (const name of await readdir(stoppedDirectory)) {
    times.set(name, BigInt(await readFile(join(stoppedDirectory, name), 'utf8')));
  }
  return times;
}

test('a cluster starts, tells its processes, and stops in order: gateways, nodes, registry', async () => {
  const { context, ready, ended, events } = launch({ gateways: 2 });
  const { pids, gatewayUrls, seeded } = await ready;
  expect([...pids.keys()]).toEqual(['node-1', 'node-2']);
  expect(gatewayUrls).toHaveLength(2);
  expect(seeded).toBeUndefined();
  context.signal('SIGINT');
  expect(await ended).toBe(0);
  const times = await stopTimes();
  const lastGateway = [times.get('gateway-1') ?? 0n, times.get('gateway-2') ?? 0n].reduce((a, b) => (a > b ? a : b));
  expect(times.size).toBe(4);
  expect(times.get('node-1')).toBeGreaterThan(lastGateway);
  expect(times.get('node-2')).toBeGreaterThan(lastGateway);
  expect(events).toEqual(['registry opened', 'registry closed after 4 children']);
  expect(await readdir(dataDirectory)).not.toContain('launcher.json');
});

test('an empty shop is seeded on the first start, and not again after somebody emptied it', async () => {
  const first = launch({ seed: true });
  expect((await first.ready).seeded).toMatch(/^\d+ products and 50 users$/);
  first.context.signal('SIGTERM');
  await first.ended;
  const second = launch({ seed: true });
  expect((await second.ready).seeded).toBeUndefined();
  second.context.signal('SIGTERM');
  expect(await second.ended).toBe(0);
});

test('a node that dies later is told, with how to have it back; the others go on', async () => {
  const { context, ready, ended } = launch();
  const { pids } = await ready;
  process.kill(pids.get('node-2') ?? 0, 'SIGKILL');
  await eventually(() => expect(context.written.error).toContain('node-2 was ended by SIGKILL.'));
  expect(context.written.error).toContain('`trolley restart node-2` starts it again.');
  process.kill(pids.get('node-1') ?? 0, 0);
  context.signal('SIGINT');
  expect(await ended).toBe(0);
});

test.each(['node-2', 'gateway-1'])(
  'when %s dies at the start, everything is stopped and its error told',
  async (name) => {
    const { ended, events } = launch({}, { FAKE_FAIL: name });
    expect(await ended).toMatchObject({
      name: 'CommandFailure',
      exitCode: 1,
      message: `${name} ended with exit code 1 while the cluster was starting: ${name} cannot read its settings`,
      hint: expect.stringContaining(join('logs', `${name}.log`)),
    });
    expect(events.at(-1)).toMatch(/^registry closed/);
    expect(await readdir(dataDirectory)).not.toContain('launcher.json');
  },
);

test('a second launcher on the same data is refused and leaves the first one alone', async () => {
  const first = launch();
  await first.ready;
  const second = launch();
  expect(await second.ended).toMatchObject({ message: expect.stringContaining('already running') });
  expect(second.events).toEqual([]);
  first.context.signal('SIGINT');
  expect(await first.ended).toBe(0);
});

test('a port in use is told before anything is started', async () => {
  const taken = await new Promise<Server>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => resolve(server));
  });
  const address = taken.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const { ended, events } = launch({ port });
  expect(await ended).toMatchObject({
    message: `Port ${port} is in use by another program.`,
    hint: expect.stringContaining('--port'),
  });
  expect(events).toEqual([]);
  taken.close();
  expect(await tryPort('127.0.0.1', 0)).toBeGreaterThan(0);
});

test('a signal during the start stops what was started', async () => {
  const { context, ended, events } = launch();
  await eventually(() => expect(events).toEqual(['registry opened']));
  context.signal('SIGTERM');
  expect(await ended).toBe(0);
});

test('a second signal ends children that do not stop', async () => {
  const { context, ready, ended } = launch({}, { FAKE_STUBBORN: 'node-1' });
  const { pids } = await ready;
  context.signal('SIGINT');
  await eventually(async () => expect((await stopTimes()).has('node-2')).toBe(true));
  context.signal('SIGINT');
  expect(await ended).toBe(0);
  expect(() => process.kill(pids.get('node-1') ?? 0, 0)).toThrow('ESRCH');
});
