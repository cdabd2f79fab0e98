import { systemClock } from '@trolley/cluster';
import { pino } from 'pino';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { runGateway, type GatewayEnvironment, type RunningGateway } from './run-gateway.ts';
import { parseSettings } from './settings.ts';
import { problemIn } from './testing/test-api.ts';
import { createTestStore } from './testing/test-store.ts';

const SETTINGS = { REGISTRY_URL: 'http://127.0.0.1:1', PORT: '0', GATEWAY_ID: 'gateway-1', DRAIN_TIMEOUT_MS: '2000' };

const running: RunningGateway[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((gateway) => gateway.stop()));
});

function createWorld() {
  const { registry, transport } = createTestStore();
  const announced = vi.spyOn(registry, 'announceGateway');
  const closed = vi.spyOn(registry, 'close');
  const environment: GatewayEnvironment = {
    clock: systemClock,
    random: Math.random,
    logger: pino({ level: 'silent' }),
    machine: { addresses: [], hostname: 'box' },
    transport,
    openRegistry: () => registry,
    readConsole: async () => undefined,
  };
  const start = async (settings: Record<string, string> = {}): Promise<RunningGateway> => {
    const gateway = await runGateway(parseSettings({ ...SETTINGS, ...settings }), environment);
    running.push(gateway);
    return gateway;
  };
  return { start, announced, closed };
}

const post = (url: string, body: unknown) =>
  fetch(url, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });

describe('a gateway', () => {
  it('listens, is ready, serves and says where it is', async () => {
    const { start, announced } = createWorld();
    const { url, port } = await start();
    expect(announced).toHaveBeenCalledWith({ id: 'gateway-1', host: '127.0.0.1', port, claimTimeoutMs: 10_000 });
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    expect(await (await post(`${url}/product`, { name: 'Apple', quantity: 3 })).json()).toEqual({
      name: 'apple',
      quantity: 3,
      version: 1,
    });
    const read = await fetch(`${url}/product?name=apple`);
    expect(read.headers.get('trolley-quorum')).toMatch(/^[23]\/3$/);
  });

  it('makes a name for itself when it is given none', async () => {
    const { start } = createWorld();
    expect((await start({ GATEWAY_ID: '' })).id).toMatch(/^gateway-[0-9a-z]{16}$/);
  });

  it('answers 413 to a body that is too large, and goes on', async () => {
    const { start } = createWorld();
    const { url } = await start();
    const refused = await post(`${url}/product`, { name: 'x'.repeat(2_000_000), quantity: 1 });
    expect(refused.status).toBe(413);
    expect((await problemIn(refused)).code).toBe('BODY_TOO_LARGE');
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  it('ends streams of events and stops at once, twice if asked', async () => {
    const { start, closed } = createWorld();
    const gateway = await start();
    const stream = await fetch(`${gateway.url}/cluster/events`);
    const startMs = performance.now();
    const text = stream.text();
    await Promise.all([gateway.stop(), gateway.stop()]);
    expect(await text).toMatch(/^retry: \d+/);
    expect(performance.now() - startMs).toBeLessThan(1500);
    expect(closed).toHaveBeenCalledOnce();
    await expect(fetch(`${gateway.url}/healthz`)).rejects.toThrow('fetch failed');
  });

  it('lets go of a reader that went away', async () => {
    const { start } = createWorld();
    const { url } = await start();
    for (let reader = 0; reader < 150; reader += 1) {
      const abort = new AbortController();
      const { status } = await fetch(`${url}/cluster/events`, { signal: abort.signal });
      abort.abort();
      expect(status).toBe(200);
    }
  });

  it('says in words that its port is in use, and closes what it had opened', async () => {
    const { port } = await createWorld().start();
    const { start, closed } = createWorld();
    await expect(start({ PORT: String(port) })).rejects.toThrow(`port ${port} on 127.0.0.1 is in use`);
    expect(closed).toHaveBeenCalledOnce();
  });
});
