import { problemSchema } from '@trolley/cluster';
import { encodeRecord } from '@trolley/records';
import { describe, expect, it } from 'vitest';
import type { BadRequest } from '../../../../tests/support/bad-request.ts';
import { badRequests } from '../../../../tests/support/bad-requests.ts';
import { StoreError } from '../store.ts';
import type { FakeStore } from '../testing/fake-store.ts';
import { createTestApi } from '../testing/test-api.ts';

const REPLICAS = 3;

async function createSeededApi() {
  const api = createTestApi();
  await api.seed();
  api.store.failure = ({ options: { r, w } }) => {
    const tooHigh = [r, w].some((level) => typeof level === 'number' && level > REPLICAS);
    return tooHigh ? new StoreError('LEVEL_TOO_HIGH', 'there are 3 replicas') : undefined;
  };
  return api;
}

async function refusalOf(app: Awaited<ReturnType<typeof createSeededApi>>['app'], request: BadRequest) {
  const { method, path, headers = {}, body } = request;
  return app.request(path, { method, headers, ...(body === undefined ? {} : { body }) });
}

function contentsOf({ records }: FakeStore) {
  return [...records].map(([key, record]) => [key, encodeRecord(record)]);
}

describe('bad input', () => {
  it('is tried in at least 60 ways, each named once', () => {
    expect(badRequests.length).toBeGreaterThanOrEqual(60);
    expect(new Set(badRequests.map(({ title }) => title)).size).toBe(badRequests.length);
  });

  it.each(badRequests)('$title is refused with $status', async (request) => {
    const { app, store, registers } = await createSeededApi();
    const before = contentsOf(store);

    const response = await refusalOf(app, request);

    expect(response.status).toBe(request.status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(response.headers.get('x-request-id')).toMatch(/^\w+$/);
    const { status, code, errors = [] } = problemSchema.parse(await response.json());
    expect({ status, code }).toEqual({ status: request.status, code: request.code ?? code });
    expect([undefined, ...errors.map(({ field }) => field)]).toContain(request.field);
    expect(contentsOf(store)).toEqual(before);
    expect(registers.count('change')).toBe(0);
  });

  it('with a wrong method is told the right ones', async () => {
    const { app } = await createSeededApi();
    const response = await app.request('/product', { method: 'PUT' });
    expect(response.headers.get('allow')).toBe('GET, HEAD, POST, DELETE');
  });

  it('is not an emoji, a name of an object’s member or a name in capitals', async () => {
    const api = await createSeededApi();
    for (const name of ['🍊', '__proto__', 'constructor', 'toString', 'hasOwnProperty', ' CRÈME ']) {
      expect((await api.post('/product', { name, quantity: 2 })).status).toBe(200);
    }
    const products = JSON.parse('{"🍊": 1, "__proto__": 2, "constructor": 3, "toString": 4, "crème": 5}');
    const response = await api.post('/addtocart', { email: 'Ann@Example.com ', products });
    expect(await response.text()).toBe(
      '{"email":"ann@example.com","cart":{"__proto__":2,"constructor":3,"crème":5,"tostring":4,"🍊":1},"version":2}',
    );
  });
});
