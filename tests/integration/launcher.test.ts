/*
 * `trolley up` and the commands beside it, as a newcomer runs them in an empty folder: ready line, sample
 * data, a node killed and restarted, refusals in words, an orderly end, data that stays, no orphans.
 */
import { access, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { get, mustPost } from '../support/client.ts';
import { listOf, property } from '../support/json.ts';
import { launch, processesIn, trolley, type Finished, type Launcher } from '../support/launcher.ts';
import { waitUntil } from '../support/wait-until.ts';

const SAMPLE_SHOP = path.resolve(import.meta.dirname, '../../packages/cli/data/sample-shop.json');
const NODES = ['node-1', 'node-2', 'node-3'];
/** The launcher, three nodes and a gateway. */
const PROCESSES = 5;
const TEST_TIMEOUT_MS = 120_000;

let folder: string;
let launcher: Launcher;
/** Of the gateway of the launcher that runs. */
let shopUrl: string;
let sample: { readonly products: number; readonly users: number };

beforeAll(async () => {
  const shop: unknown = JSON.parse(await readFile(SAMPLE_SHOP, 'utf8'));
  sample = { products: listOf(shop, 'products').length, users: listOf(shop, 'users').length };
  folder = await mkdtemp(path.join(await realpath(tmpdir()), 'trolley-launcher-'));
  await start();
}, TEST_TIMEOUT_MS);

afterAll(async () => {
  if (launcher?.running()) await launcher.end('SIGTERM');
  await rm(folder, { recursive: true, force: true });
});

describe('a first start in an empty folder', () => {
  test('says where the shop and its data are, and what runs', async () => {
    const { stdout, stderr } = launcher.output();
    expect(stderr).not.toMatch(/error|warning/i);
    expect(stdout).toContain(`data              ${path.join(folder, '.trolley')}`);
    expect(stdout).toContain(`sample data       ${sample.products} products and ${sample.users} users`);
    expect(rowsOf(stdout, 'node').map(([id]) => id)).toEqual(NODES);
    expect(await processesIn(folder)).toHaveLength(PROCESSES);
  });

  test('has filled the shop', async () => {
    expect(sample).toMatchObject({ products: expect.any(Number), users: expect.any(Number) });
    expect((await get(shopUrl, '/productslist')).body).toHaveLength(sample.products);
    const { body: users } = await get(shopUrl, '/userslist');
    expect(users).toHaveLength(sample.users);
    expect(JSON.stringify(users)).toMatch(/"cart":\{"/);
  });

  test('serves its documents', async () => {
    expect((await get(shopUrl, '/docs')).status).toBe(200);
    expect((await get(shopUrl, '/openapi.json')).body).toMatchObject({ openapi: expect.any(String) });
  });
});

describe('the commands beside it', () => {
  test('status tells the nodes and gateways, in lines and in JSON', async () => {
    const plain = await succeed(['status']);
    expect(rowsOf(plain.stdout, 'node').map(([id, state, data]) => [id, state, data])).toEqual(
      NODES.map((id) => [id, 'up', 'in']),
    );
    expect(rowsOf(plain.stdout, 'gateway').map(([, url]) => url)).toEqual([shopUrl]);
    const status: unknown = JSON.parse((await succeed(['status', '--json'])).stdout);
    expect(listOf(status, 'nodes').map(({ id, up }) => [id, up])).toEqual(NODES.map((id) => [id, true]));
  });

  test('where tells the replicas of a key, in lines and in JSON', async () => {
    const plain = await succeed(['where', 'product:orange']);
    expect(rowsOf(plain.stdout, 'key')).toHaveLength(1);
    expect(new Set(rowsOf(plain.stdout, 'replica').map(([id]) => id))).toEqual(new Set(NODES));
    const where: unknown = JSON.parse((await succeed(['where', 'product:orange', '--json'])).stdout);
    expect(where).toMatchObject({ key: 'product:orange' });
    expect(listOf(where, 'replicas')).toHaveLength(NODES.length);
  });

  test('kill and restart take a node away and bring it back with its data', async () => {
    await mustPost(shopUrl, '/createuser', { email: 'kim@example.com' });
    const before = await processesIn(folder);
    await succeed(['kill', 'node-2']);
    expect(stateOf('node-2', await succeed(['status']))).toBe('down');
    await mustPost(shopUrl, '/addtocart', { email: 'kim@example.com', products: { orange: 1 } });

    const restarted: unknown = JSON.parse((await succeed(['restart', 'node-2', '--json'])).stdout);
    expect(restarted).toMatchObject({ node: 'node-2', action: 'restart', up: true });
    expect(stateOf('node-2', await succeed(['status']))).toBe('up');
    const { body: products } = await get(String(property(restarted, 'url')), '/productslist');
    expect(products).toHaveLength(sample.products);
    const after = await processesIn(folder);
    expect(after).toHaveLength(PROCESSES);
    expect(after.filter((pid) => !before.includes(pid))).toHaveLength(1);
    expect(launcher.output().stderr).toContain('node-2 was killed');
  });

  test('seed leaves what is there alone, and adds what is not', async () => {
    const again: unknown = JSON.parse((await succeed(['seed', 'shop', '--json'])).stdout);
    expect(again).toEqual({
      products: { created: 0, kept: sample.products },
      users: { created: 0, kept: sample.users },
    });
    const file = path.join(folder, 'more.json');
    await writeFile(file, '{"products": [{"name": "kumquat", "quantity": 3}], "users": []}');
    expect((await succeed(['seed', file])).stdout).toMatch(/^Seeded 1 product and 0 users/);
    expect((await get(shopUrl, '/product?name=kumquat')).body).toMatchObject({ quantity: 3 });
  });

  test.each([
    ['a key that is none', ['where', 'orange'], 2, /not a key/],
    ['a node that is none', ['kill', 'node-9'], 1, /node-9/],
    ['a file that is not there', ['seed', 'missing.json'], 1, /missing\.json/],
    ['a command that is none', ['dance'], 2, /unknown command/],
    ['an option that is none', ['status', '--fast'], 2, /unknown option/],
    ['a number of nodes that is none', ['up', '--nodes', '0'], 2, /whole number/],
  ])('%s is refused in one clear line', async (_, words, code, message) => {
    const refused = await trolley(folder, words, shopUrl);
    expect(refused).toMatchObject({ code, stdout: '' });
    expect(refused.stderr).toMatch(message);
    expect(refused.stderr).not.toMatch(/^\s+at /m);
  });

  test('help teaches, and succeeds', async () => {
    const { stdout } = await succeed(['--help']);
    for (const command of ['up', 'status', 'where', 'seed', 'kill', 'restart']) expect(stdout).toContain(command);
  });
});

describe('a second start', () => {
  test('on the same data while the first runs is refused', async () => {
    const refused = await trolley(folder, ['up', '--port', '0']);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('already running on this data directory');
    expect(refused.stderr).toContain(`process ${launcher.pid}, ${shopUrl}`);
    expect((await get(shopUrl, '/readyz')).status).toBe(200);
  });

  test('on a port that is taken is refused, and leaves nothing behind', async () => {
    const { port } = new URL(shopUrl);
    const refused = await trolley(folder, ['up', '--port', port, '--data', 'other']);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(`Port ${port} is in use`);
    await expect(access(path.join(folder, 'other', 'launcher.json'))).rejects.toThrow('ENOENT');
  });
});

describe('the end', () => {
  test(
    'SIGTERM ends everything in order; the data is there at the next start, and not seeded twice',
    async () => {
      await mustPost(shopUrl, '/createuser', { email: 'lee@example.com' });
      await mustPost(shopUrl, '/addtocart', { email: 'lee@example.com', products: { orange: 4 } });
      const before = await contents();

      const { code, stderr } = await launcher.end('SIGTERM');
      expect(code).toBe(0);
      expect(stderr).toContain('Stopped.');
      expect(await processesIn(folder)).toEqual([]);
      expect((await trolley(folder, ['status'], shopUrl)).stderr).toContain('No gateway answers');

      await start();
      expect(launcher.output().stdout).not.toContain('sample data');
      expect(await contents()).toEqual(before);
    },
    TEST_TIMEOUT_MS,
  );

  test(
    'kill -9 leaves no orphans, and the next start has the data',
    async () => {
      const before = await contents();
      expect(await processesIn(folder)).toHaveLength(PROCESSES);

      await launcher.end('SIGKILL');
      await waitUntil('the children to end', async () => (await processesIn(folder)).length === 0);

      await start();
      expect(await contents()).toEqual(before);
    },
    TEST_TIMEOUT_MS,
  );

  test(
    'kill -9 just after the start, while nothing serves yet, leaves no orphans either',
    async () => {
      await launcher.end('SIGTERM');
      launcher = launch(folder, ['--port', '0']);
      await waitUntil('a first child to be started', async () => (await processesIn(folder)).length > 1);
      await launcher.end('SIGKILL');
      await waitUntil('the children to end', async () => (await processesIn(folder)).length === 0);

      await start();
    },
    TEST_TIMEOUT_MS,
  );
});

async function start(): Promise<void> {
  launcher = launch(folder, ['--port', '0']);
  shopUrl = await launcher.ready();
}

async function succeed(words: readonly string[]): Promise<Finished> {
  const finished = await trolley(folder, words, shopUrl);
  expect(finished, finished.stderr).toMatchObject({ code: 0 });
  return finished;
}

/** The lines of one kind in plain output, each as its cells. */
function rowsOf(output: string, kind: string): string[][] {
  return output
    .split('\n')
    .map((line) => line.split('\t'))
    .filter(([first, ...cells]) => first === kind && cells.length > 0)
    .map(([, ...cells]) => cells);
}

function stateOf(node: string, { stdout }: Finished): string | undefined {
  return rowsOf(stdout, 'node').find(([id]) => id === node)?.[1];
}

async function contents(): Promise<readonly unknown[]> {
  return Promise.all(
    ['/productslist', '/userslist'].map(async (listing) => (await get(shopUrl, `${listing}?r=all`)).body),
  );
}
