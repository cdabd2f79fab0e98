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

async function startLauncher(status: 200 | 404 | 409 | 500, body: object) {
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

  it('says that nobody answers', async () => {
    const { launcher } = await startLauncher(200, {});
    for (const listener of listeners.splice(0)) await listener.close();
    expect(await launcher.command('node-1', 'kill')).toEqual({ type: 'failed', reason: 'it does not answer' });
    expect(await launcher.processes()).toBeUndefined();
  });
});
