import type { RepairRun } from '@trolley/cluster';
import { expect, test } from 'vitest';
import type { NodeRepair } from '../cluster-repair.ts';
import { createTestApi, problemIn } from '../testing/test-api.ts';

const RUN: RepairRun = {
  id: 1,
  ended: false,
  passes: 1,
  repaired: 0,
  examples: [],
  peers: [{ node: 'node-2', state: 'waiting' }],
};
const NODES: readonly NodeRepair[] = [
  { node: 'node-1', up: true, run: RUN, error: null },
  { node: 'node-2', up: false, run: null, error: null },
];

function createRepairing(operatorToken?: string) {
  const begun: (string | undefined)[] = [];
  const api = createTestApi({
    repair: {
      begin: async (node) => {
        begun.push(node);
        return node === 'node-9' ? undefined : NODES.filter((each) => node === undefined || each.node === node);
      },
      runs: async () => NODES,
    },
    ...(operatorToken === undefined ? {} : { operatorToken }),
  });
  return { ...api, begun };
}

test('all nodes begin, or one; whoever asks hears how far they are', async () => {
  const { get, post, begun } = createRepairing();
  expect(await (await post('/cluster/repair', {})).json()).toEqual({ nodes: NODES });
  expect(await (await post('/cluster/nodes/node-1/repair', {})).json()).toEqual({ nodes: NODES.slice(0, 1) });
  expect(await (await get('/cluster/repair')).json()).toEqual({ nodes: NODES });
  expect(begun).toEqual([undefined, 'node-1']);
});

test('a node that holds nothing is told apart', async () => {
  const response = await createRepairing().post('/cluster/nodes/node-9/repair', {});
  expect(response.status).toBe(404);
  expect(await problemIn(response)).toMatchObject({ code: 'NODE_NOT_FOUND' });
});

test('strangers, foreign pages and forms begin nothing', async () => {
  const { app, post, begun } = createRepairing('secret');
  const authorization = 'Bearer secret';
  for (const path of ['/cluster/repair', '/cluster/nodes/node-1/repair']) {
    expect((await post(path, {})).status).toBe(401);
    expect((await post(path, {}, { authorization, origin: 'https://evil.example' })).status).toBe(403);
    expect((await app.request(path, { method: 'POST', headers: { authorization } })).status).toBe(415);
  }
  expect(begun).toEqual([]);
  expect((await post('/cluster/repair', {}, { authorization })).status).toBe(200);
});
