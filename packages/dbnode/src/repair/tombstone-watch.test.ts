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

/** What another process has after this one: its clock begins anew. */
function restarted(watch: TombstoneWatch, atMs: number): TombstoneWatch {
  return new TombstoneWatch(100, [...watch.waits(atMs)]);
}

test('a wait goes on after a restart, as far as it was noted; the time in between counts for nothing', () => {
  const first = new TombstoneWatch(100);
  first.agreed('k', gone, at(5));
  const second = restarted(first, 65);
  expect(second.agreed('k', gone, at(1_000))).toBe(false);
  expect(second.agreed('k', gone, at(1_039))).toBe(false);
  expect(second.agreed('k', gone, at(1_040))).toBe(true);
});

test('no time counts twice, however often there is a restart, nor any before all agree again', () => {
  let watch = new TombstoneWatch(100);
  watch.agreed('k', gone, at(0));
  watch = restarted(watch, 30);
  watch = restarted(watch, 5_000);
  watch = restarted(watch, 5_000);
  watch.agreed('k', gone, at(10));
  watch = restarted(watch, 40);
  expect([...watch.waits(0)].map(({ waitedMs }) => waitedMs)).toEqual([60]);
  watch.agreed('k', gone, at(0));
  expect(watch.agreed('k', gone, at(39))).toBe(false);
  expect(watch.agreed('k', gone, at(40))).toBe(true);
});

test('what one record has waited counts for no other, and not for itself when it comes back after another', () => {
  const first = new TombstoneWatch(100);
  first.agreed('k', gone, at(0));
  const second = restarted(first, 99);
  second.agreed('k', goneAgain, at(0));
  expect(second.agreed('k', goneAgain, at(99))).toBe(false);
  second.agreed('k', gone, at(99));
  expect(second.agreed('k', gone, at(198))).toBe(false);
  expect(second.agreed('k', gone, at(199))).toBe(true);
});

test('what was noted of a key that is not to be watched any more is forgotten', () => {
  const first = new TombstoneWatch(100);
  first.agreed('k', gone, at(0));
  const second = restarted(first, 99);
  second.keep((key) => key !== 'k');
  expect(second.size).toBe(0);
});
