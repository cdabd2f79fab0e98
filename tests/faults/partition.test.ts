/*
 * A partition between {gateway 1, node 1} and {gateway 2, nodes 2 and 3}, in network namespaces: both sides go on, and
 * when it heals all replicas come to hold the same bytes without a read by anyone, and what they should: of what was
 * written concurrently each cart line's maximum and each product's minimum, and nothing that was removed or deleted by
 * who had seen it. PARTITION_KEYS says how many carts, and as many products; PARTITION_SEED repeats what is drawn.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { get, mustPost } from '../support/client.ts';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { listOf } from '../support/json.ts';
import { contentsOfAll, waitUntilNodesAgree } from '../support/node-contents.ts';
import { freshSeed, numberSetting } from '../support/number-setting.ts';
import { createSplitNetwork, type Side, type SplitNetwork } from '../support/split-network.ts';
import { waitUntil } from '../support/wait-until.ts';
import { InterruptedWrites } from './interrupted-writes.ts';
import { LINES } from './shop-keys.ts';
import { carryOut, drawPlans, listedBy, nameOf, textOf, type Plan } from './two-sides.ts';

const KEYS = numberSetting('PARTITION_KEYS', 1_000);
const SEED = numberSetting('PARTITION_SEED', freshSeed());
const INTERRUPTED = 60;
const TEST_TIMEOUT_MS = 180_000;
const CONVERGENCE_TIMEOUT_MS = 60_000;
const LEFT = new Set(['gateway-1', 'node-1']);

let network: SplitNetwork | undefined;
let cluster: TestCluster | undefined;
afterEach(async () => {
  await cluster?.stop();
  cluster = undefined;
  await network?.close();
  network = undefined;
});

test.each([
  ['reachable from both', KEYS],
  ['reachable from the right', Math.ceil(KEYS / 5)],
] as const)(
  `I17: both sides of a partition write the same keys, and agree when it heals: registry %s, %i carts (PARTITION_SEED=${SEED})`,
  async (registry, keys) => {
    const { split, running, left, right } = await startOnTwoSides();
    const plans = drawPlans(keys, SEED);
    expectEveryKind(drawPlans(Math.max(keys, 200), SEED));
    const interrupted = new InterruptedWrites(INTERRUPTED);
    await prepare([left, right], plans, interrupted);
    await waitUntilNodesAgree(running);

    const cutMs = performance.now();
    await split.cut(registry);
    await Promise.all([interrupted.write(right), interrupted.writeElsewhere(left)]);
    const [leftQuorums, rightQuorums] = await Promise.all([
      carryOut(left, plans, 'left'),
      carryOut(right, plans, 'right'),
    ]);
    expect([...leftQuorums.keys()]).toEqual(['1/3; degraded']);
    expect([...rightQuorums.keys()]).toEqual(['2/3']);
    const isUp = registry === 'reachable from both';
    await waitUntil(`node-1 to be ${isUp ? 'up' : 'down'} on the right`, async () => (await sees(right)) === isUp);

    await split.heal();
    const healedMs = performance.now();
    const contents = await converged(running);
    const tookMs = Math.round(performance.now() - healedMs);
    report(`the sides wrote apart for ${Math.round(healedMs - cutMs)} ms`);
    report(`the registry was ${registry}; ${contents.length} keys agreed ${tookMs} ms after the partition healed`);
    // What the network kept is delivered as late as that: nobody may do it any more.
    await waitUntil('all that was sent to be delivered', async () => split.isDelivered());
    expect(await converged(running)).toEqual(contents);
    for (const url of [left, right]) {
      const listed = await listedBy(url);
      expect(plans.filter((plan) => listed.get(nameOf(plan)) !== textOf(plan.held.end))).toEqual([]);
      expect(interrupted.violations(listed)).toEqual([]);
    }
  },
  TEST_TIMEOUT_MS,
);

/** Two gateways and three nodes, parted as they can be. */
async function startOnTwoSides() {
  network = await createSplitNetwork();
  report(`the sides are parted by ${network.means}`);
  const options = { registry: 'zookeeper', network: { split: network, sideOf } } as const;
  cluster = await startCluster(options);
  const second = await cluster.startGateway();
  await waitUntil('the second gateway to be ready', async () => (await fetch(`${second.url}/readyz`)).ok);
  await cluster.waitForUp([...cluster.nodes.keys()]);
  return { split: network, running: cluster, left: cluster.url, right: second.url };
}

async function prepare(urls: readonly string[], plans: readonly Plan[], interrupted: InterruptedWrites): Promise<void> {
  const [first = ''] = urls;
  for (const name of LINES) await mustPost(first, '/product', { name, quantity: 1 });
  await interrupted.prepare(first);
  await Promise.all(
    urls.map(async (url, side) => {
      const own = plans.filter((_, index) => index % urls.length === side);
      await carryOut(url, own, 'before');
    }),
  );
}

/** Whatever can happen to a key has been drawn often. */
function expectEveryKind(plans: readonly Plan[]): void {
  const least = plans.length / 100;
  const count = (isSuch: (plan: Plan) => boolean) => plans.filter(isSuch).length;
  expect(count(({ held, right }) => right.length === 0 && isDeleted(held, 'left'))).toBeGreaterThan(least);
  expect(count(({ held, left }) => left.length === 0 && isDeleted(held, 'right'))).toBeGreaterThan(least);
  expect(count(isDeletedAgainstWrite)).toBeGreaterThan(least);
  expect(count(isWrittenApart)).toBeGreaterThan(10 * least);
  expect(count(isLineGone)).toBeGreaterThan(3 * least);
}

function isDeleted(held: Plan['held'], side: 'left' | 'right'): boolean {
  return held.before !== undefined && held[side] === undefined;
}

function isDeletedAgainstWrite({ held, left, right }: Plan): boolean {
  const onLeft = isDeleted(held, 'left') && right.length > 0 && held.right !== undefined;
  return onLeft || (isDeleted(held, 'right') && left.length > 0 && held.left !== undefined);
}

function isWrittenApart({ held, left, right }: Plan): boolean {
  return left.length > 0 && right.length > 0 && textOf(held.left) !== textOf(held.right);
}

function isLineGone({ key, held }: Plan): boolean {
  return key.kind === 'cart' && [...(held.before?.keys() ?? [])].some((line) => held.end?.has(line) === false);
}

function sideOf(id: string): Side {
  return LEFT.has(id) ? 'left' : 'right';
}

/** Whether a gateway takes node 1 for up. */
async function sees(url: string): Promise<boolean> {
  const nodes = listOf((await get(url, '/cluster')).body, 'nodes');
  return nodes.some(({ id, up }) => id === 'node-1' && up === true);
}

/** Waits until all nodes hold the same bytes. Looks seldom: it is a full listing of each node. */
async function converged(running: TestCluster): Promise<readonly string[]> {
  let agreed: readonly string[] = [];
  await waitUntil(
    'all nodes to hold the same',
    async () => {
      const [first = [], ...others] = (await contentsOfAll(running)).values();
      agreed = first;
      const isSo = others.every((contents) => contents.join('\n') === first.join('\n'));
      if (!isSo) await delay(100);
      return isSo;
    },
    CONVERGENCE_TIMEOUT_MS,
  );
  return agreed;
}

function report(line: string): void {
  process.stdout.write(`partition: ${line}\n`);
}
