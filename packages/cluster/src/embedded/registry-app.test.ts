import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { createManualClock } from '../testing/manual-clock.ts';
import { createEmbeddedRegistry, type EmbeddedRegistry } from './registry-app.ts';

const map = { epoch: 1, pgCount: 8, replicas: 3, nodes: [{ id: 'a', zone: 'z', weight: 1, state: 'in' }] };
const details = { id: 'a', host: '127.0.0.1', port: 7000, zone: 'zone-1', weight: 1 };
const LEASE = '/registrations/lease-0001';

async function open(clock = createManualClock()): Promise<EmbeddedRegistry> {
  return await createEmbeddedRegistry({
    clock,
    logger: pino({ level: 'silent' }),
    leaseMs: 2000,
  });
}

async function put({ app }: EmbeddedRegistry, path: string, body: unknown): Promise<Response> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return await app.request(path, { method: 'PUT', body: text, headers: { 'content-type': 'application/json' } });
}

describe('the embedded registry over HTTP', () => {
  it('registers, shows and withdraws', async () => {
    const registry = await open();
    expect((await put(registry, LEASE, { kind: 'node', details })).status).toBe(200);
    expect((await put(registry, '/map', { map, expectedRevision: null })).status).toBe(204);
    const view = await registry.app.request('/view?after=0');
    expect(await view.json()).toMatchObject({ nodes: [{ id: 'a' }], gateways: [], stored: { map, revision: 1 } });
    expect((await registry.app.request(LEASE, { method: 'DELETE' })).status).toBe(204);
    expect(await (await registry.app.request('/view')).json()).toMatchObject({ nodes: [] });
    registry.close();
  });

  it('says after a while that there is no other view than the one that was seen', async () => {
    const clock = createManualClock();
    const registry = await open(clock);
    const { revision } = (await (await registry.app.request('/view')).json()) as { revision: number };
    const asked = registry.app.request(`/view?after=${revision}`);
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(1000);
    const answer = await asked;
    expect([answer.status, await answer.text()]).toEqual([204, '']);
    registry.close();
  });

  it('refuses what is malformed, as a problem that says why, and stays as it was', async () => {
    const registry = await open();
    const before: unknown = await (await registry.app.request('/view')).json();
    const refused: readonly (readonly [string, unknown, number, string])[] = [
      [LEASE, '{"kind": "node"', 400, 'MALFORMED_JSON'],
      [LEASE, null, 400, 'INVALID_INPUT'],
      [LEASE, { kind: 'bishop', details }, 400, 'INVALID_INPUT'],
      [LEASE, { kind: 'node', details: { ...details, weight: 0 } }, 400, 'INVALID_INPUT'],
      [LEASE, { kind: 'node', details: { ...details, port: 1.5 } }, 400, 'INVALID_INPUT'],
      ['/registrations/..%2F', { kind: 'node', details }, 400, 'INVALID_INPUT'],
      ['/map', { map, expectedRevision: 0.5 }, 400, 'INVALID_INPUT'],
      ['/map', { map: { ...map, pgCount: 0 }, expectedRevision: null }, 400, 'INVALID_INPUT'],
      ['/map', { map }, 400, 'INVALID_INPUT'],
      ['/map', { map, expectedRevision: -1 }, 409, 'MAP_CONFLICT'],
      ['/map', { map, expectedRevision: 3 }, 409, 'MAP_CONFLICT'],
      ['/nowhere', {}, 404, 'NOT_FOUND'],
      ['/map', JSON.stringify('x'.repeat(5_000_000)), 413, 'BODY_TOO_LARGE'],
    ];
    for (const [path, body, status, code] of refused) {
      const reply = await put(registry, path, body);
      expect([path, reply.status, await reply.json()]).toMatchObject([path, status, { code }]);
    }
    expect((await registry.app.request('/view?after=minus')).status).toBe(400);
    expect((await registry.app.request(LEASE, { method: 'POST' })).status).toBe(405);
    expect(await (await registry.app.request('/view')).json()).toEqual(before);
    registry.close();
  });
});
