import { expect, test } from 'vitest';
import {
  CALLS,
  emails,
  firstCart,
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
  const requests = requestsOf({ method: 'POST', route: '/addtocart' });
  expect(requests).toHaveLength(3_000);
  const added = requests.filter(({ body }) => body?.includes(`"${emails[7]}"`)).map(({ body }) => body);
  expect(added).toEqual(
    productsOf(7).map((product) => JSON.stringify({ email: emails[7], products: { [product]: 1 } })),
  );
});

test.each(CALLS)('a load generator reads of $method $route what was written', (call) => {
  const requests = requestsOf(call);
  expect(parseRequests(requestsText(requests))).toEqual(requests);
});

test('a file of something else is refused', () => {
  expect(() => parseRequests('hello\n')).toThrow('hello');
});
