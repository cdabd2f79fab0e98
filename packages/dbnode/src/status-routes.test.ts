import { describe, expect, it } from 'vitest';
import { createTestNode } from './testing/test-node.ts';

describe('status calls', () => {
  it('tell whether the node is alive and ready', async () => {
    const reasons: string[] = [];
    const { app } = createTestNode({ reasonsNotReady: () => reasons });
    expect((await app.request('/healthz')).status).toBe(200);
    expect((await app.request('/readyz')).status).toBe(200);
    reasons.push('the node is starting', 'the node is not registered');
    const response = await app.request('/readyz');
    expect(response.status).toBe(503);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toMatchObject({
      code: 'NOT_READY',
      detail: 'the node is starting; the node is not registered.',
    });
    expect((await app.request('/healthz')).status).toBe(200);
  });

  it('tell what the node is', async () => {
    const { app, clock, post } = createTestNode();
    await post('/createuser', { email: 'ann@example.com' });
    clock.advance(1500);
    expect(await (await app.request('/status')).json()).toMatchObject({
      id: 'node-a',
      actor: 'node-a.000001',
      zone: 'east',
      epoch: 7,
      syncedEpoch: 6,
      ready: true,
      records: 1,
      uptimeMs: 1500,
      recovery: { setAside: [], tornBytes: 0 },
    });
  });

  it('count operations, and records that changed', async () => {
    const { app, engine, post } = createTestNode();
    await post('/createuser', { email: 'ann@example.com' });
    const record = engine.records.get('user:ann@example.com');
    const merge = { type: 'merge', key: 'user:bob@example.com', record };
    await post('/batch', { to: 'node-a', epoch: 7, operations: [merge, merge] });
    engine.readOnlyReason = 'no space left';
    await post('/createuser', { email: 'cleo@example.com' });
    const response = await app.request('/metrics');
    expect(response.headers.get('content-type')).toContain('text/plain');
    const text = await response.text();
    for (const line of [
      'trolley_node_records_changed_total{type="change"} 1',
      'trolley_node_records_changed_total{type="merge"} 1',
      'trolley_node_operations_total{type="merge",result="unchanged"} 1',
      'trolley_node_operations_total{type="change",result="READ_ONLY"} 1',
      'trolley_node_batch_operations_sum 2',
      'trolley_node_records 2',
      'trolley_node_read_only 1',
      'trolley_node_fetch_groups_left 0',
      'trolley_node_commits_total 2',
    ]) {
      expect(text.split('\n')).toContain(line);
    }
    expect(text).toContain('nodejs_eventloop_lag_seconds');
  });
});
