import { listOf, type Line } from '@trolley/records';
import { describe, expect, it } from 'vitest';
import { StoreError } from '../store.ts';
import { FakeStore } from '../testing/fake-store.ts';
import { ListFullError, ListWriter } from './list-writer.ts';

const KEY = 'person:ann@example.com';

function createWriter() {
  const store = new FakeStore();
  return { store, writer: new ListWriter(store) };
}

function entriesIn(store: FakeStore): readonly string[] {
  const record = store.records.get(KEY);
  return record === undefined ? [] : [...listOf(record).keys()];
}

describe('writes to a list', () => {
  it('are made with no fewer replicas than a quorum', async () => {
    const { store, writer } = createWriter();
    await writer.add(KEY, [['order:1', 1]], 'r');
    expect(store.calls).toMatchObject([{ method: 'change', key: KEY, options: { strict: true, requestId: 'r' } }]);
  });

  it('go out together while one is under way', async () => {
    const { store, writer } = createWriter();
    const names = Array.from({ length: 50 }, (_, index) => `order:${index}`);
    await Promise.all(names.map((name) => writer.add(KEY, [[name, 1]], 'r')));
    expect(entriesIn(store)).toEqual(names.toSorted());
    expect(store.calls.length).toBeLessThanOrEqual(2);
  });

  it('take out what is no newer than said', async () => {
    const { store, writer } = createWriter();
    await writer.add(
      KEY,
      [
        ['order:1', 5],
        ['order:2', 5],
      ],
      'r',
    );
    await writer.remove(
      KEY,
      [
        ['order:1', 4],
        ['order:2', 5],
      ],
      'r',
    );
    expect(entriesIn(store)).toEqual(['order:1']);
  });

  it('fail for all who wait, and later ones are tried anew', async () => {
    const { store, writer } = createWriter();
    store.failure = () => new StoreError('QUORUM_NOT_MET', 'away');
    const both = [writer.add(KEY, [['order:1', 1]], 'r'), writer.add(KEY, [['order:2', 1]], 'r')];
    const outcomes = await Promise.allSettled(both);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    store.failure = () => undefined;
    await writer.add(KEY, [['order:3', 1]], 'r');
    expect(entriesIn(store)).toEqual(['order:3']);
  });

  it('that find no room do not keep others from it', async () => {
    const { store, writer } = createWriter();
    const many = Array.from({ length: 9_999 }, (_, index): Line => [`order:${index}`, 1]);
    await writer.add(KEY, many, 'r');
    const outcomes = await Promise.allSettled([
      writer.add(KEY, [['order:0', 2]], 'r'),
      writer.add(KEY, [['order:x', 2]], 'r'),
      writer.add(KEY, [['order:y', 2]], 'r'),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect(outcomes[2]).toMatchObject({ reason: expect.any(ListFullError) });
    expect(entriesIn(store)).toContain('order:x');
  });

  it('of nothing are not made', async () => {
    const { store, writer } = createWriter();
    await writer.add(KEY, [], 'r');
    await writer.remove(KEY, [], 'r');
    expect(store.calls).toEqual([]);
  });
});
