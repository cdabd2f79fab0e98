import type { StressRun } from '@trolley/cluster';
import { describe, expect, it } from 'vitest';
import type { StressAnswer, StressRequest } from '../launcher-client.ts';
import { createTestApi, problemIn } from '../testing/test-api.ts';

const run: StressRun = {
  id: 'run-1',
  test: 2,
  title: 'Random requests of several clients',
  size: 50,
  workers: 16,
  state: 'running',
  startedAtMs: 1,
  done: 5,
  total: 50,
  samples: [{ atMs: 2, requestsPerSecond: 5, p50Ms: 1, p99Ms: 2 }],
};

function createStressed(answer: StressAnswer = { type: 'run', run }, operatorToken?: string) {
  const requests: StressRequest[] = [];
  const launcher = {
    command: async () => ({ type: 'done' }) as const,
    processes: async () => new Map(),
    stress: async (request: StressRequest) => {
      requests.push(request);
      return answer;
    },
  };
  const api = createTestApi({ launcher, ...(operatorToken === undefined ? {} : { operatorToken }) });
  const remove = async (id: string, headers: Record<string, string> = {}) =>
    api.app.request(`/stress/${id}`, {
      method: 'DELETE',
      headers: { 'content-type': 'application/json', ...headers },
    });
  return { ...api, remove, requests };
}

const problem = (status: number, code: string) => ({
  type: 'refused' as const,
  problem: { type: 'urn:x', title: 'No', status, detail: 'Not now.', code },
});

describe('stress tests', () => {
  it('are started, looked at and stopped through the launcher', async () => {
    const { post, get, remove, requests } = createStressed();
    const begun = await post('/stress', { test: 2, size: 50 });
    expect([begun.status, await begun.json()]).toEqual([202, run]);
    expect(await (await get('/stress')).json()).toEqual({ run });
    expect(await (await get('/stress/run-1')).json()).toEqual(run);
    expect((await remove('run-1')).status).toBe(202);
    expect(requests).toEqual([
      { type: 'begin', wish: { test: 2, size: 50 } },
      { type: 'latest' },
      { type: 'look', id: 'run-1' },
      { type: 'stop', id: 'run-1' },
    ]);
  });

  it('are none before the first', async () => {
    expect(await (await createStressed({ type: 'run', run: null }).get('/stress')).json()).toEqual({ run: null });
  });

  it('cannot be run without a launcher', async () => {
    const { post, get, app } = createTestApi();
    const headers = { 'content-type': 'application/json' };
    const responses = [
      await post('/stress', { test: 1 }),
      await get('/stress'),
      await get('/stress/run-1'),
      await app.request('/stress/run-1', { method: 'DELETE', headers }),
    ];
    for (const response of responses) {
      expect([response.status, (await problemIn(response)).code]).toEqual([501, 'NO_LAUNCHER']);
    }
  });

  it.each([
    [problem(409, 'STRESS_BUSY'), 409, 'STRESS_BUSY'],
    [problem(404, 'RUN_NOT_FOUND'), 404, 'RUN_NOT_FOUND'],
    [{ type: 'failed', reason: 'it does not answer' } as const, 502, 'LAUNCHER_FAILED'],
  ])('of which the launcher says %j are told as %i', async (answer, status, code) => {
    const response = await createStressed(answer).post('/stress', { test: 1 });
    expect([response.status, (await problemIn(response)).code]).toEqual([status, code]);
  });

  it('are started and stopped by operators alone, and watched by anyone', async () => {
    const { post, get, remove, requests } = createStressed({ type: 'run', run }, 'secret');
    expect((await post('/stress', { test: 1 })).status).toBe(401);
    expect((await remove('run-1', { authorization: 'Bearer wrong' })).status).toBe(401);
    expect(requests).toEqual([]);
    expect((await get('/stress')).status).toBe(200);
    expect((await get('/stress/run-1')).status).toBe(200);
    expect((await post('/stress', { test: 1 }, { authorization: 'Bearer secret' })).status).toBe(202);
    expect((await remove('run-1', { authorization: 'Bearer secret' })).status).toBe(202);
  });

  it('are not for pages of another origin', async () => {
    const { post, remove, requests } = createStressed();
    expect((await post('/stress', { test: 1 }, { origin: 'https://evil.example' })).status).toBe(403);
    expect((await remove('run-1', { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await remove('run-1', { 'content-type': 'text/plain' })).status).toBe(415);
    expect(requests).toEqual([]);
  });
});
