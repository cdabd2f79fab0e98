/*
 * A stopped node whose files are damaged: it starts, says what it set aside, and has everything back from the
 * other replicas without a client's read. Meanwhile nobody is shown less than was acknowledged.
 */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { placementGroupOf } from '@trolley/crush';
import { productKey } from '@trolley/records';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { get, mustPost, type Answer } from '../support/client.ts';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { waitUntilInStep } from '../support/in-step.ts';
import { listOf, property } from '../support/json.ts';
import { callNode } from '../support/node-calls.ts';
import { contentsOfAll } from '../support/node-contents.ts';
import { spoil, type Damage } from './spoil.ts';

const NODES = ['node-1', 'node-2', 'node-3'];
const VICTIM = 'node-1';
const HOLDER = 'node-2';
const PG_COUNT = 64;
const PRODUCTS = 12;
const QUANTITY = 7;
const REQUEST_ID = 'damage';
/** How the contents of a node show a product that no client has read. */
const QUIET = '["product:quiet ';
const TEST_TIMEOUT_MS = 60_000;

const damages: readonly Damage[] = ['truncated', 'flipped in one bit', 'emptied', 'deleted'];
let cluster: TestCluster;

beforeAll(async () => {
  cluster = await startCluster({
    nodeEnvironment: { PG_COUNT: String(PG_COUNT) },
    gatewayEnvironment: { PG_COUNT: String(PG_COUNT), NODE_TIMEOUT_MS: '20000' },
  });
});

afterAll(async () => cluster?.stop());

/** A test that failed may have left nodes killed. */
beforeEach(async () => {
  for (const id of NODES) if (cluster.node(id).exited()) await cluster.startNode(id);
  await cluster.waitForUp(NODES);
});

test.each(damages)(
  'I8: placement group files that are %s come back',
  async (damage) => {
    const names = await writeProducts(`in files ${damage}`);
    await cluster.node(VICTIM).stop();
    const groups = new Set(
      [...names.quiet, ...names.split].map((name) => placementGroupOf(productKey(name), PG_COUNT)),
    );
    const files = [...groups].map((pg) => path.join('pg', `${String(pg).padStart(5, '0')}.json`));
    const { restored, intact } = await spoilAndRestart(files, damage, names);
    expect(restored).toEqual(intact);
  },
  TEST_TIMEOUT_MS,
);

test.each(damages)(
  'I8: a journal segment that is %s comes back',
  async (damage) => {
    const names = await writeProducts(`in a segment ${damage}`);
    // The next segment says how much of it counts; a last one that ends early looks like a crash in mid-write.
    for (let life = 1; life <= 2; life += 1) {
      await cluster.node(VICTIM).kill();
      if (life === 1) await cluster.startNode(VICTIM);
    }
    const { restored, intact } = await spoilAndRestart(await segmentsWith(names.quiet), damage, names);
    expect(restored).toEqual(intact);
  },
  TEST_TIMEOUT_MS,
);

test.each(damages)(
  'I8: a checkpoint.json that is %s costs nothing',
  async (damage) => {
    const names = await writeProducts(`with a manifest ${damage}`);
    await cluster.node(VICTIM).stop();
    const { restored, intact } = await spoilAndRestart(['checkpoint.json'], damage, names);
    expect(restored).toEqual(intact);
  },
  TEST_TIMEOUT_MS,
);

/** Products of one test. */
interface Names {
  /** On all nodes, and never read by a client. */
  readonly quiet: readonly string[];
  /** On the node to be damaged and on one other: a quorum, of which the third node knows nothing. */
  readonly split: readonly string[];
}

async function writeProducts(where: string): Promise<Names> {
  const numbered = (kind: string) => Array.from({ length: PRODUCTS }, (_, index) => `${kind} ${index} ${where}`);
  const names = { quiet: numbered('quiet'), split: numbered('split') };
  for (const name of names.quiet) {
    await mustPost(cluster.url, '/product?w=all&strict=true', { name, quantity: QUANTITY });
  }
  const epoch = Number(property((await get(cluster.url, '/cluster')).body, 'epoch'));
  await using victim = callNode(cluster.node(VICTIM), 1, epoch);
  await using holder = callNode(cluster.node(HOLDER), 1, epoch);
  const change = { action: { type: 'add-to-product', quantity: QUANTITY } } as const;
  for (const name of names.split) {
    const { record } = await victim.change(0, productKey(name), change, REQUEST_ID);
    await holder.client(0).merge(productKey(name), record, REQUEST_ID);
  }
  return names;
}

/** What the node and another hold in the end of the products that no client has read. */
interface Contents {
  readonly restored: readonly string[];
  readonly intact: readonly string[];
}

async function spoilAndRestart(files: readonly string[], damage: Damage, names: Names): Promise<Contents> {
  expect(files.length).toBeGreaterThan(0);
  for (const file of files) await spoil(path.join(cluster.dataDirOf(VICTIM), file), damage);
  // With the one other holder away, two of three answer, and neither knows: nobody may conclude that nothing is there.
  await cluster.node(HOLDER).kill();
  await cluster.startNode(VICTIM);
  await cluster.waitForUp(NODES.filter((id) => id !== HOLDER));
  for (const name of names.split) expect(await read(name)).toMatchObject({ status: 503 });
  await cluster.startNode(HOLDER);
  await cluster.waitForUp(NODES);
  for (const name of names.split) {
    expect(await read(name)).toMatchObject({ status: 200, body: { name, quantity: QUANTITY } });
  }
  await waitUntilInStep(cluster, NODES);
  await expectReport(files, damage);
  const contents = await contentsOfAll(cluster);
  const quietOn = (nodeId: string) => (contents.get(nodeId) ?? []).filter((entry) => entry.startsWith(QUIET));
  const intact = quietOn(HOLDER);
  expect(intact.length).toBeGreaterThanOrEqual(names.quiet.length);
  return { restored: quietOn(VICTIM), intact };
}

/** A strict read, which a quorum stands behind. */
async function read(name: string): Promise<Answer> {
  return get(cluster.url, `/product?name=${encodeURIComponent(name)}&strict=true`);
}

/** The node says of each file what is wrong with it, and where it put what was left of it. */
async function expectReport(files: readonly string[], damage: Damage): Promise<void> {
  const recovery = property((await get(cluster.node(VICTIM).url, '/status')).body, 'recovery');
  const setAside = listOf(recovery, 'setAside').map(({ reason }) => String(reason));
  const doubts = JSON.stringify(property(recovery, 'doubts'));
  for (const file of files) {
    expect(doubts).toContain(path.basename(file));
    expect(setAside.some((reason) => reason.startsWith(path.basename(file)))).toBe(damage !== 'deleted');
  }
}

/** The node's journal segments in which these products stand. */
async function segmentsWith(names: readonly string[]): Promise<readonly string[]> {
  const folder = path.join(cluster.dataDirOf(VICTIM), 'journal');
  const found: string[] = [];
  for (const segment of await readdir(folder)) {
    const text = await readFile(path.join(folder, segment), 'latin1');
    if (names.some((name) => text.includes(name))) found.push(path.join('journal', segment));
  }
  return found;
}
