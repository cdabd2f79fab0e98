import { expect, test } from 'vitest';
import { createTestApi } from '../testing/test-api.ts';

const ADDITION = { email: 'ann@example.com', products: { apple: 1 } };

/** One reply of each kind: made by the call itself or by what stands around it, with a body or without. */
async function repliesOf({ get, post, remove }: ReturnType<typeof createTestApi>, headers: Record<string, string>) {
  return [
    await get('/user?email=ann@example.com', headers),
    await post('/addtocart', ADDITION, headers),
    await post('/createuser', { email: 'eve@example.com' }, headers),
    await get('/userslist?limit=1', headers),
    await remove('/user?email=bob@example.com'),
    await get('/user?email=nobody@example.com', headers),
    await get('/user?email=no-address', headers),
    await get('/nothing', headers),
    await post('/healthz', {}, headers),
    await get('/healthz', headers),
    await get('/metrics', headers),
  ];
}

test('every reply carries an id: a new one, or the one that the client gave its request', async () => {
  const api = createTestApi();
  await api.seed();
  const replies = await repliesOf(api, {});
  expect(replies.map(({ status }) => status)).toEqual([200, 200, 201, 200, 204, 404, 400, 404, 405, 200, 200]);
  for (const { headers } of replies) expect(headers.get('x-request-id')).toMatch(/^[0-9a-z]{16}$/);

  const named = await api.get('/user?email=ann@example.com', { 'x-request-id': 'a_b-c=1' });
  expect(named.headers.get('x-request-id')).toBe('a_b-c=1');
});

test.each(['', 'a b', '<x>', 'é', 'x'.repeat(129)])('an id that is none, such as %j, is replaced', async (sent) => {
  const { get } = createTestApi();
  const reply = await get('/healthz', { 'x-request-id': sent });
  expect(reply.headers.get('x-request-id')).toMatch(/^[0-9a-z]{16}$/);
});

test('once the gateway stops, every reply ends its connection', async () => {
  const api = createTestApi();
  await api.seed();
  for (const { headers } of await repliesOf(api, {})) expect(headers.has('connection')).toBe(false);
  api.stop.abort();
  const replies = [
    await api.get('/user?email=ann@example.com'),
    await api.get('/user?email=x'),
    await api.get('/metrics'),
  ];
  for (const { headers } of replies) expect(headers.get('connection')).toBe('close');
});
