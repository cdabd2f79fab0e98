import type { ClusterMap } from '@trolley/crush';
import { describe, expect, it } from 'vitest';
import { KnownEpochs } from './known-epochs.ts';
import { FakeEngine } from './testing/fake-engine.ts';
import { createTestNode } from './testing/test-node.ts';
import { WorkGate } from './work-gate.ts';

const READ = { type: 'read', key: 'product:orange', detail: 'record', requestId: 'request-1' };

function batch(operations: unknown[] = [READ], to = 'node-a') {
  return { to, epoch: 7, operations };
}

describe('POST /batch', () => {
  it('answers with the node, the newest epoch and one result for each operation', async () => {
    const { post } = createTestNode();
    const response = await post('/batch', batch([READ, READ]));
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      node: 'node-a',
      epoch: 7,
      epochInForce: 7,
      syncedEpoch: 6,
      clockMs: expect.any(Number),
      results: [
        { type: 'read', record: null },
        { type: 'read', record: null },
      ],
    });
  });

  it('I5: carries out a batch for as long as its sender waits, by the clock that its replies tell, and not later', async () => {
    const { clock, engine, post } = createTestNode();
    const change = { type: 'change', key: 'user:a', change: { action: { type: 'create-user' } }, base: null };
    const told: unknown = await (await post('/batch', batch([]))).json();
    expect(told).toMatchObject({ clockMs: clock.monotonicMs() });
    const notAfterMs = clock.monotonicMs() + 500;
    clock.advance(500);
    expect((await post('/batch', { ...batch(), notAfterMs })).status).toBe(200);
    clock.advance(1);
    const late = await post('/batch', { ...batch([change]), notAfterMs });
    expect(late.status).toBe(409);
    expect(await late.json()).toMatchObject({ code: 'TOO_LATE' });
    expect((await engine.readRecord('user:a')).value).toBeUndefined();
    expect((await post('/batch', batch([change]))).status).toBe(200);
  });

  it('takes an empty batch, and answers it with its epochs also under an older map', async () => {
    const response = await createTestNode().post('/batch', { ...batch([]), epoch: 0 });
    const told = { node: 'node-a', epoch: 7, epochInForce: 7, syncedEpoch: 6, results: [] };
    expect(await response.json()).toMatchObject(told);
  });

  it.each([
    ['another node', batch([READ], 'node-b'), 421, 'MISDIRECTED'],
    ['an unknown operation', batch([{ type: 'forget', key: 'product:orange' }]), 400, 'INVALID_INPUT'],
    ['an older map', { ...batch(), epoch: 6 }, 409, 'STALE_EPOCH'],
    ['a negative epoch', { ...batch(), epoch: -1 }, 400, 'INVALID_INPUT'],
    ['no object', [], 400, 'INVALID_INPUT'],
    ['no JSON', '{', 400, 'MALFORMED_JSON'],
  ])('turns away a batch for %s', async (_, body, status, code) => {
    const response = await createTestNode().post('/batch', body);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ code });
  });

  it('answers, before it serves, what nodes that start together ask, and which epoch it knows, and nothing else', async () => {
    const { post } = createTestNode({ gate: new WorkGate() });
    const question = { type: 'tombstone-drops' };
    const early = await post('/batch', batch([question]));
    expect(await early.json()).toMatchObject({
      results: [{ type: 'tombstone-drops', drops: [], incompleteGroups: [] }],
    });
    expect(await (await post('/batch', batch([]))).json()).toMatchObject({ epoch: 7 });
    for (const operations of [[READ], [question, READ]]) {
      expect((await post('/batch', batch(operations))).status).toBe(503);
    }
  });

  it('I9: a node that lost its data and was told of no map since takes no part', async () => {
    const engine = new FakeEngine('node-a', [3]);
    let fromRegistry = 0;
    const epochs = new KnownEpochs({ fromRegistry: () => fromRegistry, synced: () => 0, memory: engine });
    const { post } = createTestNode({ epochs });
    expect((await post('/batch', batch())).status).toBe(503);
    fromRegistry = 7;
    expect((await post('/batch', batch())).status).toBe(200);
  });

  it('I9: tells of an epoch when it will remember that, and turns away older batches before', async () => {
    const engine = new FakeEngine();
    const epochs = new KnownEpochs({ fromRegistry: () => 0, synced: () => 0, memory: engine });
    const { post } = createTestNode({ epochs });
    engine.readOnlyReason = 'the disk is full';
    expect(await (await post('/batch', batch())).json()).toMatchObject({ epoch: 0 });
    expect((await post('/batch', { ...batch(), epoch: 6 })).status).toBe(409);
    engine.readOnlyReason = undefined;
    expect(await (await post('/batch', batch())).json()).toMatchObject({ epoch: 7 });
    expect(engine.rememberedEpoch).toBe(7);
  });

  it('tells which map it knows before it serves and whatever the epoch it is asked under', async () => {
    const map: ClusterMap = {
      epoch: 7,
      pgCount: 16,
      replicas: 3,
      nodes: [{ id: 'node-a', zone: 'west', weight: 1, state: 'in' }],
    };
    const { engine, post } = createTestNode({ gate: new WorkGate() });
    const question = { ...batch([{ type: 'known-map' }]), epoch: 0 };
    expect(await (await post('/batch', question)).json()).toMatchObject({
      epoch: 7,
      results: [{ type: 'known-map', map: null }],
    });
    engine.rememberedMap = { ...map, epoch: 9 };
    expect(await (await post('/batch', question)).json()).toMatchObject({
      epoch: 9,
      results: [{ type: 'known-map', map: { ...map, epoch: 9 } }],
    });
    const asking = async (newerThan: number) => {
      const answer = await post('/batch', { ...batch([{ type: 'known-map', newerThan }]), epoch: 0 });
      return answer.json();
    };
    expect(await asking(8)).toMatchObject({ epoch: 9, results: [{ map: { epoch: 9 } }] });
    expect(await asking(9)).toMatchObject({ epoch: 9, results: [{ type: 'known-map', map: null }] });
  });

  it('wants JSON, a post, and a body within bounds', async () => {
    const { app, post } = createTestNode();
    expect((await post('/batch', batch(), { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await app.request('/batch')).headers.get('allow')).toBe('POST');
    expect((await post('/batch', batch(), { 'content-length': String(65 * 1024 * 1024) })).status).toBe(413);
  });

  it.each([undefined, 'Bearer wrong', 'Bearer ', 'Basic secret', 'secret', 'Bearer secretsecret'])(
    'turns away %j where a token is set',
    async (authorization) => {
      const { post, engine } = createTestNode({ clusterToken: 'secret' });
      const merge = {
        type: 'change',
        key: 'user:a@example.com',
        change: { action: { type: 'create-user' } },
        base: null,
      };
      const response = await post('/batch', batch([merge]), authorization === undefined ? {} : { authorization });
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toContain('Bearer');
      expect(engine.records.size).toBe(0);
    },
  );

  it.each(['Bearer secret', 'bearer secret'])('lets in %j', async (authorization) => {
    const response = await createTestNode({ clusterToken: 'secret' }).post('/batch', batch(), { authorization });
    expect(response.status).toBe(200);
  });

  it('is turned away while the node stops; what was let in before is finished', async () => {
    const { post, engine, gate } = createTestNode();
    const release = engine.hold();
    const before = post('/batch', batch());
    await expect.poll(() => gate.inFlight).toBe(1);
    const drained = gate.close();
    const after = await post('/batch', batch());
    expect(after.status).toBe(503);
    expect(after.headers.get('connection')).toBe('close');
    expect(await after.json()).toMatchObject({ code: 'NOT_READY' });
    release();
    await drained;
    expect((await before).status).toBe(200);
  });
});

describe('the log', () => {
  it('has failures, slow operations and their request ids, and no others', async () => {
    const { post, engine, clock, logLines } = createTestNode();
    await post('/batch', batch());
    expect(logLines).toEqual([]);

    await post('/batch', batch([{ ...READ, key: 'nonsense' }]));
    expect(logLines.at(-1)).toMatchObject({ level: 40, requestId: 'request-1', result: 'INVALID_OPERATION' });

    engine.failure = new Error('broken');
    await post('/batch', batch());
    expect(logLines.at(-1)).toMatchObject({ level: 50, requestId: 'request-1', err: { message: 'broken' } });

    engine.failure = undefined;
    const release = engine.hold();
    const startedBefore = engine.started;
    const gated = post('/batch', batch());
    await expect.poll(() => engine.started).toBe(startedBefore + 1);
    clock.advance(300);
    release();
    await gated;
    expect(logLines.at(-1)).toMatchObject({ level: 30, requestId: 'request-1', ms: 300 });
  });
});
