/*
 * A node killed with -9 at random moments under load, in the middle of checkpoints too, and started again on
 * the same data: every write that it acknowledged is there, and nothing that was never written.
 *
 * KILL_ROUNDS says how many times (100 take about a minute and a half; `.ci/run` does these); KILL_SEED repeats the draws of a failed run.
 */
import { watch } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { callNode, type NodeCalls } from '../support/node-calls.ts';
import { freshSeed, numberSetting } from '../support/number-setting.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { RegisterLoad } from './register-load.ts';

const ROUNDS = numberSetting('KILL_ROUNDS', 40);
const SEED = numberSetting('KILL_SEED', freshSeed());
const ROUND_TIMEOUT_MS = 20_000;
const NODE = 'node-1';
/** Clients of the node, each with one batch of writes and one of reads under way. */
const CLIENTS = 4;
/** A kill comes at the latest after so many acknowledged writes, or so many files of a checkpoint. */
const WRITES_MAX = 1_000;
const FILES_MAX = 40;

let cluster: TestCluster;

beforeAll(async () => {
  cluster = await startCluster({
    nodes: 1,
    gateways: 0,
    nodeEnvironment: { CHECKPOINT_JOURNAL_BYTES: '65536', PG_COUNT: '64' },
  });
});

afterAll(async () => cluster?.stop());

test(
  `I1: no acknowledged write is missing after a kill -9 (${ROUNDS} rounds, KILL_SEED=${SEED})`,
  async () => {
    const random = seededRandom(SEED);
    const load = new RegisterLoad();
    let checkpointsCutShort = 0;
    await callTheNode((calls) => load.begin(calls));
    for (let round = 1; round <= ROUNDS; round += 1) {
      await killUnderLoad(load, random);
      checkpointsCutShort += Number(await isCheckpointCutShort());
      const { ready } = await cluster.startNode(NODE);
      // A crash is not damage: nothing is set aside, or waits for other replicas.
      expect(ready['recovery']).toMatchObject({ setAside: [], incompleteGroups: [] });
      await callTheNode((calls) => load.settle(calls));
    }
    expect(load.carts.acknowledgements).toBeGreaterThan(ROUNDS);
    expect(load.stocks.acknowledgements).toBeGreaterThan(ROUNDS);
    // Half of the kills aim at checkpoints; that none of many hits one would mean that this no longer works.
    expect(checkpointsCutShort).toBeGreaterThanOrEqual(ROUNDS >= 25 ? 1 : 0);
  },
  ROUNDS * ROUND_TIMEOUT_MS,
);

async function callTheNode(act: (calls: NodeCalls) => Promise<void>): Promise<void> {
  await using calls = callNode(cluster.node(NODE), CLIENTS);
  await act(calls);
}

/** Kills the node at a drawn moment: just as it acknowledged a write, or as it made a file for a checkpoint. */
async function killUnderLoad(load: RegisterLoad, random: () => number): Promise<void> {
  const node = cluster.node(NODE);
  await using calls = callNode(node, CLIENTS);
  // In the callback itself: a turn of the event loop later the node may have caught up with what it promised.
  const kill = () => void node.kill();
  if (random() < 0.5) onCheckpointFile(Math.ceil(random() * FILES_MAX), kill);
  else load.countDown(Math.ceil(random() * WRITES_MAX), kill);
  await load.runUntilItDies(calls);
  await node.kill();
}

/** Calls back as the node makes or renames the so-many-th unfinished file: it is in a checkpoint then. */
function onCheckpointFile(count: number, reached: () => void): void {
  const dataDir = cluster.dataDirOf(NODE);
  let left = count;
  const watchers = [dataDir, path.join(dataDir, 'pg')].map((folder) =>
    watch(folder, { persistent: false }, (event, name) => {
      if (event !== 'rename' || name?.endsWith('.tmp') !== true) return;
      left -= 1;
      if (left > 0) return;
      for (const watcher of watchers) watcher.close();
      reached();
    }),
  );
}

/** Whether files of a checkpoint are there that did not come to its end. */
async function isCheckpointCutShort(): Promise<boolean> {
  const dataDir = cluster.dataDirOf(NODE);
  const finished = await stat(path.join(dataDir, 'checkpoint.json'), { bigint: true });
  const groups = await readdir(path.join(dataDir, 'pg'));
  const times = await Promise.all(groups.map(async (name) => stat(path.join(dataDir, 'pg', name), { bigint: true })));
  return times.some(({ mtimeNs }) => mtimeNs > finished.mtimeNs);
}
