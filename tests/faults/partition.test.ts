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
import { createSplitNetwork, type SplitNetwork } from '../support/split-network.ts';
import { waitUntil } from '../support/wait-until.ts';
import { InterruptedWrites } from './interrupted-writes.ts';
import { LINES } from './shop-keys.ts';
import { carryOut, drawPlans, listedBy, textOf, type Plan } from './two-sides.ts';

const KEYS = numberSetting('PARTITION_KEYS', 1_000);
const SEED = numberSetting('PARTITION_SEED', freshSeed());
const INTERRUPTED = 200;
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
  `both sides of a partition write the same keys, and agree when it heals: registry %s, %i carts (PARTITION_SEED=${SEED})`,
  async (registry, keys) => {
    const { split, running, left, right } = await startOnTwoSides();
    const plans = drawPlans(keys, SEED);
    expectEveryKind(plans);
    const interrupted = new InterruptedWrites(INTERRUPTED);
    await prepare([left, right], plans, interrupted);
    await waitUntilNodesAgree(running);

    const interruption = interrupted.start(left, async () => split.cut(registry));
    const [leftQuorums, rightQuorums] = await Promise.all([
      interruption.then(async () => carryOut(left, plans, 'left')),
      interruption.then(async () => carryOut(right, plans, 'right')),
    ]);
    await interrupted.writeElsewhere(right);
    await interrupted.settled();
    expect([...leftQuorums.keys()]).toEqual(['1/3; degraded']);
    expect([...rightQuorums.keys()]).toEqual(['2/3']);
    const isUp = registry === 'reachable from both';
    await waitUntil(`node-1 to be ${isUp ? 'up' : 'down'} on the right`, async () => (await sees(right)) === isUp);

    await split.heal();
    const healedMs = performance.now();
    const contents = await converged(running);
    const tookMs = Math.round(performance.now() - healedMs);
    report(`the registry was ${registry}; ${contents.length} keys agreed ${tookMs} ms after the partition healed`);
    for (const url of [left, right]) {
      const listed = await listedBy(url);
      const wrong = plans.filter(({ key, held }) => listed.get(`${key.kind} ${key.name}`) !== textOf(held.end));
      expect(
        wrong.map(({ key, held, left: onLeft, right: onRight }) => ({
          ...key,
          was: listed.get(`${key.kind} ${key.name}`),
          should: textOf(held.end),
          before: textOf(held.before),
          onLeft,
          onRight,
        })),
      ).toEqual([]);
      expect(interrupted.violations(listed)).toEqual([]);
    }
    // Nothing that was under way when the sides were parted comes to pass later.
    expect(await converged(running)).toEqual(contents);
  },
  TEST_TIMEOUT_MS,
);

/** Two gateways and three nodes, parted as they can be. */
async function startOnTwoSides() {
  network = await createSplitNetwork();
  report(`the sides are parted by ${network.means}`);
  const sideOf = (id: string) => (LEFT.has(id) ? 'left' : 'right');
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
  const was = ({ held }: Plan) => held.before !== undefined;
  expect(count((plan) => was(plan) && plan.right.length === 0 && plan.held.left === undefined)).toBeGreaterThan(least);
  expect(count((plan) => was(plan) && plan.left.length === 0 && plan.held.right === undefined)).toBeGreaterThan(least);
  const isDeletedAgainstWrite = ({ held, left, right }: Plan) =>
    (held.left === undefined && right.length > 0 && held.right !== undefined) ||
    (held.right === undefined && left.length > 0 && held.left !== undefined);
  expect(count((plan) => was(plan) && isDeletedAgainstWrite(plan))).toBeGreaterThan(least);
  expect(
    count(({ held, left, right }) => left.length > 0 && right.length > 0 && textOf(held.left) !== textOf(held.right)),
  ).toBeGreaterThan(10 * least);
  const isLineGone = ({ held }: Plan) => [...(held.before?.keys() ?? [])].some((line) => held.end?.has(line) === false);
  expect(count((plan) => plan.key.kind === 'cart' && isLineGone(plan))).toBeGreaterThan(3 * least);
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
