/*
 * Reservations through two gateways on real processes: one winner for each item, all or none, a hold that ends by
 * itself, and a gateway that is killed in the middle of it all.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mustPost } from '../support/client.ts';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { waitUntil } from '../support/wait-until.ts';

const ANN = 'ann@example.com';
const ROUNDS = 5;
const CLIENTS = 30;
const SEATS = 40;

interface Reservation {
  readonly id: string;
  readonly item: string;
  readonly email: string;
  readonly pending?: boolean;
}

let cluster: TestCluster;

beforeAll(async () => {
  cluster = await startCluster({ gateways: 2 });
  for (const id of itemIds()) await mustPost(cluster.url, '/items', { id, kind: 'seat' });
});

afterAll(async () => cluster?.stop());

describe('reservations', () => {
  test('I30: have one winner, however many ask both gateways', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const item = `race-${round}`;
      const people = Array.from({ length: CLIENTS }, (_, index) => `p${index}@example.com`);
      const answers = await Promise.all(
        people.map(async (email, index) => send('POST', '/reservations', { email, items: [item] }, index)),
      );
      expect(answers.map(({ status }) => status).toSorted(byNumber)).toEqual([201, ...people.slice(1).map(() => 409)]);
      const [held] = await find(`item=${item}`);
      expect(held?.email).toBe(people[answers.findIndex(({ status }) => status === 201)]);
    }
  });

  test('I32: are all made or none, and are found through the other gateway', async () => {
    await send('POST', '/reservations', { email: 'bob@example.com', items: ['seat-3'] }, 0);
    const refused = await send('POST', '/reservations', { email: ANN, items: ['seat-2', 'seat-3'], atomic: true }, 1);
    expect(refused.status).toBe(409);
    const made = await send('POST', '/reservations', { email: ANN, items: ['seat-1', 'seat-2'], atomic: true }, 0);
    expect(made.status).toBe(201);
    expect(await heldBy(ANN, 1)).toEqual(['seat-1', 'seat-2']);
  });

  test('can be changed and cancelled through the other gateway', async () => {
    const id = (await find('item=seat-1'))[0]?.id ?? '';
    expect((await send('PATCH', `/reservations/${id}`, { item: 'seat-4' }, 1)).status).toBe(200);
    expect(await heldBy(ANN, 0)).toEqual(['seat-2', 'seat-4']);
    const moved = (await find('item=seat-4'))[0]?.id ?? '';
    expect((await send('DELETE', `/reservations/${moved}`, undefined, 0)).status).toBe(204);
    expect(await heldBy(ANN, 1)).toEqual(['seat-2']);
  });

  test('I37: are made once for each Idempotency-Key, at whichever gateway', async () => {
    const body = { email: ANN, items: ['seat-5', 'seat-6'] };
    const answers = await Promise.all(
      [0, 1, 0, 1].map(async (gateway) => send('POST', '/reservations', body, gateway, 'k')),
    );
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    expect(new Set(answers.map(({ text }) => idsIn(text))).size).toBe(1);
  });

  test('I36: that are not confirmed end by themselves', async () => {
    await send('POST', '/reservations', { email: ANN, items: ['seat-7', 'seat-8'], holdSeconds: 1 }, 0);
    const id = (await find('item=seat-8'))[0]?.id ?? '';
    expect((await send('PATCH', `/reservations/${id}`, { confirm: true }, 1)).status).toBe(200);
    await waitUntil('the hold to lapse', async () => (await find('item=seat-7', 1)).length === 0);
    expect((await find('item=seat-8', 1))[0]?.id).toBe(id);
  });

  test('I34, I35: agree with what people hold after a gateway was killed, and nothing of it hangs', async () => {
    const people = Array.from({ length: 8 }, (_, index) => `k${index}@example.com`);
    const [, doomed] = cluster.gateways;
    if (doomed === undefined) throw new Error('there is no second gateway');
    const working = people.map(async (email, index) => {
      const items = [0, 1, 2, 3].map((offset) => `seat-${10 + ((index * 3 + offset) % 24)}`);
      for (;;) {
        const answer = await attempt(doomed.url, email, items);
        if (answer === 'gone') return;
      }
    });
    await waitUntil('some to be reserved', async () => (await heldByAll(people)).length > 4);
    await cluster.killGateway(doomed);
    await Promise.all(working);

    const byItem = await Promise.all(itemIds().map(async (id) => find(`item=${id}`)));
    const held = byItem.flat().filter(({ email }) => people.includes(email));
    expect(new Set((await heldByAll(people)).map(({ id }) => id))).toEqual(new Set(held.map(({ id }) => id)));
    await waitUntil('nothing to be pending', async () =>
      (await heldByAll(people)).every(({ pending }) => pending !== true),
    );
    for (const { id } of await heldByAll(people)) {
      expect((await send('DELETE', `/reservations/${id}`, undefined, 0)).status).toBe(204);
    }
    const items = Array.from({ length: 24 }, (_, index) => `seat-${index + 10}`);
    expect((await send('POST', '/reservations', { email: ANN, items, atomic: true }, 0)).status).toBe(201);
  });
});

function itemIds(): readonly string[] {
  const races = Array.from({ length: ROUNDS }, (_, round) => `race-${round}`);
  return [...races, ...Array.from({ length: SEATS }, (_, seat) => `seat-${seat}`)];
}

async function send(method: string, path: string, body: unknown, gateway: number, key?: string) {
  const url = cluster.gateways[gateway % cluster.gateways.length]?.url;
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, text: await response.text() };
}

async function find(query: string, gateway = 0): Promise<readonly Reservation[]> {
  return JSON.parse((await send('GET', `/reservations?${query}`, undefined, gateway)).text);
}

async function heldBy(email: string, gateway: number): Promise<readonly string[]> {
  return (await find(`email=${email}`, gateway)).map(({ item }) => item).toSorted();
}

async function heldByAll(people: readonly string[]) {
  return (await Promise.all(people.map(async (email) => find(`email=${email}`)))).flat();
}

/** Reserves all of the items, and changes or cancels what is had, until the gateway is gone. */
async function attempt(url: string, email: string, items: readonly string[]): Promise<'served' | 'gone'> {
  try {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ email, items, atomic: true });
    const answer = await fetch(`${url}/reservations`, { method: 'POST', headers, body });
    if (answer.status !== 201) return 'served';
    const [first, ...others] = reservedIn(await answer.text());
    const change = JSON.stringify({ item: `seat-${34 + (email.length % 6)}` });
    await fetch(`${url}/reservations/${first?.id}`, { method: 'PATCH', headers, body: change });
    for (const { id } of others) await fetch(`${url}/reservations/${id}`, { method: 'DELETE' });
    return 'served';
  } catch {
    return 'gone';
  }
}

function reservedIn(text: string): readonly Reservation[] {
  const { reserved }: { readonly reserved: readonly Reservation[] } = JSON.parse(text);
  return reserved;
}

function idsIn(text: string): string {
  return reservedIn(text)
    .map(({ id }) => id)
    .join(' ');
}

function byNumber(a: number, b: number): number {
  return a - b;
}
