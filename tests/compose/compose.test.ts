/*
 * docker-compose.yml run for real: three nodes and a ZooKeeper in containers, one of them killed and
 * restarted, all of them killed and restarted, and two more nodes added. Takes whichever of
 * `docker compose` and `docker-compose` there is.
 */
import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { get, mustPost, post } from '../support/client.ts';
import { waitUntil } from '../support/wait-until.ts';

const run = promisify(execFile);
const project = `trolleytest${process.pid}`;
const email = 'ann@example.com';
const key = encodeURIComponent(`user:${email}`);
let url: string;
let command: readonly string[];
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  environment = { ...process.env, TROLLEY_PORT: String(port) };
  command = await composeCommand();
  await compose('up', '-d', '--build', '--scale', 'dbnode=3');
  await waitUntil('the shop to be ready', async () => (await get(url, '/readyz')).status === 200, 120_000);
  await waitForUp(3);
  await mustPost(url, '/product', { name: 'apple', quantity: 100 });
  await mustPost(url, '/createuser', { email });
  await mustPost(url, '/addtocart', { email, products: { apple: 1 } });
});

afterAll(async () => {
  if (command !== undefined) await compose('down', '--volumes', '--timeout', '5');
});

test('a node that is killed misses a write, comes back as the same node with its volume, and is repaired', async () => {
  const victim = (await containers('dbnode'))[1] ?? '';
  const before = await nodeIds();
  await run('docker', ['kill', victim]);
  await mustPost(url, '/addtocart', { email, products: { apple: 1 } });
  await waitForUp(2);
  await run('docker', ['start', victim]);
  await waitForUp(3);
  expect(await nodeIds()).toEqual(before);
  await get(url, `/user?email=${email}`);
  await waitUntil('every replica to be current', async () => {
    const { body } = await get(url, `/cluster/where?key=${key}`);
    return !JSON.stringify(body).match(/"stale":(true|null)/);
  });
});

test('everything killed and started again has what was acknowledged', async () => {
  const before = await nodeIds();
  await compose('kill');
  await compose('up', '-d', '--scale', 'dbnode=3');
  await waitForUp(3);
  expect(await nodeIds()).toEqual(before);
  expect(await strictCart()).toMatchObject({ cart: { apple: 2 } });
});

test('a restart ends cleanly and loses nothing', async () => {
  await compose('restart');
  await waitForUp(3);
  expect(await strictCart()).toMatchObject({ cart: { apple: 2 } });
});

test('more nodes join and take their share', async () => {
  await compose('up', '-d', '--scale', 'dbnode=5');
  await waitForUp(5);
  await waitUntil('the data to have moved', async () => {
    const { body } = await get(url, '/cluster');
    return JSON.stringify(body).includes('"moving":false');
  });
  const answer = await post(url, '/addtocart?strict=true', { email, products: { apple: 1 } });
  expect(answer.body).toMatchObject({ cart: { apple: 3 } });
});

/** The cart as a quorum holds it, as soon as there is one: registrations outlive containers for a while. */
async function strictCart(): Promise<unknown> {
  let cart: unknown;
  await waitUntil('a quorum to answer', async () => {
    const { status, body } = await get(url, `/user?email=${email}&strict=true`);
    cart = body;
    return status === 200;
  });
  return cart;
}

async function composeCommand(): Promise<readonly string[]> {
  try {
    await run('docker', ['compose', 'version']);
    return ['docker', 'compose'];
  } catch {
    return ['docker-compose'];
  }
}

async function compose(...parameters: string[]): Promise<void> {
  const [file = '', ...first] = command;
  const running = run(file, [...first, '-p', project, ...parameters], { env: environment, maxBuffer: 2 ** 26 });
  // Version 1 waits for ever on an open standard input.
  running.child.stdin?.end();
  await running;
}

async function containers(service: string): Promise<string[]> {
  const filter = `label=com.docker.compose.service=${service}`;
  const { stdout } = await run('docker', [
    'ps',
    '-q',
    '-f',
    `label=com.docker.compose.project=${project}`,
    '-f',
    filter,
  ]);
  return stdout.split('\n').filter(Boolean);
}

async function nodes(): Promise<readonly { readonly id: string; readonly up: boolean }[]> {
  const { body } = await get(url, '/cluster');
  if (typeof body !== 'object' || body === null || !('nodes' in body) || !Array.isArray(body.nodes)) return [];
  return body.nodes;
}

async function nodeIds(): Promise<string[]> {
  return (await nodes()).map(({ id }) => id);
}

async function waitForUp(count: number): Promise<void> {
  await waitUntil(
    `${count} nodes to be up`,
    async () => (await nodes()).filter(({ up }) => up).length === count,
    120_000,
  );
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => {
    server.close(resolve);
  });
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
