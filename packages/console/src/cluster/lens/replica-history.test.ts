import { describe, expect, test } from 'vitest';
import type { KeyLocation, Replica } from '../../api/cluster.ts';
import type { ClusterEvent } from '../../live/events.ts';
import { noteRepair, watchKey } from './replica-history.ts';

const KEY = 'user:ann@example.com';

function replica(node: string, change: Partial<Replica> = {}): Replica {
  const told = { zone: 'zone', up: true, coordinator: false, stale: false, error: null, version: 3, siblings: {} };
  return { node, ...told, context: { a: 3 }, value: { cart: { apple: 3 } }, ...change };
}

function down(node: string): Replica {
  return replica(node, {
    up: false,
    stale: null,
    error: 'the node is down',
    version: null,
    context: null,
    value: null,
  });
}

function location(version: number, ...replicas: readonly Replica[]): KeyLocation {
  return { key: KEY, placementGroup: 1, epoch: 1, merged: { version, value: null, deleted: false }, replicas };
}

function repaired(change: Partial<ClusterEvent> = {}): ClusterEvent {
  const event = { id: 'f-1', type: 'repaired', atMs: 10, key: KEY, node: 'b', fromVersion: 3, toVersion: 4 };
  return { ...event, why: 'hint', ...change };
}

describe('a replica that goes down', () => {
  const before = watchKey(undefined, location(3, replica('a'), replica('b')));
  const whileDown = watchKey(before, location(3, replica('a'), down('b')));

  test('is still shown with what it last said', () => {
    expect(whileDown.replicas[1]).toMatchObject({
      remembered: true,
      standing: 'down',
      replica: { version: 3, up: false, value: { cart: { apple: 3 } } },
    });
  });

  test('is behind once others have more, and stale when it is back', () => {
    const written = watchKey(whileDown, location(4, replica('a', { version: 4 }), down('b')));
    expect(written.replicas[1]).toMatchObject({ remembered: true, standing: 'behind' });
    const back = watchKey(written, location(4, replica('a', { version: 4 }), replica('b', { stale: true })));
    expect(back.replicas[1]).toMatchObject({ remembered: false, standing: 'stale' });
  });

  test('of which nothing was ever heard shows nothing', () => {
    const { replicas } = watchKey(undefined, location(3, replica('a'), down('b')));
    expect(replicas[1]).toMatchObject({ remembered: false, standing: 'down', replica: { version: null } });
  });
});

test('a replica that is up and does not answer is silent', () => {
  const { replicas } = watchKey(undefined, location(3, { ...down('a'), up: true }));
  expect(replicas[0]?.standing).toBe('silent');
});

describe('a repair', () => {
  const watched = watchKey(undefined, location(4, replica('a'), replica('b', { stale: true })));

  test('stays with its replica, also when it is looked at again', () => {
    const mended = watchKey(noteRepair(watched, repaired()), location(4, replica('a'), replica('b')));
    expect(mended.replicas[1]).toMatchObject({
      standing: 'current',
      repair: { fromVersion: 3, toVersion: 4, why: 'hint' },
    });
    expect(mended.replicas[0]?.repair).toBeUndefined();
  });

  test('of another key or another kind of event changes nothing', () => {
    expect(noteRepair(watched, repaired({ key: 'product:apple' }))).toBe(watched);
    expect(noteRepair(watched, repaired({ type: 'degraded' }))).toBe(watched);
  });

  test('that is told late does not take the place of a later one', () => {
    const late = noteRepair(noteRepair(watched, repaired({ atMs: 20, toVersion: 5 })), repaired({ atMs: 10 }));
    expect(late.replicas[1]?.repair?.toVersion).toBe(5);
  });
});

test('of another key nothing is kept', () => {
  const before = watchKey(undefined, location(3, replica('a')));
  const other = watchKey(before, { ...location(3, down('a')), key: 'product:apple' });
  expect(other.replicas[0]).toMatchObject({ remembered: false, replica: { version: null } });
});
