import { expect, test } from 'vitest';
import { hrefOf, parseRoute } from './route.ts';

test('a route is read back as it was written', () => {
  const query = { key: 'product:free range eggs', other: 'a&b=c#d?e' };
  expect(parseRoute(hrefOf('shop', query))).toEqual({ page: 'shop', query });
});

test('keys stay legible in the address', () => {
  expect(hrefOf('cluster', { key: 'user:ann@example.com' })).toBe('#/cluster?key=user:ann@example.com');
});

test('what is not set is left out', () => {
  expect(hrefOf('shop', { search: '', page: undefined })).toBe('#/shop');
});

test.each(['', '#', '#/', '#/nowhere', '#/nowhere?x=1'])('%j leads to the first page', (hash) => {
  expect(parseRoute(hash).page).toBe('cluster');
});
