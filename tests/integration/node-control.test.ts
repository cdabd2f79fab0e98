/*
 * What a gateway can do only on a cluster that `trolley up` started. Pausing a node and cutting it off: the others notice
 * and go on, what it missed is there once it is back, and the launcher ends in order whatever state its nodes are in.
 * Stress tests: one at a time, followed to their verdict, or stopped.
 */
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { get, mustPost, post } from '../support/client.ts';
import { listOf, property } from '../support/json.ts';
import { launch, processesIn, trolley, type Launcher } from '../support/launcher.ts';
import { waitUntil } from '../support/wait-until.ts';

const TEST_TIMEOUT_MS = 120_000;
const EMAIL = 'kim@example.com';

let folder: string;
let launcher: Launcher;
let shopUrl: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(await realpath(tmpdir()), 'trolley-control-'));
  launcher = launch(folder, ['--port', '0', '--no-seed']);
  shopUrl = await launcher.ready();
  await mustPost(shopUrl, '/product', { name: 'orange', quantity: 100 });
  await mustPost(shopUrl, '/createuser', { email: EMAIL });
}, TEST_TIMEOUT_MS);

afterAll(async () => {
  if (launcher?.running()) await launcher.end('SIGTERM');
  await rm(folder, { recursive: true, force: true });
});

test.each([
  ['pause', 'resume', 'paused'],
  ['cut-off', 'rejoin', 'cut-off'],
])(
  'a node misses a write between %s and %s, and has it soon after',
  async (away, back, state) => {
    const left = await succeed([away, 'node-2', '--json']);
    expect(JSON.parse(left)).toMatchObject({ node: 'node-2', action: away, up: false });
    expect(await nodeIn('node-2')).toMatchObject({ up: false, process: state });
    expect((await control('node-2', away)).status).toBe(409);

    const cart = await mustPost(shopUrl, '/addtocart', { email: EMAIL, products: { orange: 1 } });
    expect(await replicaOn('node-2')).toMatchObject({ up: false, version: null });

    await succeed([back, 'node-2']);
    expect(await nodeIn('node-2')).toMatchObject({ up: true, process: 'running' });
    await waitUntil('node-2 to have the write', async () => {
      const { stale, version } = await replicaOn('node-2');
      return stale === false && version === Object(cart).version;
    });
  },
  TEST_TIMEOUT_MS,
);

test('what a node answers each second is told while it is up', async () => {
  await waitUntil('node-1 to be seen at work', async () => {
    await Promise.all(Array.from({ length: 20 }, readCart));
    return Number((await nodeIn('node-1'))['requestsPerSecond']) > 1;
  });
});

test(
  'a paused node can be killed, and started again',
  async () => {
    await succeed(['pause', 'node-3']);
    expect((await control('node-3', 'cut-off')).body).toMatchObject({ code: 'NODE_BUSY', detail: 'node-3 is paused.' });
    await succeed(['kill', 'node-3']);
    expect(await nodeIn('node-3')).toMatchObject({ up: false, process: 'stopped' });
    await succeed(['restart', 'node-3']);
    expect(await nodeIn('node-3')).toMatchObject({ up: true });
    // A node is registered before it is done with all that a start takes.
    await waitUntil('node-3 to be seen running', async () => (await nodeIn('node-3'))['process'] === 'running');
  },
  TEST_TIMEOUT_MS,
);

test(
  'a stress test is followed to its verdict, alone, and leaves nothing',
  async () => {
    expect((await get(shopUrl, '/stress')).body).toEqual({ run: null });
    const begun = await post(shopUrl, '/stress', { test: 3, size: 60 });
    expect(begun).toMatchObject({ status: 202, body: { test: 3, size: 60, state: 'running', total: 120 } });
    const id = String(property(begun.body, 'id'));
    expect(await post(shopUrl, '/stress', { test: 1 })).toMatchObject({ status: 409, body: { code: 'STRESS_BUSY' } });
    await waitUntil('the test to end', async () => property(await runNow(id), 'state') !== 'running', 60_000);
    const run = await runNow(id);
    expect(run).toMatchObject({ state: 'passed', done: 120, verdict: { passed: true, findings: [] } });
    expect(property(run, 'outcomes')).toMatchObject({ reserved: 60 });
    expect((await get(shopUrl, '/items')).body).toEqual([]);
  },
  TEST_TIMEOUT_MS,
);

test(
  'a stress test that is stopped has no verdict, and leaves nothing either',
  async () => {
    const begun = await post(shopUrl, '/stress', { test: 1, size: 100_000 });
    const id = String(property(begun.body, 'id'));
    await waitUntil('the test to be under way', async () => Number(property(await runNow(id), 'done')) > 0);
    const stopped = await fetch(`${shopUrl}/stress/${id}`, {
      method: 'DELETE',
      headers: { 'content-type': 'application/json' },
    });
    expect(stopped.status).toBe(202);
    await waitUntil('the test to end', async () => property(await runNow(id), 'state') !== 'running', 60_000);
    const run = await runNow(id);
    expect(run).toMatchObject({ state: 'stopped' });
    expect(run).not.toHaveProperty('verdict');
    expect((await get(shopUrl, '/items')).body).toEqual([]);
  },
  TEST_TIMEOUT_MS,
);

test(
  'the launcher ends in order with a node that is paused and one that is cut off',
  async () => {
    expect((await control('node-1', 'pause')).status).toBe(200);
    expect((await control('node-2', 'cut-off')).status).toBe(200);
    const { code, stderr } = await launcher.end('SIGTERM');
    expect(code, stderr).toBe(0);
    expect(await processesIn(folder)).toEqual([]);
  },
  TEST_TIMEOUT_MS,
);

test(
  'a node that was paused when its launcher was killed ends at the next start',
  async () => {
    launcher = launch(folder, ['--port', '0']);
    shopUrl = await launcher.ready();
    expect((await readCart()).body).toMatchObject({ cart: { orange: 2 } });
    expect((await control('node-1', 'pause')).status).toBe(200);
    await launcher.end('SIGKILL');
    await waitUntil('all but the paused node to end', async () => (await processesIn(folder)).length === 1);
    const [paused] = await processesIn(folder);

    launcher = launch(folder, ['--port', '0']);
    shopUrl = await launcher.ready();
    expect(await processesIn(folder)).not.toContain(paused);
    expect(await nodeIn('node-1')).toMatchObject({ up: true });
  },
  TEST_TIMEOUT_MS,
);

async function succeed(words: readonly string[]): Promise<string> {
  const finished = await trolley(folder, words, shopUrl);
  expect(finished, finished.stderr).toMatchObject({ code: 0 });
  return finished.stdout;
}

async function runNow(id: string): Promise<unknown> {
  return (await get(shopUrl, `/stress/${id}`)).body;
}

async function readCart() {
  return get(shopUrl, `/user?email=${EMAIL}`);
}

async function control(node: string, command: string) {
  return post(shopUrl, `/cluster/nodes/${node}/${command}`, {});
}

async function nodeIn(id: string): Promise<Record<string, unknown>> {
  const { body } = await get(shopUrl, '/cluster');
  return listOf(body, 'nodes').find((node) => node['id'] === id) ?? {};
}

async function replicaOn(id: string): Promise<Record<string, unknown>> {
  const { body } = await get(shopUrl, `/cluster/where?key=user:${EMAIL}`);
  return listOf(body, 'replicas').find((replica) => replica['node'] === id) ?? {};
}
