import type { Clock } from '@trolley/cluster';
import { expect, test } from 'vitest';
import { createGatewayClient } from '../gateway-client.ts';
import { seededRandom } from '../sample/seeded-random.ts';
import { impatientClock } from '../testing/impatient-clock.ts';
import { createSampleGateway } from '../testing/sample-gateway.ts';
import { ItemsClient } from './items-client.ts';
import { reserveItems } from './reserve-items.ts';

const email = 'ann@example.com';

function clientOf(send: typeof fetch): ItemsClient {
  const gateway = createGatewayClient('http://shop', send, undefined);
  return new ItemsClient(gateway, { clock: impatientClock, random: seededRandom(1) });
}

function unknownOutcome(reservations: readonly string[]): Response {
  return Response.json({ code: 'OUTCOME_UNKNOWN', detail: 'no majority', reservations }, { status: 503 });
}

test('claims of which the end stays unknown are asked about one by one, and told as what they turn out to be', async () => {
  const fake = createSampleGateway();
  const held = fake.items.take('book-1', email);
  const asked: string[] = [];
  const client = clientOf((input, init) => {
    const path = input instanceof Request ? input.url : String(input);
    if (init?.method === 'POST') return Promise.resolve(unknownOutcome([held, 'book-2~gone', 'book-3~mute']));
    asked.push(path.slice('http://shop/reservations/'.length));
    if (path.endsWith('~mute')) return Promise.resolve(unknownOutcome([]));
    return fake.fetch(input, init);
  });
  const report = await reserveItems(client, { email, items: ['book-1', 'book-2', 'book-3', 'book-4'] });
  expect(report).toMatchObject({
    wanted: 4,
    reserved: [{ id: held, item: 'book-1' }],
    refused: [{ item: 'book-2', reason: 'NOT_RESERVED' }],
    unknown: [
      { item: 'book-3', reason: 'no majority (503)' },
      { item: 'book-4', reason: 'no majority (503)' },
    ],
  });
  expect(new Set(asked)).toEqual(new Set([held, 'book-2~gone', 'book-3~mute']));
});

test.each([
  { asked: 3, becomes: 'held', expected: { reserved: [{ item: 'book-1' }], refused: [], unknown: [] } },
  {
    asked: 3,
    becomes: 'gone',
    expected: { reserved: [], refused: [{ item: 'book-1', reason: 'NOT_RESERVED' }], unknown: [] },
  },
  { asked: Infinity, becomes: 'held', expected: { reserved: [], refused: [], unknown: [{ item: 'book-1' }] } },
])('what is undecided is not reserved: after $asked questions it is $becomes', async ({ asked, becomes, expected }) => {
  const made = { id: 'book-1~made', item: 'book-1', email };
  let questions = 0;
  let nowMs = 0;
  const clock: Clock = {
    ...impatientClock,
    monotonicMs: () => nowMs,
    after: (delayMs, callback) => {
      nowMs += delayMs;
      return impatientClock.after(delayMs, callback);
    },
  };
  const send: typeof fetch = (_input, init) => {
    const pending = { ...made, pending: true };
    if (init?.method === 'POST') {
      return Promise.resolve(Response.json({ reserved: [pending], refused: [] }, { status: 201 }));
    }
    questions += 1;
    if (questions <= asked) return Promise.resolve(Response.json(pending));
    return Promise.resolve(becomes === 'held' ? Response.json(made) : Response.json({}, { status: 404 }));
  };
  const client = new ItemsClient(createGatewayClient('http://shop', send, undefined), {
    clock,
    random: seededRandom(1),
  });
  expect(await reserveItems(client, { email, items: ['book-1'] })).toMatchObject({ wanted: 1, ...expected });
  expect(nowMs).toBeLessThanOrEqual(12_000);
});

test('a gateway that dies midway leaves the rest unknown, and what was reserved before counts', async () => {
  const fake = createSampleGateway();
  const items = [...fake.items.items.keys()].slice(5);
  let claims = 0;
  const client = clientOf((input, init) => {
    claims += 1;
    return claims > 6 ? Promise.reject(new TypeError('fetch failed')) : fake.fetch(input, init);
  });
  const seen: number[] = [];
  const report = await reserveItems(client, { email, items }, (done) => seen.push(done));
  expect(report.reserved).toHaveLength(60);
  expect(report.unknown).toHaveLength(60);
  expect(seen.at(-1)).toBe(120);
});

test('every item is accounted for exactly once, whatever becomes of it', async () => {
  const fake = createSampleGateway();
  fake.items.take('book-2', 'ben@example.com');
  fake.items.undecided.add('book-3');
  const items = ['book-1', 'book-2', 'book-3', 'book-9', 'book-1', '..'];
  const { wanted, reserved, refused, unknown } = await reserveItems(clientOf(fake.fetch), { email, items });
  const told = [...reserved, ...refused, ...unknown].map(({ item }) => item);
  expect(told.toSorted()).toEqual(['..', 'book-1', 'book-2', 'book-3', 'book-9']);
  expect(wanted).toBe(5);
});
