import { describe, expect, it, vi } from 'vitest';
import { listLive, type Scan } from './list-live.ts';

const live = (key: string, record: string): string | undefined => (record === 'live' ? key : undefined);

function scanOver(records: readonly (readonly [string, string])[]) {
  return vi.fn<Scan>(async (after, limit) => {
    const rest = records.filter(([key]) => key > (after ?? ''));
    return { entries: rest.slice(0, limit), more: rest.length > limit };
  });
}

function numbered(count: number, record: string, from = 0): [string, string][] {
  return Array.from({ length: count }, (_, index) => [String(from + index).padStart(6, '0'), record]);
}

describe('a page of what is live', () => {
  it('is filled over deleted records', async () => {
    const scan = scanOver([...numbered(2500, 'deleted'), ...numbered(3, 'live', 2500)]);
    expect(await listLive(scan, live, { after: undefined, limit: 2 })).toEqual({
      items: ['002500', '002501'],
      next: '002501',
    });
    expect(await listLive(scan, live, { after: '002501', limit: 2 })).toEqual({ items: ['002502'], next: undefined });
  });

  it('has no next page when it ends with the last record', async () => {
    expect(await listLive(scanOver(numbered(2, 'live')), live, { after: undefined, limit: 2 })).toEqual({
      items: ['000000', '000001'],
      next: undefined,
    });
  });

  it('is short, with a cursor, when there is no end to what is deleted', async () => {
    const scan = scanOver([...numbered(20_000, 'deleted'), ...numbered(1, 'live', 20_000)]);
    const first = await listLive(scan, live, { after: undefined, limit: 5 });
    expect(first).toEqual({ items: [], next: '009999' });
    expect(scan).toHaveBeenCalledTimes(10);
  });
});
