import { expect, test } from 'vitest';
import { isRegisterKey, openKey, parseKey, personKey, productKey, userKey } from './keys.ts';

test.each(['orange', '__proto__', 'a:b', ':', ' ', '💥', 'user:ann@example.com'])(
  'the key of %j leads back to it',
  (name) => {
    expect(parseKey(productKey(name))).toEqual({ kind: 'product', name });
    expect(parseKey(userKey(name))).toEqual({ kind: 'user', name });
    expect(parseKey(personKey(name))).toEqual({ kind: 'person', name });
  },
);

test('keys are written as people type them', () => {
  expect(productKey('orange')).toBe('product:orange');
  expect(userKey('ann@example.com')).toBe('user:ann@example.com');
  expect(personKey('ann@example.com')).toBe('person:ann@example.com');
  expect(openKey(3)).toBe('open:3');
});

test.each([
  '',
  'orange',
  'product',
  'product:',
  'user:',
  'Product:orange',
  ' product:orange',
  'constructor:x',
  'item:',
  'thing:1',
])('%j is no key', (key) => {
  expect(parseKey(key)).toBeUndefined();
});

test('what stands under a key can be told from the key', () => {
  for (const key of ['item:1', 'stock:fig', 'order:a', 'bundle:a:b']) expect(isRegisterKey(key)).toBe(true);
  for (const key of ['product:item:1', 'user:a', 'person:a', 'open:3', 'constructor:x', 'item:', 'item']) {
    expect(isRegisterKey(key)).toBe(false);
  }
});
