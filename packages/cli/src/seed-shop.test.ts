import { expect, test } from 'vitest';
import { createGatewayClient } from './gateway-client.ts';
import { seedReportText, seedShop, type SeedReport } from './seed-shop.ts';
import type { Shop } from './shop-file.ts';
import { createFakeGateway, type FakeGateway } from './testing/fake-gateway.ts';
import { impatientClock } from './testing/impatient-clock.ts';

const shop: Shop = {
  products: Array.from({ length: 60 }, (_, index) => ({ name: `product ${index}`, quantity: index + 1 })),
  users: [
    { email: 'ann@example.com', cart: [['product 1', 2]] },
    { email: 'ben@example.com', cart: [] },
  ],
};

let runs = 0;
function seed(fake: FakeGateway, wanted: Shop = shop): Promise<SeedReport> {
  runs += 1;
  const chance = runs / 1000;
  return seedShop(createGatewayClient('http://shop', fake.fetch, undefined), wanted, {
    clock: impatientClock,
    random: () => chance,
  });
}

test('seeding puts in products, users and carts, a bounded number at once', async () => {
  const fake = createFakeGateway();
  expect(await seed(fake)).toEqual({ products: { created: 60, kept: 0 }, users: { created: 2, kept: 0 } });
  expect(fake.products.get('product 9')).toBe(10);
  expect(fake.users.get('ann@example.com')).toEqual(new Map([['product 1', 2]]));
  expect(fake.users.get('ben@example.com')).toEqual(new Map());
  expect(fake.mostAtOnce).toBeGreaterThan(4);
  expect(fake.mostAtOnce).toBeLessThanOrEqual(16);
});

test('seeding again changes nothing', async () => {
  const fake = createFakeGateway();
  await seed(fake);
  fake.products.set('product 1', 1);
  fake.users.get('ann@example.com')?.clear();
  const report = await seed(fake);
  expect(report).toEqual({ products: { created: 0, kept: 60 }, users: { created: 0, kept: 2 } });
  expect(fake.products.get('product 1')).toBe(1);
  expect(fake.users.get('ann@example.com')?.size).toBe(0);
  expect(seedReportText(report)).toBe('Seeded 0 products and 0 users; 60 products and 2 users were there already.');
});

test('a product deleted since the last run is put in again', async () => {
  const fake = createFakeGateway();
  await seed(fake);
  fake.products.delete('product 5');
  expect((await seed(fake)).products).toEqual({ created: 1, kept: 59 });
  expect(fake.products.get('product 5')).toBe(6);
});

test.each([true, false])(
  'writes that are answered with 503 (applied: %s) are tried again and count once',
  async (applied) => {
    const fake = createFakeGateway();
    fake.trouble = { left: 40, applied };
    await seed(fake);
    expect(fake.trouble.left).toBe(0);
    expect(fake.products.get('product 9')).toBe(10);
    expect(fake.users.get('ann@example.com')).toEqual(new Map([['product 1', 2]]));
  },
);

test('trying again comes to an end, which says what could not be written and why', async () => {
  const fake = createFakeGateway();
  fake.trouble = { left: Number.POSITIVE_INFINITY, applied: false };
  await expect(seed(fake)).rejects.toThrow(/Could not seed the product "product \d+": no quorum \(503\)/);
});

test('a cart with a product that the shop does not have fails in words of the gateway', async () => {
  const users = [{ email: 'ann@example.com', cart: [['unicorn', 1] as const] }];
  await expect(seed(createFakeGateway(), { products: [], users })).rejects.toThrow(
    'Could not seed the cart of ann@example.com: There is no product "unicorn". (404)',
  );
});
