import { getRequestListener } from '@hono/node-server';
import { listen, type Listener } from '@trolley/cluster';
import { Hono } from 'hono';
import { afterEach, describe, expect, it } from 'vitest';
import { createLauncherClient } from './launcher-client.ts';

const listeners: Listener[] = [];

afterEach(async () => {
  for (const listener of listeners.splice(0)) {
    listener.destroy();
    await listener.close();
  }
});

async function startLauncher(status: 200 | 202 | 404 | 409 | 500, body: object) {
  const seen: string[] = [];
  const app = new Hono();
  app.all('*', (context) => {
    seen.push(`${context.req.path} ${context.req.header('authorization')}`);
    return context.json(body, status);
  });
  const listener = await listen(getRequestListener(app.fetch), '127.0.0.1', 0);
  listeners.push(listener);
  return { seen, launcher: createLauncherClient(`http://127.0.0.1:${listener.port}`, 'secret') };
}

const problem = (status: number) => ({ type: 'urn:x', title: 'No', status, detail: 'It is busy.', code: 'X' });

describe('the launcher’s client', () => {
  it('passes a command on, with the secret', async () => {
    const { launcher, seen } = await startLauncher(200, { id: 'node-1' });
    expect(await launcher.command('node-1', 'kill')).toEqual({ type: 'done' });
    expect(seen).toEqual(['/control/nodes/node-1/kill Bearer secret']);
  });

  it('tells the states of the processes, with the secret', async () => {
    const node = { id: 'node-1', running: true, pid: 7, process: 'cut-off' };
    const { launcher, seen } = await startLauncher(200, { nodes: [node] });
    expect(await launcher.processes()).toEqual(new Map([['node-1', 'cut-off']]));
    expect(seen).toEqual(['/control/nodes Bearer secret']);
  });

  it.each([
    [200, { nodes: [{ id: 'node-1', process: 'dancing' }] }],
    [409, problem(409)],
  ] as const)('tells of no processes from %i of %j', async (status, body) => {
    const { launcher } = await startLauncher(status, body);
    expect(await launcher.processes()).toBeUndefined();
  });

  it.each([
    [404, problem(404), { type: 'unknown-node' }],
    [409, problem(409), { type: 'refused', reason: 'It is busy.' }],
    [500, problem(500), { type: 'failed', reason: 'it answered 500: It is busy.' }],
    [404, { nothing: 'like a launcher' }, { type: 'failed', reason: 'it answered 404' }],
  ] as const)('takes %i of %j for %j', async (status, body, outcome) => {
    const { launcher } = await startLauncher(status, body);
    expect(await launcher.command('node-1', 'restart')).toEqual(outcome);
  });

  it('passes on what is asked about stress tests', async () => {
    const run = {
      id: 'run-1',
      test: 1,
      title: 'The same request',
      size: 5,
      workers: 2,
      state: 'running',
      startedAtMs: 1,
      done: 0,
      total: 5,
      samples: [],
    };
    const one = await startLauncher(202, run);
    expect(await one.launcher.stress({ type: 'begin', wish: { test: 1, size: 5 } })).toEqual({ type: 'run', run });
    expect(await one.launcher.stress({ type: 'look', id: '../nodes' })).toEqual({ type: 'run', run });
    expect(await one.launcher.stress({ type: 'stop', id: 'run-1' })).toEqual({ type: 'run', run });
    expect(one.seen).toEqual([
      '/control/stress Bearer secret',
      '/control/stress/..%2Fnodes Bearer secret',
      '/control/stress/run-1 Bearer secret',
    ]);
    const latest = await startLauncher(200, { run: null });
    expect(await latest.launcher.stress({ type: 'latest' })).toEqual({ type: 'run', run: null });
  });

  it.each([
    [409, problem(409), { type: 'refused', problem: problem(409) }],
    [500, problem(500), { type: 'failed', reason: 'it answered 500' }],
    [404, { nothing: 'like a problem' }, { type: 'failed', reason: 'it answered 404' }],
    [200, { id: 'run-1' }, { type: 'failed', reason: 'it answered what is no run' }],
  ] as const)('takes %i of %j about a stress test for %j', async (status, body, answer) => {
    const { launcher } = await startLauncher(status, body);
    expect(await launcher.stress({ type: 'latest' })).toEqual(answer);
  });

  it('says that nobody answers', async () => {
    const { launcher } = await startLauncher(200, {});
    for (const listener of listeners.splice(0)) await listener.close();
    expect(await launcher.command('node-1', 'kill')).toEqual({ type: 'failed', reason: 'it does not answer' });
    expect(await launcher.processes()).toBeUndefined();
    expect(await launcher.stress({ type: 'latest' })).toEqual({ type: 'failed', reason: 'it does not answer' });
  });
});
