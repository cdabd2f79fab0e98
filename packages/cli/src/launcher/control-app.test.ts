import { expect, test } from 'vitest';
import type { StressRun, StressWish } from '@trolley/cluster';
import { createControlApp } from './control-app.ts';
import type { NodeControl } from './node-control.ts';
import type { StressOutcome } from './stress-runner.ts';

const acted: string[] = [];
const node = { id: 'node-1', running: true, pid: 42, process: 'running' } as const;
const control: NodeControl = {
  list: () => [node],
  command: async (id, command) => {
    acted.push(`${command} ${id}`);
    if (id === 'node-9') return { kind: 'unknown-node' };
    if (id === 'node-2') return { kind: 'busy' };
    if (id === 'node-3') return { kind: 'unfit', process: 'paused' };
    if (id === 'node-4') return { kind: 'unfit', process: 'stopped' };
    if (id === 'node-5') return { kind: 'failed' };
    return {
      kind: 'done',
      node: command === 'kill' ? { ...node, running: false, pid: null, process: 'stopped' } : node,
    };
  },
};
const run: StressRun = {
  id: 'run-1',
  test: 2,
  title: 'Random requests of several clients',
  size: 50,
  workers: 16,
  state: 'running',
  startedAtMs: 1,
  done: 0,
  total: 50,
  samples: [],
};
const stress = {
  latest: run,
  begin: (wish: StressWish): StressOutcome => {
    acted.push(`begin ${JSON.stringify(wish)}`);
    return wish.test === 5 ? { kind: 'busy' } : { kind: 'run', run };
  },
  look: (id: string): StressOutcome => (id === 'run-1' ? { kind: 'run', run } : { kind: 'unknown-run' }),
  stop: (id: string): StressOutcome => {
    acted.push(`stop ${id}`);
    return id === 'run-1' ? { kind: 'run', run } : { kind: 'ended' };
  },
};
const unexpected: Error[] = [];
const app = createControlApp({
  control,
  stress,
  token: 'secret',
  launcherId: 'me',
  onUnexpected: (error) => unexpected.push(error),
});
const headers = { authorization: 'Bearer secret' };

test('who this launcher is, anyone may ask; it tells no more than that', async () => {
  const response = await app.request('/control');
  expect(await response.json()).toEqual({ launcherId: 'me' });
});

test.each([{}, { authorization: 'Bearer wrong' }, { authorization: 'secret' }, { authorization: 'Bearer secret2' }])(
  'without the secret (%j) nothing is listed and nobody is killed',
  async (wrong) => {
    acted.length = 0;
    const paths = ['/control/nodes', '/control/nodes/node-1/kill', '/control/nodes/node-1/restart', '/control/stress'];
    for (const [index, path] of paths.entries()) {
      const response = await app.request(path, { method: index === 0 ? 'GET' : 'POST', headers: wrong });
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({ code: 'UNAUTHORIZED' });
    }
    expect(acted).toEqual([]);
  },
);

test('nodes are listed and commanded', async () => {
  acted.length = 0;
  expect(await (await app.request('/control/nodes', { headers })).json()).toEqual({ nodes: [node] });
  const killed = await app.request('/control/nodes/node-1/kill', { method: 'POST', headers });
  expect([killed.status, await killed.json()]).toEqual([
    200,
    { id: 'node-1', running: false, pid: null, process: 'stopped' },
  ]);
  const restarted = await app.request('/control/nodes/node-1/restart', { method: 'POST', headers });
  expect([restarted.status, await restarted.json()]).toEqual([200, node]);
  for (const command of ['pause', 'resume', 'cut-off', 'rejoin']) {
    expect((await app.request(`/control/nodes/node-1/${command}`, { method: 'POST', headers })).status).toBe(200);
  }
  expect(acted).toEqual(
    ['kill', 'restart', 'pause', 'resume', 'cut-off', 'rejoin'].map((command) => `${command} node-1`),
  );
});

const json = { ...headers, 'content-type': 'application/json' };
const begin = (body: string) => app.request('/control/stress', { method: 'POST', headers: json, body });

test('a stress test is begun, looked at and stopped', async () => {
  acted.length = 0;
  const begun = await begin('{"test": 2, "size": 50}');
  expect([begun.status, await begun.json()]).toEqual([202, run]);
  expect(await (await app.request('/control/stress', { headers })).json()).toEqual({ run });
  expect(await (await app.request('/control/stress/run-1', { headers })).json()).toEqual(run);
  const stopped = await app.request('/control/stress/run-1', { method: 'DELETE', headers });
  expect([stopped.status, await stopped.json()]).toEqual([202, run]);
  expect(acted).toEqual(['begin {"test":2,"size":50}', 'stop run-1']);
});

test.each([
  ['{"test": 6}', 'test'],
  ['{"test": "1"}', 'test'],
  ['{"size": 5}', 'test'],
  ['{"test": 3, "size": 10001}', 'size'],
  ['{"test": 1, "workers": 257}', 'workers'],
  ['{"test": 1, "gateway": "http://evil.example"}', 'gateway'],
])('the wish %s is refused for its %s', async (body, field) => {
  acted.length = 0;
  const response = await begin(body);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ code: 'INVALID_INPUT', errors: [{ field }] });
  expect(acted).toEqual([]);
});

test('a second stress test at once is refused', async () => {
  const response = await begin('{"test": 5}');
  expect([response.status, await response.json()]).toMatchObject([409, { code: 'STRESS_BUSY' }]);
});

test.each([
  ['POST', '/control/nodes/node-9/kill', 404, 'NODE_NOT_FOUND'],
  ['POST', '/control/nodes/node-2/restart', 409, 'NODE_BUSY'],
  ['POST', '/control/nodes/node-3/cut-off', 409, 'NODE_UNFIT'],
  ['POST', '/control/nodes/node-4/kill', 409, 'NODE_UNFIT'],
  ['POST', '/control/nodes/node-5/cut-off', 504, 'NODE_SILENT'],
  ['POST', '/control/nodes/node-1/drain', 404, 'NOT_FOUND'],
  ['GET', '/control/nodes/node-1/kill', 405, 'METHOD_NOT_ALLOWED'],
  ['GET', '/control/stress/run-2', 404, 'RUN_NOT_FOUND'],
  ['DELETE', '/control/stress/run-2', 409, 'RUN_ENDED'],
  ['GET', '/', 404, 'NOT_FOUND'],
])('%s %s is a problem: %i %s', async (method, path, status, code) => {
  const response = await app.request(path, { method, headers });
  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  expect(await response.json()).toMatchObject({ status, code });
  expect(unexpected).toEqual([]);
});
