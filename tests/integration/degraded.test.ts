/*
 * What r, w and strict mean while replicas are away: who is served, what the reply says, who is refused.
 * And a node that hangs, which is worse than one that is dead: it must slow nobody down for long.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { get, mustPost, post, type Answer } from '../support/client.ts';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { isObject } from '../support/json.ts';
import { waitUntil } from '../support/wait-until.ts';
import { coordinatorOf, replicasOf } from '../support/where.ts';

const REPLICAS = 3;
const QUORUM = 2;
const EMAIL = 'ann@example.com';
const KEY = `user:${EMAIL}`;
const ADDITION = { email: EMAIL, products: { apple: 1 } };
const LEVELS = ['one', 'quorum', 'all', '1', '2', '3', undefined] as const;

const HUNG_ROUNDS = 20;
const HUNG_MEDIAN_MAX_MS = 1_000;

type Level = (typeof LEVELS)[number];

let cluster: TestCluster;

beforeAll(async () => {
  cluster = await startCluster();
  await mustPost(cluster.url, '/product', { name: 'apple', quantity: 1 });
  await mustPost(cluster.url, '/createuser', { email: EMAIL });
});

afterAll(async () => cluster?.stop());

describe.each([3, 2, 1])('with %i of 3 replicas alive', (live) => {
  beforeAll(async () => {
    const replicas = await replicasOf(cluster.url, KEY);
    // The coordinator of all writes so far goes first.
    const victims = replicas.map(({ node }) => node).slice(0, REPLICAS - live);
    for (const id of victims) if (!cluster.node(id).exited()) await cluster.node(id).kill();
    await cluster.waitForUp(replicas.map(({ node }) => node).slice(REPLICAS - live));
  });

  test.each(LEVELS)('a read with r=%s', async (r) => {
    const enough = live >= required(r);
    const path = `/user?email=${EMAIL}${parameter('r', r)}`;
    expectServed(await get(cluster.url, path), enough);
    expectStrict(await get(cluster.url, `${path}&strict=true`), enough);
  });

  test.each(LEVELS)('a write with w=%s', async (w) => {
    // A write reads first, and one that found too few must not pass for a full one.
    const enough = live >= Math.max(required(w), QUORUM);
    const path = `/addtocart?strict=false${parameter('w', w)}`;
    expectServed(await post(cluster.url, path, ADDITION), enough);
    const before = await versionsOf();
    const strict = await post(cluster.url, path.replace('false', 'true'), ADDITION);
    expectStrict(strict, enough);
    const mayHaveChanged = strict.status === 200;
    expect(mayHaveChanged ? before : await versionsOf()).toEqual(before);
  });

  test.each(LEVELS)('a write with r=%s and w=one', async (r) => {
    const enough = live >= required(r);
    const path = `/addtocart?w=one&strict=false${parameter('r', r)}`;
    expectServed(await post(cluster.url, path, ADDITION), enough);
    expectStrict(await post(cluster.url, path.replace('false', 'true'), ADDITION), enough);
  });

  test('a listing', async () => {
    const enough = live >= QUORUM;
    expectServed(await get(cluster.url, '/userslist'), enough);
    expectStrict(await get(cluster.url, '/userslist?strict=true'), enough);
  });

  test('more replicas than there are cannot be asked for', async () => {
    expect((await get(cluster.url, `/user?email=${EMAIL}&r=4`)).body).toMatchObject({ errors: [{ field: 'r' }] });
    expect((await post(cluster.url, '/addtocart?w=4', ADDITION)).body).toMatchObject({ errors: [{ field: 'w' }] });
  });

  /** Served either way; the header says how well. */
  function expectServed({ status, headers }: Answer, enough: boolean): void {
    expect(status).toBe(200);
    const [, answered, note] = /^(\d)\/3(.*)$/.exec(headers.get('trolley-quorum') ?? '') ?? [];
    expect(Number(answered)).toBeLessThanOrEqual(live);
    expect(note).toBe(enough ? '' : '; degraded');
  }
});

/** Served in full, or not at all. */
function expectStrict({ status, body, headers }: Answer, enough: boolean): void {
  const code = isObject(body) ? body['code'] : undefined;
  const seen = { status, code, isDegraded: headers.get('trolley-quorum')?.includes('degraded') };
  const served = { status: 200, code: undefined, isDegraded: false };
  const refused = { status: 503, code: 'QUORUM_NOT_MET', isDegraded: undefined };
  expect(seen).toEqual(enough ? served : refused);
  expect(headers.has('retry-after')).toBe(!enough);
}

test('all that was written while replicas were away is on them soon after they are back', async () => {
  for (const [id, node] of cluster.nodes) if (node.exited()) await cluster.startNode(id);
  await cluster.waitForUp([...cluster.nodes.keys()]);
  await waitUntil('all replicas to be current', async () => {
    expect((await get(cluster.url, `/user?email=${EMAIL}`)).status).toBe(200);
    return (await replicasOf(cluster.url, KEY)).every(({ stale }) => stale === false);
  });
});

describe.each(['the coordinator', 'another replica'])('while %s hangs', (which) => {
  test('reads and writes go on, and fast; it is repaired once it goes on', async () => {
    const coordinator = await coordinatorOf(cluster.url, KEY);
    const others = (await replicasOf(cluster.url, KEY)).filter(({ node }) => node !== coordinator);
    const hung = which === 'the coordinator' ? coordinator : (others[0]?.node ?? '');
    cluster.node(hung).signal('SIGSTOP');
    const tookMs: number[] = [];
    try {
      for (let round = 0; round < HUNG_ROUNDS; round += 1) {
        tookMs.push(await timed(async () => expectDone(await post(cluster.url, '/addtocart', ADDITION))));
        tookMs.push(await timed(async () => expectDone(await get(cluster.url, `/user?email=${EMAIL}`))));
      }
    } finally {
      cluster.node(hung).signal('SIGCONT');
    }
    expect(medianOf(tookMs)).toBeLessThan(HUNG_MEDIAN_MAX_MS);

    await cluster.waitForUp([...cluster.nodes.keys()]);
    await waitUntil(`${hung} to be repaired`, async () => {
      expectDone(await get(cluster.url, `/user?email=${EMAIL}`));
      return (await replicasOf(cluster.url, KEY)).every(({ stale }) => stale === false);
    });
  });
});

function required(level: Level): number {
  return { one: 1, quorum: QUORUM, all: REPLICAS, 1: 1, 2: 2, 3: 3 }[level ?? 'quorum'];
}

function parameter(name: string, level: Level): string {
  return level === undefined ? '' : `&${name}=${level}`;
}

async function versionsOf(): Promise<readonly (number | null)[]> {
  return (await replicasOf(cluster.url, KEY)).map(({ version }) => version);
}

function expectDone({ status, headers }: Answer): void {
  expect(status).toBe(200);
  expect(headers.get('trolley-quorum')).not.toContain('degraded');
}

async function timed(action: () => Promise<void>): Promise<number> {
  const startMs = performance.now();
  await action();
  return performance.now() - startMs;
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
