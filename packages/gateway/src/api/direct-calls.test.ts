/*
 * The same requests to the app alone and to what stands before it: the answers must be the same, taken directly or not.
 */
import { request, type IncomingHttpHeaders } from 'node:http';
import type { HandleRequest } from '@trolley/cluster';
import { pino } from 'pino';
import { afterEach, describe, expect, test } from 'vitest';
import { StoreError } from '../store.ts';
import { createBothWays, loggedBy, serve, stopServing } from '../testing/both-ways.ts';
import { createTestApi } from '../testing/test-api.ts';
import { withDirectCalls } from './direct-calls.ts';
import { RequestFrame } from './request-frame.ts';
import type { Shop } from './shop.ts';

afterEach(stopServing);

interface Sent {
  readonly method?: string;
  readonly path: string;
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

async function send(port: number, { method = 'GET', path, body, headers = {} }: Sent) {
  return new Promise<{ status: number | undefined; headers: IncomingHttpHeaders; text: string }>((resolve, reject) => {
    const sending = request({ host: '127.0.0.1', port, method, path, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => {
        const { date: _, ...others } = response.headers;
        resolve({ status: response.statusCode, headers: others, text });
      });
    });
    sending.on('error', reject);
    sending.end(body);
  });
}

const json = { 'content-type': 'application/json' };
const addition = (body: unknown, headers: Record<string, string> = json): Sent => ({
  method: 'POST',
  path: '/addtocart',
  body: typeof body === 'string' || body instanceof Buffer ? body : JSON.stringify(body),
  headers,
});
const ann = { email: 'ann@example.com', products: { apple: 2 } };

const REQUESTS: readonly Sent[] = [
  { path: '/user?email=ann@example.com' },
  { path: '/user?email=ann%40example.com' },
  { path: '/user?email=Ann@example.com' },
  { path: '/user?email=%61nn@example.com' },
  { path: '/user?email=a+nn@example.com' },
  { path: '/user?email=nobody@example.com' },
  { path: '/user?email=no-address' },
  { path: '/user?email=ann%40example%40com' },
  { path: '/user?email=' },
  { path: '/user?email=ann@example.com&strict=true' },
  { path: '/user?email=ann@example.com&r=9' },
  { path: '/user?email=ann@example.com&email=bob@example.com' },
  { path: '/user?email=ann@example.com#x' },
  { path: '/user?email=ann@example.com', headers: { 'x-request-id': 'mine-1' } },
  { path: '/user?email=ann@example.com', method: 'HEAD' },
  { path: '/user?email=ann@example.com', method: 'PUT' },
  { path: '/user/?email=ann@example.com' },
  { path: '/addtocart' },
  addition(ann),
  addition({ email: 'ann@example.com', products: { apple: 1, banana: 3 } }),
  addition({ email: 'ann@example.com', products: { Apple: 1 } }),
  addition({ email: 'nobody@example.com', products: { apple: 1 } }),
  addition({ email: 'ann@example.com', products: { apple: 1, kiwi: 1, plum: 1 } }),
  addition({ email: 'ann@example.com', products: { apple: 1_000_000_000 } }),
  addition({ email: 'ann@example.com', products: { apple: 0.5 } }),
  addition({ email: 'ann@example.com', products: {} }),
  addition('{"email":"ann@example.com","products":{"__proto__":1}}'),
  addition({ email: 'ann@example.com', products: { apple: 1 }, more: 1 }),
  addition({ ...ann, products: Object.fromEntries(Array.from({ length: 1_001 }, (_, index) => [`p ${index}`, 1])) }),
  addition(''),
  addition('{'),
  addition('null'),
  addition(`\ufeff${JSON.stringify(ann)}`),
  addition(Buffer.from([0x7b, 0xff, 0x7d])),
  addition(`${' '.repeat(70_000)}${JSON.stringify(ann)}`),
  addition(`${' '.repeat(1_100_000)}${JSON.stringify(ann)}`),
  addition(ann, {}),
  addition(ann, { 'content-type': 'text/plain' }),
  addition(ann, { 'content-type': 'application/json; charset=utf-8' }),
  addition(ann, { ...json, 'transfer-encoding': 'chunked' }),
  addition(ann, { ...json, 'content-encoding': 'gzip' }),
  addition(ann, { ...json, 'idempotency-key': 'key-1' }),
  addition(ann, { ...json, 'idempotency-key': 'key-1' }),
  addition(ann, { ...json, 'x-request-id': 'mine-2' }),
  { ...addition(ann), path: '/addtocart?strict=true' },
  { ...addition(ann), path: '/addtocart?w=9' },
  { ...addition(ann), method: 'PUT' },
  { path: '/user?email=ann@example.com' },
];

describe('a call that is taken directly', () => {
  test('is answered, counted and logged as the app would, whatever is sent', async () => {
    const { usual, plain, served } = await createBothWays();
    for (const sent of REQUESTS) {
      const [direct, byApp] = await Promise.all([send(served.usual.port, sent), send(served.plain.port, sent)]);
      expect({ sent, ...direct }).toEqual({ sent, ...byApp });
    }
    const counted = async ({ metrics }: typeof usual) =>
      (await metrics.exposition()).text
        .split('\n')
        .filter((line) => line.startsWith('trolley_gateway_http_requests_total'));
    expect((await counted(usual)).toSorted()).toEqual((await counted(plain)).toSorted());
    expect(loggedBy(usual)).toEqual(loggedBy(plain));
    expect(usual.store.calls).toEqual(plain.store.calls);
  });

  test.each(['NO_REPLICA', 'OUTCOME_UNKNOWN', 'READ_ONLY'] as const)('tells of %s as the app would', async (code) => {
    const { usual, plain, served } = await createBothWays();
    for (const { store } of [usual, plain]) {
      const failing = () => Promise.reject(new StoreError(code, 'it is so'));
      store.read = failing;
      store.change = failing;
    }
    for (const sent of [{ path: '/user?email=ann@example.com' }, addition(ann)]) {
      const direct = await send(served.usual.port, sent);
      expect(direct.status).toBe(503);
      expect(direct).toEqual(await send(served.plain.port, sent));
    }
  });

  test('is answered with a bare 500, and logged, when something goes wrong that nobody foresaw', async () => {
    const { usual, plain, served } = await createBothWays();
    for (const { store } of [usual, plain]) store.read = () => Promise.reject(new Error('a bug'));
    const sent = { path: '/user?email=ann@example.com' };
    const direct = await send(served.usual.port, sent);
    expect(direct.status).toBe(500);
    expect(direct).toEqual(await send(served.plain.port, sent));
    expect(direct.text).not.toContain('a bug');
    expect(usual.logLines).toContainEqual(expect.objectContaining({ msg: 'A request failed', path: '/user' }));
  });

  test('ends its connection once the gateway stops', async () => {
    const { usual, served } = await createBothWays();
    expect((await send(served.usual.port, { path: '/user?email=ann@example.com' })).headers.connection).toBe(
      'keep-alive',
    );
    usual.stop.abort();
    for (const sent of [
      { path: '/user?email=ann@example.com' },
      { path: '/user?email=nobody@example.com' },
      addition(ann),
    ]) {
      expect((await send(served.usual.port, sent)).headers.connection).toBe('close');
    }
  });

  test('is taken from its request, where it is plain, and all else is handed on', async () => {
    const { store, clock, metrics, stop } = createTestApi();
    const logger = pino({ enabled: false });
    const handedOn: (string | undefined)[] = [];
    const known = { missingOf: async () => [], learn: () => {}, forget: () => {} };
    const shop = { store, knownProducts: known, availability: {} as Shop['availability'], clock, idempotencyTtlMs: 1 };
    const frame = new RequestFrame({ clock, metrics, logger, stopping: stop.signal, random: () => 0.5 });
    const otherwise: HandleRequest = async (incoming, outgoing) => {
      handedOn.push(incoming.url);
      outgoing.end();
    };
    const { port } = await serve(withDirectCalls({ shop, frame, logger, otherwise }));
    const read = { path: '/user?email=ann@example.com' };
    for (const sent of [read, { path: '/user?email=ann%40example.com' }, addition(ann)]) await send(port, sent);
    expect(handedOn).toEqual([]);
    expect(store.calls.map(({ method }) => method)).toEqual(['read', 'read', 'change']);
    for (const sent of [{ path: `${read.path}&r=1` }, addition({ ...ann, more: 1 }), addition(ann, {})]) {
      await send(port, sent);
    }
    expect(handedOn).toEqual(['/user?email=ann@example.com&r=1', '/addtocart', '/addtocart']);
    expect(store.calls).toHaveLength(3);
  });
});
