import { describe, expect, it } from 'vitest';
import { applyChange } from './apply-change.ts';
import type { Line } from './change.ts';
import { LIST_ENTRIES_MAX, listOf } from './list.ts';
import { merge } from './merge.ts';
import type { CausalRecord } from './record.ts';
import { changed, NOW_MS } from './testing/shop.ts';
import { isTombstone } from './tombstone.ts';
import { emptyRecord } from './update.ts';

const environment = { actor: 'a', nowMs: NOW_MS };

function added(record: CausalRecord, ...entries: Line[]): CausalRecord {
  return changed(record, { type: 'list-add', entries });
}

function removed(record: CausalRecord, ...entries: Line[]): CausalRecord {
  return changed(record, { type: 'list-remove', entries });
}

describe('a list', () => {
  it('holds what was added, by name, whatever the names are', () => {
    const list = added(emptyRecord, ['reservation:b~1', 7], ['__proto__', 5], ['order:1', 6]);
    expect([...listOf(list)]).toEqual([
      ['__proto__', 5],
      ['order:1', 6],
      ['reservation:b~1', 7],
    ]);
  });

  it('is empty before anything is added, and a tombstone after everything is taken out', () => {
    expect(listOf(emptyRecord).size).toBe(0);
    const list = removed(added(emptyRecord, ['order:1', 6]), ['order:1', 6]);
    expect(listOf(list).size).toBe(0);
    expect(isTombstone(list)).toBe(true);
  });

  it('does not show remembered requests', () => {
    const once = { id: 'id', fingerprint: 'print', expiresAtMs: NOW_MS + 1 };
    const list = changed(emptyRecord, { type: 'list-add', entries: [['order:1', 6]] }, 'a', once);
    expect([...listOf(list).keys()]).toEqual(['order:1']);
  });

  it('keeps an entry that was added anew after the remover looked', () => {
    const list = added(added(emptyRecord, ['order:1', 6]), ['order:1', 9]);
    const change = { action: { type: 'list-remove', entries: [['order:1', 8]] } } as const;
    expect(applyChange(list, change, environment).type).toBe('unchanged');
    expect(listOf(removed(list, ['order:1', 9], ['order:2', 9])).size).toBe(0);
  });

  it('gives an entry that is added anew a larger number, whatever the clocks say', () => {
    expect(listOf(added(added(emptyRecord, ['order:1', 9]), ['order:1', 6])).get('order:1')).toBe(10);
    expect(listOf(added(added(emptyRecord, ['order:1', 9]), ['order:1', 12])).get('order:1')).toBe(12);
  });

  it('keeps an entry that is added anew where another replica takes it out', () => {
    const before = added(emptyRecord, ['order:1', 6]);
    const adder = changed(before, { type: 'list-add', entries: [['order:1', 6]] }, 'b');
    const remover = changed(before, { type: 'list-remove', entries: [['order:1', 6]] }, 'c');
    expect(listOf(merge(adder, remover)).get('order:1')).toBe(7);
  });

  it('is not given more entries than it may have, but its own can be renewed', () => {
    const entries = Array.from({ length: LIST_ENTRIES_MAX }, (_, index): Line => [`order:${index}`, 1]);
    const full = added(emptyRecord, ...entries);
    const more = { action: { type: 'list-add', entries: [['order:0', 2] as const, ['order:x', 2] as const] } } as const;
    expect(applyChange(full, more, environment)).toMatchObject({ type: 'refused', code: 'LIST_TOO_LARGE' });
    expect(listOf(added(full, ['order:0', 2])).get('order:0')).toBe(2);
  });

  it('takes no entry for a remembered request', () => {
    const change = { action: { type: 'list-add', entries: [['request:id:print', 1]] } } as const;
    expect(() => applyChange(emptyRecord, change, environment)).toThrow(RangeError);
  });
});
