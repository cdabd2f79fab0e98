/*
 * A placement group file that is damaged while its node is stopped: the node starts, says what it set aside or misses,
 * and holds the same bytes as the others again, without a read by any client.
 */
import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mustPost } from '../support/client.ts';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { waitUntilInStep } from '../support/in-step.ts';
import { property } from '../support/json.ts';
import { contentsOf, waitUntilNodesAgree } from '../support/node-contents.ts';

const PRODUCTS = 200;
const NODES = ['node-1', 'node-2', 'node-3'];
const DAMAGED = 'node-2';

/** What can happen to a file, and what of it the node can set aside. */
const damages: readonly (readonly [what: string, damage: (file: string) => Promise<void>, setAside: number])[] = [
  ['truncated', async (file) => truncate(file, 40), 1],
  ['with one bit flipped', flipOneBit, 1],
  ['emptied', async (file) => writeFile(file, ''), 1],
  ['deleted', async (file) => rm(file), 0],
];

let cluster: TestCluster;

beforeAll(async () => {
  cluster = await startCluster({ nodeEnvironment: { PG_COUNT: '16' }, gatewayEnvironment: { PG_COUNT: '16' } });
  for (let index = 0; index < PRODUCTS; index += 1) {
    await mustPost(cluster.url, '/product?w=all', { name: `product ${index}`, quantity: index });
  }
});

afterAll(async () => cluster?.stop());

describe('a placement group file', () => {
  test.each(damages)(
    'I17: %s is noticed, and what it held comes back from the others',
    async (_what, damage, setAside) => {
      await cluster.waitForUp(NODES);
      const expected = await contentsOf(cluster.node('node-1'));
      await cluster.node(DAMAGED).stop();
      const folder = path.join(cluster.dataDirOf(DAMAGED), 'pg');
      const [file = ''] = (await readdir(folder)).toSorted();
      await damage(path.join(folder, file));

      const { ready } = await cluster.startNode(DAMAGED);
      const recovery = property(ready, 'recovery');
      expect(property(recovery, 'setAside')).toHaveLength(setAside);
      expect(property(recovery, 'incompleteGroups')).toEqual([Number.parseInt(file, 10)]);
      expect(Number(property(ready, 'records'))).toBeLessThan(expected.length);
      expect(await waitUntilNodesAgree(cluster)).toEqual(expected);
      await waitUntilInStep(cluster, NODES);
    },
  );
});

async function flipOneBit(file: string): Promise<void> {
  const bytes = await readFile(file);
  const middle = Math.floor(bytes.length / 2);
  bytes.writeUInt8(bytes.readUInt8(middle) ^ 1, middle);
  await writeFile(file, bytes);
}
