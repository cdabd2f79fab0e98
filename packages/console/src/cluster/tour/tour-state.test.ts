import { describe, expect, test } from 'vitest';
import type { Cluster, ClusterNode, KeyLocation, Replica } from '../../api/cluster.ts';
import { watchKey, type WatchedKey } from '../lens/replica-history.ts';
import { tourState, type TourQuery } from './tour-state.ts';

function cluster(down: readonly string[] = []): Cluster {
  const nodes = ['a', 'b', 'c'].map((id): ClusterNode => {
    return { id, zone: 'zone', weight: 1, state: 'in', up: !down.includes(id), hintsWaiting: 0 };
  });
  return { moving: false, registry: { connected: true }, nodes, gateways: [], launcher: true };
}

function cart(change: { stale?: string; value?: KeyLocation['merged']['value'] } = {}): WatchedKey {
  const { stale, value = { cart: { apple: 1 } } } = change;
  const replicas = ['a', 'b', 'c'].map((node, index): Replica => {
    const told = { zone: 'zone', up: true, error: null, version: 4, context: { x: 4 }, value, siblings: {} };
    return { node, coordinator: index === 0, stale: node === stale, ...told };
  });
  const merged = { version: 4, value, deleted: false };
  return watchKey(undefined, { key: 'user:ann@example.com', placementGroup: 1, epoch: 1, merged, replicas });
}

const SEEN = cart();

describe('what counts as done', () => {
  test.each<[string, TourQuery, Cluster, WatchedKey | undefined, boolean]>([
    ['no cart is picked', { tour: '1' }, cluster(), undefined, false],
    ['a cart is picked', { tour: '1' }, cluster(), SEEN, true],
    ['a user who is not there is picked', { tour: '1' }, cluster(), cart({ value: null }), false],
    ['nobody was killed', { tour: '2' }, cluster(), SEEN, false],
    ['the victim is still seen up', { tour: '2', victim: 'c' }, cluster(), SEEN, false],
    ['the victim is down', { tour: '2', victim: 'c' }, cluster(['c']), SEEN, true],
    ['nothing was added', { tour: '3', victim: 'c' }, cluster(['c']), SEEN, false],
    ['something was added', { tour: '3', victim: 'c', added: '4' }, cluster(['c']), SEEN, true],
    ['the victim is back', { tour: '4', victim: 'c' }, cluster(), SEEN, true],
    ['the cart was not read', { tour: '5', victim: 'c' }, cluster(), SEEN, false],
    [
      'it was read, and is stale still',
      { tour: '5', victim: 'c', read: 'yes' },
      cluster(),
      cart({ stale: 'c' }),
      false,
    ],
    ['it was read, and is current', { tour: '5', victim: 'c', read: 'yes' }, cluster(), SEEN, true],
  ])('%s', (_, query, now, watched, isDone) => {
    expect(tourState(query, now, watched).isDone).toBe(isDone);
  });
});

test('the last replica that is not the coordinator is proposed', () => {
  expect(tourState({ tour: '2' }, cluster(), SEEN).victim?.id).toBe('c');
});

test.each([
  ['0', 'pick'],
  ['nonsense', 'pick'],
  ['3', 'add'],
  ['99', 'read'],
])('step %s is %s', (tour, step) => expect(tourState({ tour }, cluster(), SEEN).step).toBe(step));
