import { expect, test } from 'vitest';
import { InStep } from './in-step.ts';

test('a node is in step as of the oldest of its latest comparisons, once it has compared with all', () => {
  const inStep = new InStep();
  expect(inStep.asOfMs(['b', 'c'])).toBeUndefined();
  inStep.compared('b', 100);
  expect(inStep.asOfMs(['b', 'c'])).toBeUndefined();
  inStep.compared('c', 200);
  expect(inStep.asOfMs(['b', 'c'])).toBe(100);
  inStep.compared('b', 300);
  expect(inStep.asOfMs(['b', 'c'])).toBe(200);
});

test('who shares nothing with it any more does not count, nor does what was compared before it did again', () => {
  const inStep = new InStep();
  inStep.compared('b', 100);
  inStep.compared('c', 200);
  expect(inStep.asOfMs(['c'])).toBe(200);
  expect(inStep.asOfMs(['b', 'c'])).toBeUndefined();
  expect(inStep.asOfMs([])).toBeUndefined();
});
