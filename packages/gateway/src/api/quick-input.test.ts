import {
  anything,
  array,
  assert,
  constantFrom,
  dictionary,
  double,
  integer,
  oneof,
  property,
  record,
  string,
} from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { quickAddedLines, quickStoreQuery, quickUserQuery } from './quick-input.ts';
import { addedLinesBody, storeQuery, userQuery } from './schemas.ts';

function signs(text: string): string[] {
  return Array.from(text);
}

const email = oneof(
  string({ maxLength: 40 }),
  string({ unit: constantFrom(...signs('aZ09._+-@ \u00e9\n')) }),
  constantFrom(
    'ann@example.com',
    ' ann@example.com',
    'ann@example.com\n',
    'Ann@example.com',
    'a..b@example.com',
    "o'neil@example.co.uk",
    'ann@example',
    'ann@exam_ple.com',
    'ann@-example.com',
    `${'a'.repeat(242)}@example.com`,
    `${'a'.repeat(243)}@example.com`,
  ),
);
const name = oneof(
  string({ unit: 'binary', maxLength: 20 }),
  string({ unit: constantFrom(...signs('az09 _.-A\u00e9\u0301\t\u2028')) }),
  constantFrom('__proto__', 'constructor', 'x'.repeat(200), 'x'.repeat(201), 'a\n', 'a ', ' a', 'product 0001'),
);
const quantity = oneof(
  integer({ min: -2, max: 5 }),
  double(),
  constantFrom(1_000_000_000, 1_000_000_001, -0, '1', null),
);
const lines = dictionary(name, quantity, { maxKeys: 4 });
const products = oneof({ weight: 5, arbitrary: lines }, { weight: 1, arbitrary: anything() });
const parameter = constantFrom('email', 'r', 'w', 'strict', 'name', '__proto__');

/** The naive model: what is taken must be taken by the schema, with the same outcome. */
function expectTheSame(schema: z.ZodType, input: unknown, taken: unknown): void {
  if (taken === undefined) return;
  const { success, data } = schema.safeParse(input);
  expect({ success, data }).toEqual({ success: true, data: taken });
}

describe('a short check takes only what the schema takes, and makes the same of it', () => {
  it('for the query of a user', () => {
    const query = oneof(record({ email }), dictionary(parameter, email));
    assert(
      property(query, (input) => expectTheSame(userQuery, input, quickUserQuery(input))),
      { numRuns: 2_000 },
    );
  });

  it('for a query of levels', () => {
    const query = dictionary(parameter, email, { maxKeys: 2 });
    assert(property(query, (input) => expectTheSame(storeQuery, input, quickStoreQuery(input))));
  });

  it('for an addition', () => {
    const body = oneof(
      { weight: 8, arbitrary: record({ email, products }) },
      { weight: 1, arbitrary: record({ email, products, more: anything() }) },
      { weight: 1, arbitrary: oneof(anything(), array(lines)) },
    );
    assert(
      property(body, (input) => expectTheSame(addedLinesBody, parsed(input), quickAddedLines(parsed(input)))),
      {
        numRuns: 3_000,
      },
    );
  });
});

describe('a short check takes', () => {
  it('what shops send', () => {
    const body = { email: 'ann.lee+cart@example.com', products: { apple: 2, 'product 0001': 1_000_000_000 } };
    const taken = [
      ['apple', 2],
      ['product 0001', 1_000_000_000],
    ];
    expect(quickAddedLines(body)).toEqual({ email: body.email, products: taken });
    expect(quickUserQuery({ email: body.email })).toEqual({ email: body.email });
    expect(quickStoreQuery({})).toEqual({});
  });

  it.each([
    [{ email: 'ann@example.com', products: {} }],
    [{ email: 'ann@example.com', products: { apple: 0 } }],
    [{ email: 'ann@example.com', products: { Apple: 1 } }],
    [{ email: 'ann@example.com', products: { apple: 1 }, more: 1 }],
    [{ email: 'ann@example.com', products: [1] }],
    [{ email: 'ann@example', products: { apple: 1 } }],
    [['ann@example.com', { apple: 1 }]],
    [null],
  ])('not %j, which is for the schema', (body) => {
    expect(quickAddedLines(body)).toBeUndefined();
  });
});

/** Bodies come out of JSON. */
function parsed(value: unknown): unknown {
  try {
    const text: string | undefined = JSON.stringify(value);
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
