import { expect, test } from 'vitest';
import {
  additionsAmong,
  emails,
  firstCart,
  MIXES,
  parseRequests,
  productsOf,
  requestsOf,
  requestsText,
  UNITS_AT_START,
} from './workload.ts';

test('a thousand users have carts of three lines, of one unit each', () => {
  expect(new Set(emails).size).toBe(1_000);
  const carts = emails.map((_, index) => firstCart(index));
  expect(carts.every((cart) => Object.keys(cart).length === 3)).toBe(true);
  const units = carts.flatMap((cart) => Object.values(cart)).reduce((sum, quantity) => sum + quantity, 0);
  expect(units).toBe(UNITS_AT_START);
});

test('an addition adds one unit to a line that is in the cart, each line in its turn', () => {
  const requests = requestsOf('post');
  expect(requests).toHaveLength(3_000);
  const added = requests.filter(({ body }) => body?.includes(`"${emails[7]}"`)).map(({ body }) => body);
  expect(added).toEqual(
    productsOf(7).map((product) => JSON.stringify({ email: emails[7], products: { [product]: 1 } })),
  );
});

test.each(MIXES)('a load generator reads of the mix %s what was written', (mix) => {
  const requests = requestsOf(mix);
  expect(parseRequests(requestsText(requests))).toEqual(requests);
});

test('a file of something else is refused', () => {
  expect(() => parseRequests('hello\n')).toThrow('hello');
});

test('in half and half an addition and a read take turns', () => {
  const requests = requestsOf('half');
  expect(requests).toHaveLength(6_000);
  expect(requests.every(({ method }, index) => method === (index % 2 === 0 ? 'POST' : 'GET'))).toBe(true);
});

test.each(MIXES)('of the mix %s it is known how many requests are additions', (mix) => {
  const requests = requestsOf(mix);
  for (const count of [0, 1, 2, 7, 100]) {
    const sent = requests.slice(0, count);
    expect(additionsAmong(mix, count)).toBe(sent.filter(({ method }) => method === 'POST').length);
  }
});
