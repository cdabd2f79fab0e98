import { encodeRegister, isTombstoneText } from '@trolley/records';
import { array, assert, jsonValue, property, string, tuple } from 'fast-check';
import { expect, test } from 'vitest';
import {
  COMBINED_CHANGES_MAX,
  decodeEnvelope,
  EMPTY_ENVELOPE,
  encodeEnvelope,
  RECENT_CHANGES_MAX,
  recentChange,
  remember,
  type RecentChange,
} from './envelope.ts';

const change = (id: string, proposer = 'p'): RecentChange => ({ id, result: `result of ${id}`, proposer });
const many = (count: number, proposer: string) =>
  Array.from({ length: count }, (_, index) => change(`${proposer}${index}`, proposer));
const rememberAll = (changes: readonly RecentChange[]) =>
  changes.reduce<readonly RecentChange[]>((recent, each) => remember(recent, each), []);

const registerText = (value: string | null) =>
  encodeRegister({ accepted: [3, 'p'], promised: [4, 'p'], value, heard: false });

test('is read as it was written', () => {
  const json = jsonValue({ maxDepth: 3 });
  assert(
    property(json, array(tuple(string(), json)), (value, results) => {
      const text = JSON.stringify([value, results.map(([id, result]) => [id, result, 'p'])]);
      expect(encodeEnvelope(decodeEnvelope(text))).toBe(value === null && results.length === 0 ? null : text);
    }),
  );
});

test('without value and memory it is none at all', () => {
  expect(encodeEnvelope(EMPTY_ENVELOPE)).toBeNull();
  expect(decodeEnvelope(null)).toEqual(EMPTY_ENVELOPE);
});

test('names that mean something to JavaScript are ordinary', () => {
  const text = '[{"__proto__":{"constructor":1}},[["__proto__","constructor","p"]]]';
  expect(encodeEnvelope(decodeEnvelope(text))).toBe(text);
  expect(recentChange(decodeEnvelope(text), '__proto__')?.result).toBe('constructor');
  expect(recentChange(decodeEnvelope(text), 'constructor')).toBeUndefined();
});

test('nodes see that one without a value is released, whatever it remembers', () => {
  const released = encodeEnvelope({ value: null, recent: [change('a')] });
  expect(released).not.toBeNull();
  expect(isTombstoneText(registerText(released))).toBe(true);
  expect(isTombstoneText(registerText(null))).toBe(true);
  expect(isTombstoneText(registerText(encodeEnvelope({ value: 0, recent: [] })))).toBe(false);
  expect(isTombstoneText(registerText(encodeEnvelope({ value: [null, 1], recent: [] })))).toBe(false);
});

test.each(['7', '[]', '[1]', '[1,[2]]', '[1,[["id"]]]', '[1,[["id",2,3]]]'])('%s is none', (text) => {
  expect(() => decodeEnvelope(text)).toThrow('not written by a gateway');
});

test('the newest changes are remembered, and no more', () => {
  const recent = rememberAll(many(RECENT_CHANGES_MAX + 5, 'p'));
  expect(recent.map(({ id }) => id)).toEqual(Array.from({ length: RECENT_CHANGES_MAX }, (_, index) => `p${index + 5}`));
});

test('I25: however many changes others make, those that a proposer may still ask about are remembered', () => {
  const own = many(COMBINED_CHANGES_MAX, 'slow');
  const recent = rememberAll([...own, ...many(1_000, 'fast'), ...many(1_000, 'faster')]);
  for (const { id } of own) expect(recentChange({ value: 1, recent }, id)?.result).toBe(`result of ${id}`);
  expect(recent.length).toBeLessThanOrEqual(RECENT_CHANGES_MAX + 2 * COMBINED_CHANGES_MAX);
});

test('what is remembered stays small, however many gateways there were', () => {
  const recent = rememberAll(Array.from({ length: 100 }, (_, index) => many(20, `p${index}`)).flat());
  expect(recent.length).toBeLessThanOrEqual(200);
});
