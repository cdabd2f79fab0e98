/*
 * The five stress tests through three gateways, on real processes with a real ZooKeeper: undisturbed, and while nodes
 * and gateways are killed with -9 every few seconds. Their verdicts must all pass.
 *
 * STRESS=full runs them at their full sizes; STRESS_SEED repeats the draws of a run that failed.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { isFullSize, SIZED_TIMEOUT_MS, tell } from '../support/full-size.ts';
import { property } from '../support/json.ts';
import { freshSeed, numberSetting } from '../support/number-setting.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { runTrolley } from '../support/trolley-command.ts';
import { whileProcessesDie } from './deaths.ts';

const SEED = numberSetting('STRESS_SEED', freshSeed());
interface Stress {
  readonly number: number;
  /** What it is cut down to when the run is a short one. */
  readonly shortSize: number;
}

const TESTS: readonly Stress[] = [
  { number: 1, shortSize: 200 },
  { number: 2, shortSize: 150 },
  { number: 3, shortSize: 40 },
  { number: 4, shortSize: 80 },
  { number: 5, shortSize: 20 },
];
/** A full one has the cluster for itself; short ones share it. */
const GROUPS = (isFullSize ? TESTS.map((each) => [each]) : [TESTS]).map((group) => {
  return { names: group.map(({ number }) => number).join(', '), group };
});

let cluster: TestCluster;
const random = seededRandom(SEED);

beforeAll(async () => {
  cluster = await startCluster({
    registry: 'zookeeper',
    gateways: 3,
    nodeEnvironment: { CHECKPOINT_JOURNAL_BYTES: '262144' },
    // A busy machine must not look like a node that is dead: those that are, refuse connections.
    gatewayEnvironment: { NODE_TIMEOUT_MS: '20000' },
  });
});

afterAll(async () => {
  await cluster?.stop();
});

describe('undisturbed', () => {
  test.each(GROUPS)(
    'I30, I31, I33, I34: every claim is kept: stress test $names',
    async ({ group }) => expectKept(group),
    SIZED_TIMEOUT_MS,
  );
});

describe(`while nodes and gateways are killed (STRESS_SEED=${SEED})`, () => {
  test.each(GROUPS)(
    'I30, I31, I33, I34: every claim is kept: stress test $names',
    async ({ group }) => {
      const { deaths } = await whileProcessesDie(cluster, random, 2, async () => expectKept(group));
      tell(`  killed meanwhile: ${deaths.nodes} nodes, ${deaths.gateways} gateways`);
      expect(deaths.nodes).toBeGreaterThan(0);
    },
    SIZED_TIMEOUT_MS,
  );
});

async function expectKept(group: readonly Stress[]): Promise<void> {
  await Promise.all(group.map(expectOneKept));
}

async function expectOneKept({ number, shortSize }: Stress): Promise<void> {
  const size = isFullSize ? [] : ['--size', String(shortSize)];
  const urls = cluster.gateways.map(({ url }) => url).join(',');
  const words = ['stress', String(number), '--json', '--gateways', urls, ...size];
  const { code, out, error } = await runTrolley(words, AbortSignal.timeout(SIZED_TIMEOUT_MS));
  expect(error).toBe('');
  const report: unknown = JSON.parse(out);
  tell(reportLine(report));
  expect(report).toMatchObject({ passed: true, violations: [], itemsLeft: [] });
  expect(code).toBe(0);
}

function reportLine(report: unknown): string {
  const show = (...path: string[]) => JSON.stringify(path.reduce(property, report));
  return (
    `Stress test ${show('test')} of ${show('size')} ${show('unit')}: passed ${show('passed')}, ` +
    `${show('requestsPerSecond')} requests/s, p50 ${show('latency', 'p50Ms')} ms, p99 ${show('latency', 'p99Ms')} ms, ` +
    `most ${show('latency', 'maxMs')} ms, ${show('outcomes')}`
  );
}
