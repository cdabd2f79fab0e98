import { describe, expect, it } from 'vitest';
import type { Participant } from '../registry-details.ts';
import {
  expire,
  nextStored,
  prolong,
  register,
  REGISTRATIONS_MAX,
  showStored,
  startState,
  viewOf,
  withdraw,
  type RegistryState,
} from './registry-state.ts';

const map = { epoch: 1, pgCount: 8, replicas: 3, nodes: [{ id: 'a', zone: 'z', weight: 1, state: 'in' }] } as const;

function node(id: string, port = 7000): Participant {
  return { kind: 'node', details: { id, host: '127.0.0.1', port, zone: 'zone-1', weight: 1 } };
}

function registered(state: RegistryState, lease: string, participant: Participant, expiresAtMs = 1000): RegistryState {
  const next = register(state, lease, participant, expiresAtMs);
  if (next === undefined) {
    throw new Error('the registry was full');
  }
  return next;
}

const empty = startState(5, undefined);

describe('the state of the embedded registry', () => {
  it('counts a renewal as no change, and other details as a new registration', () => {
    const first = registered(empty, 'lease-1', node('a'));
    const renewed = registered(first, 'lease-1', node('a'), 2000);
    expect(viewOf(renewed)).toEqual(viewOf(first));
    const moved = registered(renewed, 'lease-1', node('a', 7001));
    expect(moved.revision).toBeGreaterThan(renewed.revision);
    expect(viewOf(moved).nodes[0]?.sequence).toBeGreaterThan(viewOf(first).nodes[0]?.sequence ?? 0);
  });

  it('shows one entry an id: the newest registration, and the older again when that goes', () => {
    const old = registered(empty, 'lease-1', node('a', 7000));
    const both = registered(old, 'lease-2', node('a', 7001));
    expect(viewOf(both).nodes.map(({ port }) => port)).toEqual([7001]);
    expect(viewOf(withdraw(both, 'lease-2')).nodes.map(({ port }) => port)).toEqual([7000]);
  });

  it('ends leases when their time is over, not before, and changes nothing else', () => {
    const state = registered(registered(empty, 'lease-1', node('a'), 1000), 'lease-2', node('b'), 2000);
    expect(expire(state, 999)).toBe(state);
    expect(viewOf(expire(state, 1000)).nodes.map(({ id }) => id)).toEqual(['b']);
    expect(viewOf(expire(prolong(state, 500), 1400)).nodes).toHaveLength(2);
    expect(withdraw(state, 'lease-unknown')).toBe(state);
  });

  it('refuses a registration past its bound, but renews those it has', () => {
    let state = empty;
    for (let count = 0; count < 3; count += 1) {
      state = registered(state, `lease-${count}`, node(`n${count}`));
    }
    const registrations = new Map(state.registrations);
    const one = state.registrations.get('lease-0');
    if (one === undefined) {
      throw new Error('the first registration is missing');
    }
    for (let count = registrations.size; count < REGISTRATIONS_MAX; count += 1) {
      registrations.set(`lease-${count}`, one);
    }
    const full = { ...state, registrations };
    expect(register(full, 'lease-new', node('new'), 1000)).toBeUndefined();
    expect(register(full, 'lease-1', node('n1'), 1000)).toBeDefined();
  });

  it('replaces the map only at the revision that is meant', () => {
    expect(nextStored(empty, { map, expectedRevision: 1 })).toBeUndefined();
    const first = nextStored(empty, { map, expectedRevision: null });
    expect(first).toEqual({ map, revision: 1 });
    const state = showStored(empty, { map, revision: 1 });
    expect(nextStored(state, { map, expectedRevision: null })).toBeUndefined();
    expect(nextStored(state, { map, expectedRevision: 1 })).toEqual({ map, revision: 2 });
    expect(viewOf(state).stored).toEqual({ map, revision: 1 });
  });

  it('has revisions and sequences after a restart that it never had before', () => {
    let state = startState(1000, undefined);
    for (let count = 0; count < 900; count += 1) {
      state = withdraw(registered(state, 'lease-1', node('a')), 'lease-1');
    }
    const restarted = registered(startState(1010, undefined), 'lease-1', node('a'));
    expect(restarted.revision).toBeGreaterThan(state.revision);
    expect(viewOf(restarted).nodes[0]?.sequence).toBeGreaterThan(state.nextSequence);
  });

  it('takes hostile ids for ordinary ones', () => {
    const state = registered(registered(empty, 'lease-1', node('__proto__')), 'lease-2', node('constructor'));
    expect(viewOf(state).nodes.map(({ id }) => id)).toEqual(['__proto__', 'constructor']);
  });
});
