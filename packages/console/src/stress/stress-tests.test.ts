import { expect, test } from 'vitest';
import { countProblem, STRESS_TESTS, testIn } from './stress-tests.ts';

test('a test is found by its number', () => {
  expect(testIn('4').title).toBe('Cancelling and reserving the same item');
  expect([testIn(undefined).test, testIn('9').test]).toEqual([1, 1]);
});

test('the sizes that are offered are such as are taken', () => {
  for (const { quickSize, fullSize, sizeMax } of STRESS_TESTS) {
    expect([countProblem(String(quickSize), sizeMax), countProblem(String(fullSize), sizeMax)]).toEqual([
      undefined,
      undefined,
    ]);
  }
});

test.each(['', '0', '-1', '1.5', 'many', '257'])('%j is no number of workers', (text) => {
  expect(countProblem(text, 256)).toBe('Must be a whole number from 1 to 256.');
});
