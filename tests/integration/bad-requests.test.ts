/*
 * Bad input against real processes, a gateway and a node: each request gets its 4xx as a problem that names
 * the field, none gets a 500, and what the nodes hold stays the same, byte for byte.
 */
import { problemSchema } from '@trolley/cluster';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { badNodeRequests } from '../support/bad-node-requests.ts';
import type { BadRequest } from '../support/bad-request.ts';
import { badRequests } from '../support/bad-requests.ts';
import { mustPost } from '../support/client.ts';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { contentsOfAll, waitUntilNodesAgree } from '../support/node-contents.ts';

const ANSWER_TIMEOUT_MS = 10_000;

let cluster: TestCluster;

beforeAll(async () => {
  cluster = await startCluster();
  for (const name of ['apple', 'orange', '__proto__', 'constructor', '🍊']) {
    await mustPost(cluster.url, '/product', { name, quantity: 10 });
  }
  await mustPost(cluster.url, '/createuser', { email: 'ann@example.com' });
  await mustPost(cluster.url, '/addtocart', { email: 'ann@example.com', products: { apple: 1, ['__proto__']: 2 } });
  await waitUntilNodesAgree(cluster);
});

afterAll(async () => cluster?.stop());

describe('a gateway', () => {
  test.each(badRequests)('refuses $title with $status', async (request) => expectRefusal(cluster.url, request));

  test('still serves afterwards', async () => expectService(cluster.url));
});

describe('a node', () => {
  test('is asked in at least 60 ways', () => expect(badNodeRequests.length).toBeGreaterThanOrEqual(60));

  test.each(badNodeRequests)('refuses $title with $status', async (request) =>
    expectRefusal(cluster.node('node-1').url, request),
  );

  test('still serves afterwards', async () => expectService(cluster.node('node-1').url));
});

async function expectRefusal(url: string, request: BadRequest): Promise<void> {
  const before = await contentsOfAll(cluster);
  const { method, path, headers = {}, body } = request;
  const response = await fetch(`${url}${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
    signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
  });
  const problem: unknown = await response.json();

  expect({ status: response.status, problem }).toMatchObject({ status: request.status });
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(response.headers.get('x-request-id')).toMatch(/^\w+$/);
  const { status, code, errors = [] } = problemSchema.parse(problem);
  expect({ status, code }).toEqual({ status: request.status, code: request.code ?? code });
  expect([undefined, ...errors.map(({ field }) => field)]).toContain(request.field);
  expect(await contentsOfAll(cluster)).toEqual(before);
}

async function expectService(url: string): Promise<void> {
  const response = await fetch(`${url}/user?email=ann@example.com`);
  // As text: an object of this test would have a prototype where the cart has a line.
  expect(await response.text()).toContain('"cart":{"__proto__":2,"apple":1}');
}
