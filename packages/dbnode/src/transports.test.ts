/*
 * What a batch comes to over each transport, on real sockets between a client and a node on a fake engine.
 */
import { HttpTransport, openNodeTransport, type Batch, type NodeOperation, type NodeTransport } from '@trolley/cluster';
import { describe, expect, it, onTestFinished } from 'vitest';
import { batch, end, serve } from './testing/serving-node.ts';
import { WorkGate } from './work-gate.ts';

const TIMEOUT_MS = 10_000;
const CREATE: NodeOperation = {
  type: 'change',
  key: 'user:a',
  change: { action: { type: 'create-user' }, once: { id: 'id-1', fingerprint: 'print_1', expiresAtMs: 5 } },
  base: null,
  requestId: 'request-1',
};
const READ: NodeOperation = { type: 'read', key: 'user:a', detail: 'record', requestId: 'request-1' };

const transports: [string, (clusterToken?: string) => NodeTransport][] = [
  ['HTTP', (clusterToken) => new HttpTransport({ clusterToken })],
  ['frames', (clusterToken) => openNodeTransport({ clusterToken })],
];

function open(openTransport: (token?: string) => NodeTransport, token?: string): NodeTransport {
  const transport = openTransport(token);
  onTestFinished(() => transport.close());
  return transport;
}

describe.each(transports)('over %s, a batch', (name, openTransport) => {
  it('is answered, with one result for each operation, in order', async () => {
    const { address, paths, engine } = await serve();
    const transport = open(openTransport);
    const first = await transport.send(address, batch([CREATE, READ]), TIMEOUT_MS);
    const record = engine.records.get('user:a') ?? '';
    expect(first).toEqual({
      node: 'node-a',
      epoch: 7,
      epochInForce: 7,
      syncedEpoch: 6,
      clockMs: expect.any(Number),
      results: [
        { type: 'change', outcome: 'applied', record },
        { type: 'read', record },
      ],
    });
    const operations: NodeOperation[] = [
      CREATE,
      { type: 'read', key: 'user:a', detail: 'context' },
      { type: 'read', key: 'user:c', detail: 'record' },
      { type: 'read', key: 'user:c', detail: 'context' },
      { type: 'merge', key: 'user:a', record },
      { type: 'merge', key: 'user:b', record },
      { type: 'change', key: 'user:a', change: { action: { type: 'create-user' } }, base: record },
      { type: 'read', key: 'nonsense', detail: 'record' },
      { type: 'scan', prefix: 'user:', after: null, limit: 10 },
      { type: 'prepare', key: 'item:a', ballot: [5, 'p'] },
    ];
    const second = await transport.send(address, batch(operations), TIMEOUT_MS);
    expect(second.results).toEqual([
      { type: 'change', outcome: 'already-applied', record },
      { type: 'read', context: expect.any(String) },
      { type: 'read', record: null },
      { type: 'read', context: null },
      { type: 'merge', changed: false },
      { type: 'merge', changed: true },
      { type: 'refused', code: 'USER_EXISTS', detail: expect.any(String), record },
      { type: 'error', code: 'INVALID_OPERATION', message: expect.any(String) },
      {
        type: 'scan',
        entries: [
          ['user:a', record],
          ['user:b', record],
        ],
        more: false,
      },
      { type: 'promised', accepted: null, value: null },
    ]);
    expect(paths).toEqual(name === 'HTTP' ? ['/batch', '/batch'] : []);
  });

  it('says that the node lost data', async () => {
    const { address, engine } = await serve();
    engine.incomplete = true;
    const { results } = await open(openTransport).send(address, batch([READ]), TIMEOUT_MS);
    expect(results).toEqual([{ type: 'read', record: null, incomplete: true }]);
  });

  it.each(['user:crème', 'user:日本', 'user:🛒'])('keeps the characters of %s', async (key) => {
    const { address, engine } = await serve();
    const { results } = await open(openTransport).send(address, batch([{ ...CREATE, key }]), TIMEOUT_MS);
    expect(results).toMatchObject([{ type: 'change' }]);
    expect([...engine.records.keys()]).toEqual([key]);
  });

  it('with half a character in a key is turned away, and not taken for another', async () => {
    const { address, engine } = await serve();
    const { results } = await open(openTransport).send(address, batch([{ ...CREATE, key: 'user:\ud83d' }]), TIMEOUT_MS);
    expect(results).toMatchObject([{ type: 'error', code: 'INVALID_OPERATION' }]);
    expect(engine.records.size).toBe(0);
  });

  it.each<[string, Partial<Batch>, string]>([
    ['for another node', { to: 'node-b' }, 'TURNED_AWAY'],
    ['under an older map', { epoch: 6 }, 'STALE_EPOCH'],
    ['that comes too late', { notAfterMs: -1 }, 'TOO_LATE'],
  ])('%s does nothing', async (_, fields, code) => {
    const { address, engine } = await serve();
    const sent = open(openTransport).send(address, batch([CREATE], fields), TIMEOUT_MS);
    await expect(sent).rejects.toMatchObject({ code, maybeDone: false });
    expect(engine.records.size).toBe(0);
  });

  it('may have been carried out by a node that fails before it answers', async () => {
    const { address, engine } = await serve();
    engine.rememberEpoch = async () => Promise.reject(new Error('the disk is broken'));
    const sent = open(openTransport).send(address, batch([CREATE]), TIMEOUT_MS);
    await expect(sent).rejects.toMatchObject({ code: 'INTERNAL', maybeDone: true });
    expect([...engine.records.keys()]).toEqual(['user:a']);
  });

  it.each([undefined, 'wrong'])('with the token %s does nothing where another is set', async (token) => {
    const { address, engine } = await serve({ clusterToken: 'secret' });
    const sent = open(openTransport, token).send(address, batch([CREATE]), TIMEOUT_MS);
    await expect(sent).rejects.toMatchObject({ code: 'TURNED_AWAY', maybeDone: false });
    expect(engine.records.size).toBe(0);
  });

  it('with the token is taken', async () => {
    const { address } = await serve({ clusterToken: 'secret' });
    const reply = await open(openTransport, 'secret').send(address, batch([CREATE]), TIMEOUT_MS);
    expect(reply.results).toMatchObject([{ outcome: 'applied' }]);
  });

  it('is turned away by a node that is starting, but for what is answered early', async () => {
    const { address } = await serve({ gate: new WorkGate() });
    const transport = open(openTransport);
    const sent = transport.send(address, batch([READ]), TIMEOUT_MS);
    await expect(sent).rejects.toMatchObject({ code: 'NOT_READY', maybeDone: false });
    const early = await transport.send(address, batch([{ type: 'tombstone-drops' }]), TIMEOUT_MS);
    expect(early.results).toMatchObject([{ type: 'tombstone-drops' }]);
    expect((await transport.send(address, batch([]), TIMEOUT_MS)).epoch).toBe(7);
  });

  it('that a node hangs on is given up in time, and those after it are answered', async () => {
    const { address, engine } = await serve();
    const transport = open(openTransport);
    const release = engine.hold();
    const sent = transport.send(address, batch([CREATE]), 100);
    await expect(sent).rejects.toMatchObject({ code: 'TIMEOUT', maybeDone: true });
    release();
    expect((await transport.send(address, batch([READ]), TIMEOUT_MS)).results).toMatchObject([{ type: 'read' }]);
  });

  it('that is given up in time takes no other with it', async () => {
    const { address, engine } = await serve();
    const transport = open(openTransport);
    await transport.send(address, batch([]), TIMEOUT_MS);
    const release = engine.hold();
    const [hung, patient] = [CREATE, READ].map(async (operation, index) =>
      transport.send(address, batch([operation]), index === 0 ? 100 : TIMEOUT_MS),
    );
    await expect(hung).rejects.toMatchObject({ code: 'TIMEOUT', maybeDone: true });
    expect((await transport.send(address, batch([]), TIMEOUT_MS)).epoch).toBe(7);
    release();
    expect((await patient)?.results).toMatchObject([{ type: 'read' }]);
  });

  it('does not wait for another that is in flight', async () => {
    const { address, engine } = await serve();
    const transport = open(openTransport);
    const release = engine.hold();
    const held = transport.send(address, batch([CREATE]), TIMEOUT_MS);
    expect((await transport.send(address, batch([]), TIMEOUT_MS)).epoch).toBe(7);
    release();
    expect((await held).results).toMatchObject([{ outcome: 'applied' }]);
  });

  it('may have been carried out when the connection is cut', async () => {
    const { address, engine, sockets } = await serve();
    const release = engine.hold();
    const sent = open(openTransport).send(address, batch([CREATE]), TIMEOUT_MS);
    sent.catch(() => undefined);
    await expect.poll(() => engine.started).toBe(1);
    for (const socket of sockets) socket.destroy();
    await expect(sent).rejects.toMatchObject({ code: 'CONNECTION_LOST', maybeDone: true });
    release();
  });

  it('reaches a node that was started anew', async () => {
    const { address, listener } = await serve();
    const transport = open(openTransport);
    await transport.send(address, batch([CREATE]), TIMEOUT_MS);
    await end(listener);
    const sent = transport.send(address, batch([READ]), TIMEOUT_MS);
    await expect(sent).rejects.toMatchObject({ code: expect.stringMatching(/^UNREACHABLE$|^CONNECTION_LOST$/) });
    await serve({}, address.port);
    expect((await transport.send(address, batch([CREATE]), TIMEOUT_MS)).results).toMatchObject([{ type: 'change' }]);
  });

  it('does nothing where nobody listens', async () => {
    const { address, listener } = await serve();
    await end(listener);
    const sent = open(openTransport).send(address, batch([CREATE]), TIMEOUT_MS);
    await expect(sent).rejects.toMatchObject({ code: 'UNREACHABLE', maybeDone: false });
  });

  it('fails when its transport is closed', async () => {
    const { address, engine } = await serve();
    const transport = openTransport();
    const release = engine.hold();
    const sent = transport.send(address, batch([CREATE]), TIMEOUT_MS);
    sent.catch(() => undefined);
    await expect.poll(() => engine.started).toBe(1);
    await transport.close();
    await expect(sent).rejects.toMatchObject({ maybeDone: true });
    release();
  });
});
