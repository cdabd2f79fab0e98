/*
 * `trolley repair` on real processes: what only one replica holds is on all of them when the command ends, and a node
 * that is down makes it say so.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { encodeRecord, emptyRecord, productKey, write } from '@trolley/records';
import { afterEach, expect, test } from 'vitest';
import { get } from '../support/client.ts';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { waitUntilCompared } from '../support/compared.ts';
import { property } from '../support/json.ts';
import { trolley } from '../support/launcher.ts';
import { callNode } from '../support/node-calls.ts';
import { contentsOf } from '../support/node-contents.ts';

const KEYS = 50;

let cluster: TestCluster | undefined;
let folder: string | undefined;
afterEach(async () => {
  await cluster?.stop();
  if (folder !== undefined) await rm(folder, { recursive: true });
});

test('trolley repair heals all replicas at once, and says what is left', { timeout: 90_000 }, async () => {
  // Left to itself the cluster would find the differences within the hour.
  const running = await startCluster({ nodeEnvironment: { HINTS: 'off', ANTI_ENTROPY_INTERVAL_MS: '3600000' } });
  cluster = running;
  folder = await mkdtemp(path.join(tmpdir(), 'trolley-repair-'));
  await waitUntilCompared(running);
  const node = running.node('node-1');
  const { body } = await get(running.url, '/cluster');
  await using calls = callNode(node, 1, Number(property(body, 'epoch')));
  const record = encodeRecord(write(emptyRecord, 'x.1', [['quantity', 5]]));
  const keys = Array.from({ length: KEYS }, (_, index) => productKey(`apple ${index}`));
  await Promise.all(keys.map(async (key) => calls.client(0).merge(key, record, undefined)));

  const repaired = await trolley(folder, ['repair', '--json'], running.url);
  expect(repaired).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(repaired.stdout)).toMatchObject({ inStep: true, repaired: 2 * KEYS, left: [] });
  const expected = await contentsOf(node);
  expect(expected.length).toBe(KEYS);
  for (const id of ['node-2', 'node-3']) expect(await contentsOf(running.node(id))).toEqual(expected);
  expect(await trolley(folder, ['repair', 'node-2'], running.url)).toMatchObject({
    code: 0,
    stdout: 'total\t0\nnode-2 is in step with all other nodes.\n',
  });

  await running.node('node-3').kill();
  await running.waitForUp(['node-1', 'node-2']);
  const partly = await trolley(folder, ['repair'], running.url);
  expect(partly.code).toBe(1);
  expect(partly.stderr).toContain('node-3 is down');
});
