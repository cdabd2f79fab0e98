import { emptyRecord, encodeRecord, merge, write } from '@trolley/records';
import { expect, test } from 'vitest';
import { RegisterHistory } from './register-history.ts';

const KEY = 'product:a';
const first = write(emptyRecord, 'node.1', [['value', 1]]);
const second = write(first, 'node.1', [['value', 2]]);

function historyOf(acknowledged: readonly number[], attempted: readonly number[]): RegisterHistory {
  const history = new RegisterHistory('value');
  for (const value of acknowledged) {
    history.attempted(KEY, value);
    history.acknowledged(KEY, value);
  }
  for (const value of attempted) history.attempted(KEY, value);
  return history;
}

test('the last value acknowledged is right, and so is one that was sent after it', () => {
  expect(() => historyOf([1], [2]).settle(KEY, encodeRecord(first))).not.toThrow();
  expect(() => historyOf([1], [2]).settle(KEY, encodeRecord(second))).not.toThrow();
  expect(() => historyOf([1, 2], []).settle(KEY, encodeRecord(second))).not.toThrow();
  expect(() => historyOf([], [1]).settle(KEY, undefined)).not.toThrow();
});

test('a lost write is caught', () => {
  expect(() => historyOf([1, 2], []).settle(KEY, encodeRecord(first))).toThrow('holds 1, not 2');
  expect(() => historyOf([1], []).settle(KEY, undefined)).toThrow('not 1');
});

test('a value that nobody wrote is caught', () => {
  expect(() => historyOf([1], []).settle(KEY, encodeRecord(second))).toThrow('holds 2, not 1');
});

test('a write that was not made and turns up later is caught', () => {
  const history = historyOf([1], [2]);
  history.settle(KEY, encodeRecord(first));
  expect(() => history.settle(KEY, encodeRecord(second))).toThrow('holds 2, not 1');
});

test('two values are caught', () => {
  const other = write(emptyRecord, 'node.2', [['value', 2]]);
  expect(() => historyOf([1], [2]).settle(KEY, encodeRecord(merge(first, other)))).toThrow('holds 1 and 2');
});

test('what was shown and then forgotten is caught', () => {
  const history = historyOf([1], [2]);
  history.saw(KEY, encodeRecord(second));
  expect(() => history.settle(KEY, encodeRecord(first))).toThrow('was shown');
});

test('a dot that stands for two values is caught', () => {
  const history = historyOf([1], [2]);
  history.saw(KEY, encodeRecord(first));
  const forged = write(emptyRecord, 'node.1', [['value', 2]]);
  expect(() => history.saw(KEY, encodeRecord(forged))).toThrow('stands for 1 and for 2');
});
