import { emptyRecord, encodeRecord, remove, update, write } from '@trolley/records';
import { expect, test } from 'vitest';
import { TombstoneWatch } from './tombstone-watch.ts';

const live = write(emptyRecord, 'a.1', [['quantity', 1]]);
const gone = encodeRecord(remove(live, 'a.1', ['quantity']));
const goneAgain = encodeRecord(remove(remove(live, 'a.1', ['quantity']), 'a.1', []));
const at = (monotonicMs: number, nowMs = 1_000_000 + monotonicMs) => ({ monotonicMs, nowMs });

test('a tombstone is ripe once it has been agreed on, unchanged, for the grace time', () => {
  const watch = new TombstoneWatch(100);
  expect(watch.agreed('k', gone, at(5))).toBe(false);
  expect(watch.agreed('k', gone, at(104))).toBe(false);
  expect(watch.agreed('k', gone, at(105))).toBe(true);
});

test('a change begins the wait anew, and a record that lives is never ripe', () => {
  const watch = new TombstoneWatch(100);
  watch.agreed('k', gone, at(0));
  expect(watch.agreed('k', goneAgain, at(150))).toBe(false);
  expect(watch.agreed('k', goneAgain, at(250))).toBe(true);
  expect(watch.agreed('l', encodeRecord(live), at(0))).toBe(false);
  expect(watch.agreed('l', encodeRecord(live), at(500))).toBe(false);
});

test('one that remembers a request waits until that can be sent no more', () => {
  const watch = new TombstoneWatch(100);
  const remembering = update(live, 'a.1', { remove: ['quantity'], set: [['request:r:f', 5_000]] });
  const text = encodeRecord(remembering);
  watch.agreed('k', text, at(0, 1_000));
  expect(watch.agreed('k', text, at(200, 5_000))).toBe(false);
  expect(watch.agreed('k', text, at(200, 5_001))).toBe(true);
});

test('what is not to be watched any more is forgotten', () => {
  const watch = new TombstoneWatch(100);
  watch.agreed('k', gone, at(0));
  watch.keep((key) => key !== 'k');
  expect(watch.agreed('k', gone, at(150))).toBe(false);
});
