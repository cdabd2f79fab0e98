import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { CommandFailure } from './failure.ts';
import { parseShop, readShopFile, SAMPLE_SHOP_FILE } from './shop-file.ts';

function complaint(value: unknown): string {
  try {
    parseShop(typeof value === 'string' ? value : JSON.stringify(value), 'shop.json');
  } catch (error) {
    if (error instanceof CommandFailure) return error.message;
    throw error;
  }
  throw new Error('the file was taken');
}

const user = { email: 'ann@example.com', cart: {} };

test.each([
  ['not json', 'shop.json is not JSON'],
  [[], 'the file: must be an object'],
  [null, 'the file: must be an object'],
  ['"x"', 'the file: must be an object'],
  [{ products: {} }, 'products: must be a list'],
  [{ shelves: [] }, 'shelves'],
  [{ products: [{ name: 'apple' }] }, 'products[0].quantity: '],
  [
    {
      products: [
        { name: 'apple', quantity: 1 },
        { name: '', quantity: 1 },
      ],
    },
    'products[1].name: must not be empty',
  ],
  [{ products: [{ name: 7, quantity: 1 }] }, 'products[0].name: must be text'],
  [{ products: [{ name: 'apple', quantity: -1 }] }, 'products[0].quantity: must not be negative'],
  [{ products: [{ name: 'apple', quantity: 1.5 }] }, 'products[0].quantity: must be a whole number'],
  [{ products: [{ name: 'apple', quantity: '5' }] }, 'products[0].quantity: must be a whole number'],
  [{ products: [{ name: 'apple', quantity: 1e308 }] }, 'products[0].quantity: '],
  [{ products: [{ name: 'apple', quantity: 1, price: 2 }] }, 'price'],
  [
    {
      products: [
        { name: 'Apple', quantity: 1 },
        { name: 'apple ', quantity: 2 },
      ],
    },
    'products[1]: "apple" is already products[0]',
  ],
  [{ users: [{ email: 'ann', cart: {} }] }, 'users[0].email: must be an e-mail address'],
  [{ users: [user, user] }, 'users[1]: "ann@example.com" is already users[0]'],
  [{ users: [{ email: 'ann@example.com' }] }, 'users[0].cart: '],
  [{ users: [{ ...user, cart: { apple: 0 } }] }, 'users[0].cart.apple: must be at least 1'],
  [{ users: [{ ...user, cart: ['apple'] }] }, 'users[0].cart: must be an object'],
])('%j is refused: %s', (value, expected) => {
  expect(complaint(value)).toContain(expected);
});

test('a file with very many errors lists the first and counts the rest', () => {
  const products = Array.from({ length: 50 }, () => ({ name: '', quantity: 1 }));
  const lines = complaint({ products }).split('\n');
  expect(lines).toHaveLength(12);
  expect(lines.at(-1)).toContain('and 40 more');
});

test('names are taken as the gateway spells them, __proto__ among them', () => {
  const shop = parseShop(
    '\uFEFF{"products": [{"name": " __PROTO__ ", "quantity": 1}], "users": [{"email": "Ann@Example.com", "cart": {"__proto__": 2, "constructor": 1}}]}',
    'shop.json',
  );
  expect(shop.products).toEqual([{ name: '__proto__', quantity: 1 }]);
  expect(shop.users[0]?.email).toBe('ann@example.com');
  expect(shop.users[0]?.cart).toEqual([
    ['__proto__', 2],
    ['constructor', 1],
  ]);
});

test('a file that is not there is named', async () => {
  await expect(readShopFile('/nowhere/shop.json')).rejects.toThrow('/nowhere/shop.json: there is no such file');
});

test('the sample shop is a whole shop, spelled as the gateway spells it', async () => {
  const shop = await readShopFile(SAMPLE_SHOP_FILE);
  const written: unknown = JSON.parse(await readFile(SAMPLE_SHOP_FILE, 'utf8'));
  expect(written).toEqual({
    products: shop.products,
    users: shop.users.map(({ email, cart }) => ({ email, cart: Object.fromEntries(cart) })),
  });
  const names = new Set(shop.products.map((product) => product.name));
  expect(names.size).toBeGreaterThanOrEqual(200);
  for (const name of ['orange', 'apple', 'banana', 'milk', 'bread']) expect(names).toContain(name);
  expect(shop.products.every((product) => product.quantity > 0)).toBe(true);
  expect(shop.users).toHaveLength(50);
  expect(shop.users.every((each) => /@example\.(?:com|org|net)$/.test(each.email))).toBe(true);
  const lines = shop.users.flatMap((each) => each.cart.map(([name]) => name));
  expect(lines.filter((name) => !names.has(name))).toEqual([]);
  expect(Math.max(...shop.users.map((each) => each.cart.length))).toBe(12);
  expect(Math.min(...shop.users.map((each) => each.cart.length))).toBe(0);
});
