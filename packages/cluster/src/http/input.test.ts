import { assert, pre, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addedLinesSchema,
  cartSchema,
  emailSchema,
  lineQuantitySchema,
  pageLimitSchema,
  productNameSchema,
  productNamesSchema,
  stockChangeSchema,
} from './input.ts';

function firstMessage(result: { error?: { issues: { message: string }[] } | undefined }): string | undefined {
  return result.error?.issues[0]?.message;
}

function addressOfLength(length: number): string {
  return `${'a'.repeat(length - 12)}@example.com`;
}

describe('product names', () => {
  it.each([
    ['  Orange ', 'orange'],
    ['CAFÉ', 'café'],
    ['cafe\u0301', 'café'],
    ['__proto__', '__proto__'],
    ['constructor', 'constructor'],
    ['🍊', '🍊'],
    ['👩‍🌾 eggs', '👩‍🌾 eggs'],
    ['x'.repeat(200), 'x'.repeat(200)],
  ])('brings %j to its one spelling', (raw, expected) => {
    expect(productNameSchema.parse(raw)).toBe(expected);
  });

  it.each([
    ['', 'must not be empty'],
    [' \t\n', 'must not be empty'],
    ['x'.repeat(201), 'must have at most 200 characters'],
    ['a\u0000b', 'must not hold control characters'],
    ['a\nb', 'must not hold control characters'],
    ['a\u2028b', 'must not hold control characters'],
    ['a\ud800', 'holds half of a surrogate pair'],
    [5, 'must be text'],
    [null, 'must be text'],
    [['orange'], 'must be text'],
  ])('refuses %j', (raw, message) => {
    expect(firstMessage(productNameSchema.safeParse(raw))).toBe(message);
  });

  it('does not spend time on a huge run of combining marks', () => {
    const marks = '\u0316\u0301'.repeat(500_000);
    expect(firstMessage(productNameSchema.safeParse(`a${marks}`))).toBe('is too long');
  });

  it('leaves a name that has its one spelling as it is', () => {
    assert(
      property(string({ unit: 'binary', maxLength: 60 }), (raw) => {
        const once = productNameSchema.safeParse(raw);
        pre(once.success);
        expect(productNameSchema.parse(once.data)).toBe(once.data);
      }),
    );
  });
});

describe('e-mail addresses', () => {
  it('trims and lower-cases', () => {
    expect(emailSchema.parse(' Ann.Lee+cart@Example.COM\n')).toBe('ann.lee+cart@example.com');
  });

  it.each([
    '',
    'ann',
    'ann@',
    '@example.com',
    'ann@example',
    'a b@example.com',
    'ann@exam\u0000ple.com',
    'ann@@example.com',
  ])('refuses %j', (raw) => {
    expect(emailSchema.safeParse(raw).success).toBe(false);
  });

  it('takes 254 characters and refuses 255', () => {
    expect(emailSchema.safeParse(addressOfLength(254)).success).toBe(true);
    expect(emailSchema.safeParse(addressOfLength(255)).success).toBe(false);
  });
});

describe('quantities', () => {
  const notWhole = [0.5, 1e308, Number.NaN, Number.POSITIVE_INFINITY, '1', null, true, [1], {}, 2 ** 53];

  it.each([...notWhole, 1_000_000_001, -1_000_000_001])('refuses %j as a stock change', (raw) => {
    expect(stockChangeSchema.safeParse(raw).success).toBe(false);
  });

  it.each([...notWhole, 0, -0, -1, 1_000_000_001])('refuses %j as a line quantity', (raw) => {
    expect(lineQuantitySchema.safeParse(raw).success).toBe(false);
  });

  it('makes an ordinary zero of -0', () => {
    expect(stockChangeSchema.parse(-0)).toBe(0);
  });
});

describe('carts', () => {
  it('takes products with the names of object members as ordinary ones', () => {
    const raw: unknown = JSON.parse('{"__proto__": 2, "constructor": 3, "toString": 4, "hasOwnProperty": 5}');
    expect(cartSchema.parse(raw)).toEqual([
      ['__proto__', 2],
      ['constructor', 3],
      ['tostring', 4],
      ['hasownproperty', 5],
    ]);
  });

  it('refuses one product in two spellings', () => {
    expect(firstMessage(cartSchema.safeParse({ Apple: 1, 'apple ': 2 }))).toBe('stands here twice, in two spellings');
  });

  it('names every line that is wrong', () => {
    const result = cartSchema.safeParse({ apple: 0, '': 1, pear: 1.5, plum: 1 });
    expect(result.error?.issues.map(({ path, message }) => [path, message])).toEqual([
      [['apple'], 'must be at least 1'],
      [[''], 'the product name must not be empty'],
      [['pear'], 'must be a whole number'],
    ]);
  });

  it.each([null, [], [['apple', 1]], 'apple', 5, undefined])('refuses %j', (raw) => {
    expect(cartSchema.safeParse(raw).success).toBe(false);
  });

  it('may be empty as a whole, but not as an addition', () => {
    expect(cartSchema.parse({})).toEqual([]);
    expect(firstMessage(addedLinesSchema.safeParse({}))).toBe('must not be empty');
  });

  it('has a bound', () => {
    const lines = Object.fromEntries(Array.from({ length: 1001 }, (_, index) => [`p${index}`, 1]));
    expect(firstMessage(cartSchema.safeParse(lines))).toBe('must have at most 1000 lines');
  });
});

describe('names of lines', () => {
  it('refuses one name in two spellings', () => {
    const result = productNamesSchema.safeParse(['apple', 'pear', ' Apple']);
    expect(result.error?.issues).toMatchObject([{ path: [2], message: 'stands here twice' }]);
  });

  it.each([[[]], ['apple'], [{ apple: 1 }], [[5]], [undefined]])('refuses %j', (raw) => {
    expect(productNamesSchema.safeParse(raw).success).toBe(false);
  });
});

describe('page limits', () => {
  it.each([
    ['1', 1],
    ['1000', 1000],
    [undefined, 1000],
  ])('reads %j', (raw, limit) => {
    expect(pageLimitSchema.parse(raw)).toBe(limit);
  });

  it.each(['0', '-1', '1001', '01', '1e2', '1.5', '', ' 5', 'x', '99999'])('refuses %j', (raw) => {
    expect(pageLimitSchema.safeParse(raw).success).toBe(false);
  });
});
