import { describe, expect, it } from 'vitest';
import type { ClusterOverview } from '../cluster-overview.ts';
import { createTestApi, problemIn } from '../testing/test-api.ts';

const NOTHING: ClusterOverview = {
  epoch: undefined,
  pgCount: undefined,
  replicas: undefined,
  moving: false,
  registry: { connected: false },
  groupCounts: undefined,
  move: undefined,
  nodes: [],
  gateways: [],
};

describe('health', () => {
  it('is alive whatever the cluster does, and ready when it can serve', async () => {
    const { get } = createTestApi();
    expect((await get('/healthz')).status).toBe(200);
    expect((await get('/readyz')).status).toBe(200);
    expect((await createTestApi({ overview: NOTHING }).get('/healthz')).status).toBe(200);
  });

  it('says why it is not ready', async () => {
    const response = await createTestApi({ overview: NOTHING }).get('/readyz');
    expect(response.status).toBe(503);
    expect((await problemIn(response)).detail).toBe('there is no cluster map yet; no storage node is up');
  });

  it('is not ready while it stops, and lets go of connections', async () => {
    const { get, stop } = createTestApi();
    stop.abort();
    const response = await get('/readyz');
    expect(response.status).toBe(503);
    expect((await problemIn(response)).detail).toBe('the gateway is stopping');
    expect(response.headers.get('connection')).toBe('close');
  });
});

describe('metrics', () => {
  it('count requests by the template of their path, not by the path', async () => {
    const { get, post, seed } = createTestApi();
    await seed();
    await get('/product?name=apple');
    await get('/nothing/of/the/kind');
    await post('/cluster/nodes/node-17/kill', {});
    const response = await get('/metrics');
    expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
    const text = await response.text();
    expect(text).toContain('trolley_gateway_http_requests_total{method="GET",route="/product",status="200"} 1');
    expect(text).toContain('http_requests_total{method="GET",route="unmatched",status="404"} 1');
    expect(text).toContain('http_requests_total{method="POST",route="/cluster/nodes/{id}/kill",status="501"} 1');
    expect(text).not.toContain('node-17');
  });
});

describe('the log', () => {
  it('has one line for each request, without the query, at info when the client named it or it failed', async () => {
    const { get, logLines } = createTestApi();
    await get('/user?email=ann@example.com', { 'x-request-id': 'abc' });
    expect(logLines).toHaveLength(1);
    expect(logLines[0]).toMatchObject({
      level: 30,
      requestId: 'abc',
      method: 'GET',
      path: '/user',
      status: 404,
      ms: 0,
    });
    expect(JSON.stringify(logLines)).not.toContain('ann');
    await get('/user?email=ann@example.com');
    expect(logLines[1]).toMatchObject({ level: 30, status: 404 });
  });

  it('has ordinary requests at debug, and those that were slow or too few replicas served at info', async () => {
    const { get, seed, store, clock, logLines } = createTestApi();
    await seed();
    logLines.length = 0;
    await get('/user?email=ann@example.com');
    store.quorum = { answered: 1, replicas: 3, degraded: true };
    await get('/user?email=ann@example.com');
    store.quorum = { answered: 2, replicas: 3, degraded: false };
    let open: (() => void) | undefined;
    store.gate = new Promise((resolve) => (open = resolve));
    const slow = get('/user?email=ann@example.com');
    clock.advance(1_000);
    open?.();
    await slow;
    expect(logLines.map(({ level, ms }) => [level, ms])).toEqual([
      [20, 0],
      [30, 0],
      [30, 1_000],
    ]);
  });

  it('is quiet about what machines ask every few seconds', async () => {
    const { get, logLines } = createTestApi();
    for (const path of ['/healthz', '/readyz', '/metrics']) await get(path);
    expect(logLines.map(({ level }) => level)).toEqual([20, 20, 20]);
  });
});
