import { expect, test } from 'vitest';
import { InStep } from './in-step.ts';

test('a node is in step as of the oldest of its latest comparisons, once it has compared with all', () => {
  const inStep = new InStep();
  expect(inStep.asOfMs(1, ['b', 'c'])).toBeUndefined();
  inStep.compared(1, 'b', 100);
  expect(inStep.asOfMs(1, ['b', 'c'])).toBeUndefined();
  inStep.compared(1, 'c', 200);
  expect(inStep.asOfMs(1, ['b', 'c'])).toBe(100);
  inStep.compared(1, 'b', 300);
  expect(inStep.asOfMs(1, ['b', 'c'])).toBe(200);
  expect(inStep.asOfMs(1, ['b'])).toBe(300);
});

test('with nobody to compare with it always is', () => {
  expect(new InStep().asOfMs(1, [])).toBe(Infinity);
});

test('what was compared by another map does not count', () => {
  const inStep = new InStep();
  inStep.compared(1, 'b', 100);
  inStep.compared(1, 'c', 200);
  expect(inStep.asOfMs(2, ['b', 'c'])).toBeUndefined();
  inStep.compared(2, 'b', 300);
  expect(inStep.asOfMs(2, ['b', 'c'])).toBeUndefined();
  expect(inStep.asOfMs(1, ['c'])).toBeUndefined();
});
