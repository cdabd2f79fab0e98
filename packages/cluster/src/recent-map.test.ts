import { array, assert, boolean, integer, nat, property, record } from 'fast-check';
import { expect, test } from 'vitest';
import { RecentMap } from './recent-map.ts';

test('remembers the latest, and never more than it may', () => {
  const max = 10;
  const step = record({ key: integer({ min: 0, max: 30 }).map(String), isSet: boolean(), value: nat() });
  assert(
    property(array(step, { maxLength: 200 }), (steps) => {
      const recent = new RecentMap<number>(max);
      /** The naive model: all that was set and not deleted, the latest last. */
      const all = new Map<string, number>();
      for (const { key, isSet, value } of steps) {
        all.delete(key);
        if (isSet) {
          all.set(key, value);
          recent.set(key, value);
        } else {
          recent.delete(key);
        }
        expect(recent.size).toBeLessThanOrEqual(max);
        expect(recent.has(key)).toBe(isSet);
        for (const [known, held] of all) expect(recent.get(known)).toBe(recent.has(known) ? held : undefined);
      }
    }),
  );
});

test('forgets none of the latest half', () => {
  const recent = new RecentMap<number>(10);
  for (let index = 0; index < 1_000; index += 1) {
    recent.set(`key ${index}`, index);
    for (let back = 0; back < 5 && back <= index; back += 1) {
      expect(recent.get(`key ${index - back}`)).toBe(index - back);
    }
  }
});

test('forgets everything when it is told to', () => {
  const recent = new RecentMap<number>(10);
  for (let index = 0; index < 8; index += 1) recent.set(`key ${index}`, index);
  recent.clear();
  expect(recent.size).toBe(0);
  expect(recent.has('key 7')).toBe(false);
});
