import { expect, test } from 'vitest';
import type { MapChangeOutcome } from '../cluster-control.ts';
import { createTestApi, problemIn } from '../testing/test-api.ts';

const DRAIN = '/cluster/nodes/node-1/drain';

function apiWith(outcome: MapChangeOutcome, operatorToken?: string) {
  const wishes: string[] = [];
  const changeMap = async (wish: string, node: string) => {
    wishes.push(`${wish} ${node}`);
    return outcome;
  };
  return { ...createTestApi({ changeMap, ...(operatorToken === undefined ? {} : { operatorToken }) }), wishes };
}

test('operators change the map, without a launcher, and tell from which epoch on', async () => {
  const { post, wishes } = apiWith({ type: 'done', epoch: 7, changed: true });
  expect(await (await post(DRAIN, {})).json()).toEqual({ node: 'node-1', epoch: 7, changed: true });
  expect((await post('/cluster/nodes/node-1/undrain', {})).status).toBe(200);
  expect((await post('/cluster/nodes/node-1/forget', {})).status).toBe(200);
  expect((await post('/cluster/nodes/node-1/weight', { weight: 2.5 })).status).toBe(200);
  expect((await post('/cluster/nodes/node-1/weight', { weight: null })).status).toBe(200);
  expect(wishes).toEqual([
    'drain node-1',
    'undrain node-1',
    'forget node-1',
    'weight 2.5 node-1',
    'weight undefined node-1',
  ]);
});

test.each([
  [{ type: 'refused', code: 'UNKNOWN_NODE', reason: 'no node-1' }, 404, 'NODE_NOT_FOUND'],
  [{ type: 'refused', code: 'TOO_FEW_NODES', reason: '2 left' }, 409, 'TOO_FEW_NODES'],
  [{ type: 'refused', code: 'NODE_IS_GAINING_DATA', reason: 'wait' }, 409, 'NODE_IS_GAINING_DATA'],
  [{ type: 'refused', code: 'NODE_IS_UP', reason: 'up' }, 409, 'NODE_IS_UP'],
  [{ type: 'refused', code: 'NODE_HOLDS_DATA', reason: 'holds' }, 409, 'NODE_HOLDS_DATA'],
  [{ type: 'unavailable', reason: 'away' }, 503, 'MAP_UNAVAILABLE'],
] as const)('%j is told as %i with its reason', async (outcome, status, code) => {
  const response = await apiWith(outcome).post(DRAIN, {});
  expect(response.status).toBe(status);
  expect(await problemIn(response)).toMatchObject({ code, detail: outcome.reason });
});

test('strangers, foreign pages, forms and ids that are none are refused', async () => {
  const { app, post, wishes } = apiWith({ type: 'done', epoch: 7, changed: true }, 'secret');
  const authorization = 'Bearer secret';
  expect((await post(DRAIN, {})).status).toBe(401);
  expect((await post(DRAIN, {}, { authorization, origin: 'https://evil.example' })).status).toBe(403);
  expect((await app.request(DRAIN, { method: 'POST', headers: { authorization } })).status).toBe(415);
  expect((await post('/cluster/nodes/a%20b/drain', {}, { authorization })).status).toBe(400);
  expect(wishes).toEqual([]);
  expect((await post(DRAIN, {}, { authorization })).status).toBe(200);
});

test.each([{}, { weight: 0 }, { weight: -1 }, { weight: 65_536 }, { weight: '2' }, { weight: 1, more: 1 }])(
  '%j is no weight',
  async (body) => {
    const { post, wishes } = apiWith({ type: 'done', epoch: 7, changed: true });
    expect((await post('/cluster/nodes/node-1/weight', body)).status).toBe(400);
    expect(wishes).toEqual([]);
  },
);
