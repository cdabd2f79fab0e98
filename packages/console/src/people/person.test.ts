import { expect, test } from 'vitest';
import { parseEmail, shortName } from './person.ts';

test('an address is brought to the spelling that gateways use', () => {
  expect(parseEmail(' Ann@Example.COM ')).toBe('ann@example.com');
});

test.each([undefined, '', 'ann', 'ann@', '@example.com', 'ann@example', 'a b@example.com', `${'a'.repeat(250)}@b.cd`])(
  '%j is no address',
  (text) => {
    expect(parseEmail(text)).toBeUndefined();
  },
);

test('the short name is what stands before the at sign', () => {
  expect(shortName('ann.lee@example.com')).toBe('ann.lee');
});
