import { describe, expect, it } from 'vitest';
import type { ProcessState } from '@trolley/cluster';
import type { CommandOutcome } from '../launcher-client.ts';
import { createTestApi, problemIn } from '../testing/test-api.ts';

const KILL = '/cluster/nodes/node-1/kill';

function createControlledApi(outcome: CommandOutcome = { type: 'done' }, operatorToken?: string) {
  const commands: string[] = [];
  const processes = new Map<string, ProcessState>([['node-1', 'running']]);
  const launcher = {
    command: async (node: string, command: string) => {
      commands.push(`${command} ${node}`);
      if (command === 'pause') processes.set(node, 'paused');
      return outcome;
    },
    processes: async () => new Map(processes),
    stress: async () => ({ type: 'run', run: null }) as const,
  };
  const api = createTestApi({ launcher, ...(operatorToken === undefined ? {} : { operatorToken }) });
  return { ...api, commands, processes };
}

describe('commanding nodes', () => {
  it('is passed on to the launcher', async () => {
    const { post, get, commands } = createControlledApi();
    expect(await (await post(KILL, {})).json()).toEqual({ node: 'node-1', command: 'kill' });
    const others = ['restart', 'pause', 'resume', 'cut-off', 'rejoin'];
    for (const command of others) {
      const response = await post(`/cluster/nodes/node-1/${command}`, {});
      expect(await response.json()).toEqual({ node: 'node-1', command });
    }
    expect(commands).toEqual(['kill node-1', ...others.map((command) => `${command} node-1`)]);
    expect(await (await get('/cluster')).json()).toMatchObject({ launcher: true });
  });

  it('shows at once in what GET /cluster says of the process', async () => {
    const { post, get } = createControlledApi();
    await post('/cluster/nodes/node-1/pause', {});
    expect(await (await get('/cluster')).json()).toMatchObject({
      nodes: [{ id: 'node-1', process: 'paused' }],
      operatorTokenNeeded: false,
    });
  });

  it('is announced with whether the operator’s token is needed', async () => {
    const { get } = createControlledApi({ type: 'done' }, 'secret');
    expect(await (await get('/cluster')).json()).toMatchObject({ operatorTokenNeeded: true });
    const alone = await (await createTestApi().get('/cluster')).json();
    expect(alone).toMatchObject({
      launcher: false,
      nodes: [expect.not.objectContaining({ process: expect.anything() })],
    });
  });

  it('is not possible without a launcher', async () => {
    const response = await createTestApi().post(KILL, {});
    expect(response.status).toBe(501);
    expect(await response.json()).toMatchObject({ code: 'NO_LAUNCHER', detail: expect.stringContaining('trolley up') });
  });

  it.each([
    [{ type: 'unknown-node' }, 404, 'NODE_NOT_FOUND'],
    [{ type: 'refused', reason: 'node-1 does not run.' }, 409, 'NODE_BUSY'],
    [{ type: 'failed', reason: 'it does not answer' }, 502, 'LAUNCHER_FAILED'],
  ] as const)('that ends with %j is told as %i', async (outcome, status, code) => {
    const response = await createControlledApi(outcome).post(KILL, {});
    expect([response.status, (await problemIn(response)).code]).toEqual([status, code]);
  });

  it('wants the operator’s token when there is one', async () => {
    const { post, commands } = createControlledApi({ type: 'done' }, 'secret');
    for (const authorization of ['', 'Bearer wrong', 'secret', 'bearer secret', 'Bearer secret2']) {
      const refused = await post(KILL, {}, { authorization });
      expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    }
    expect(commands).toEqual([]);
    expect((await post(KILL, {}, { authorization: 'Bearer secret' })).status).toBe(200);
  });

  it.each([
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site', origin: 'http://localhost' },
    { origin: 'http://localhost:1' },
  ])('is refused to a page of another origin: %j', async (headers) => {
    const { post, commands } = createControlledApi();
    expect((await post(KILL, {}, headers)).status).toBe(403);
    expect(commands).toEqual([]);
  });

  it('is open to a page of this gateway', async () => {
    const { post } = createControlledApi();
    const headers = { origin: 'http://localhost', 'sec-fetch-site': 'same-origin', host: 'localhost' };
    expect((await post(KILL, {}, headers)).status).toBe(200);
  });

  it.each(['evil.example', 'evil.example:5000', 'localhost.evil.example', '127.0.0.1.evil.example', 'a b'])(
    'is refused to a page that has its name %s lead here',
    async (host) => {
      const { post, commands } = createControlledApi();
      const headers = { origin: `http://${host}`, 'sec-fetch-site': 'same-origin', host };
      const refused = await post(KILL, {}, headers);
      expect([refused.status, (await problemIn(refused)).code]).toEqual([403, 'FOREIGN_ORIGIN']);
      expect((await post(KILL, {}, { 'sec-fetch-site': 'same-origin', host })).status).toBe(403);
      expect(commands).toEqual([]);
    },
  );

  it.each(['127.0.0.1:5000', '[::1]:5000', '192.168.1.7', 'localhost:5000', 'trolley.localhost', 'Shop.Example:5000'])(
    'is open to a page that came by %s',
    async (host) => {
      const { post } = createControlledApi();
      const origin = new URL(`http://${host}`).origin;
      const headers = { origin, 'sec-fetch-site': 'same-origin', host: new URL(origin).host };
      expect((await post(KILL, {}, headers)).status).toBe(200);
    },
  );

  it('is open by any name to those who have the operator’s token, and to those who are no browser', async () => {
    const headers = { origin: 'http://proxy.example', 'sec-fetch-site': 'same-origin', host: 'proxy.example' };
    const guarded = createControlledApi({ type: 'done' }, 'secret');
    expect((await guarded.post(KILL, {}, headers)).status).toBe(401);
    expect((await guarded.post(KILL, {}, { ...headers, authorization: 'Bearer secret' })).status).toBe(200);
    expect((await createControlledApi().post(KILL, {}, { host: 'gateway-1' })).status).toBe(200);
  });

  it('wants JSON, which a form on a foreign page cannot send', async () => {
    const { app, post, commands } = createControlledApi();
    expect((await app.request(KILL, { method: 'POST' })).status).toBe(415);
    expect((await post(KILL, {}, { 'content-type': 'text/plain' })).status).toBe(415);
    expect(commands).toEqual([]);
  });

  it.each(['..%2F..', 'a%20b', '%00', 'x'.repeat(101)])('refuses the id %s', async (id) => {
    const response = await createControlledApi().post(`/cluster/nodes/${id}/kill`, {});
    expect([response.status, (await problemIn(response)).errors?.[0]?.field]).toEqual([400, 'id']);
  });
});
