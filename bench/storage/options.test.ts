import { expect, test } from 'vitest';
import { OptionsError } from '../command-line.ts';
import { parseStorageOptions } from './options.ts';

test('unless told otherwise it compares a thousand carts with a million', () => {
  expect(parseStorageOptions([])).toEqual({
    carts: 1_000_000,
    fewCarts: 1_000,
    lines: 3,
    writes: 100_000,
    concurrent: 64,
    rounds: 3,
    resultFile: undefined,
  });
});

test('every figure can be set', () => {
  const words = ['--carts', '5000', '--few-carts=10', '--writes', '7', '--rounds', '1', '--json', 'out.json'];
  expect(parseStorageOptions(words)).toMatchObject({
    carts: 5_000,
    fewCarts: 10,
    writes: 7,
    rounds: 1,
    resultFile: 'out.json',
  });
});

test.each([['--carts', '0'], ['--rounds', 'many'], ['--carts', '10000000'], ['--unknown'], ['stray']])(
  'refuses %j %j',
  (...words) => {
    expect(() => parseStorageOptions(words)).toThrow(OptionsError);
  },
);
