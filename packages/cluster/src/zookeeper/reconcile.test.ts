import { describe, expect, it } from 'vitest';
import type { Participant } from '../registry-details.ts';
import { reconcile, type Entry } from './reconcile.ts';

function node(id: string, port = 7000): Participant {
  return { kind: 'node', details: { id, host: '127.0.0.1', port, zone: 'zone-1', weight: 1 } };
}

function entry(sequence: number, owner: string, participant: Participant): Entry {
  return { path: `/nodes/node-${sequence}`, sequence, owner, participant };
}

const sessions = { current: 'now', past: new Set(['before']) };

describe('reconcile', () => {
  it('does nothing when what is wanted is there', () => {
    expect(reconcile([node('a')], [entry(1, 'now', node('a'))], sessions)).toEqual({ register: [], withdraw: [] });
  });

  it('registers what is missing, also when another process holds the same id', () => {
    const entries = [entry(1, 'theirs', node('a'))];
    expect(reconcile([node('a')], entries, sessions)).toEqual({ register: [node('a')], withdraw: [] });
  });

  it('replaces what an ended session of ours has left', () => {
    const entries = [entry(1, 'before', node('a'))];
    expect(reconcile([node('a')], entries, sessions)).toEqual({ register: [node('a')], withdraw: ['/nodes/node-1'] });
  });

  it('keeps the newest of what a lost answer has doubled', () => {
    const entries = [entry(1, 'now', node('a')), entry(3, 'now', node('a')), entry(2, 'now', node('a'))];
    expect(reconcile([node('a')], entries, sessions)).toEqual({
      register: [],
      withdraw: ['/nodes/node-1', '/nodes/node-2'],
    });
  });

  it('withdraws what is not wanted any more, and nothing of others', () => {
    const entries = [entry(1, 'now', node('a')), entry(2, 'theirs', node('b'))];
    expect(reconcile([], entries, sessions)).toEqual({ register: [], withdraw: ['/nodes/node-1'] });
  });

  it('registers anew when the details are others', () => {
    const entries = [entry(1, 'now', node('a', 7000))];
    expect(reconcile([node('a', 7001)], entries, sessions)).toEqual({
      register: [node('a', 7001)],
      withdraw: ['/nodes/node-1'],
    });
  });
});
