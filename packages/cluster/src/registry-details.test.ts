import { describe, expect, it } from 'vitest';
import { clusterMapSchema, nodeDetailsSchema, onePerId } from './registry-details.ts';

describe('onePerId', () => {
  it('keeps the highest sequence of each id, ordered by id', () => {
    const entries = [
      { id: 'b', sequence: 3 },
      { id: 'a', sequence: 9 },
      { id: 'b', sequence: 7 },
      { id: 'b', sequence: 5 },
      { id: '__proto__', sequence: 1 },
      { id: 'B', sequence: 2 },
    ];
    expect(onePerId(entries)).toEqual([
      { id: 'B', sequence: 2 },
      { id: '__proto__', sequence: 1 },
      { id: 'a', sequence: 9 },
      { id: 'b', sequence: 7 },
    ]);
  });
});

describe('the schemas', () => {
  const node = { id: 'node-1', host: '127.0.0.1', port: 7000, zone: 'zone-1', weight: 1 };

  it('drop what they do not know', () => {
    expect(nodeDetailsSchema.parse({ ...node, extra: true })).toEqual(node);
  });

  it.each([
    ['an empty id', { ...node, id: '' }],
    ['a port of 0', { ...node, port: 0 }],
    ['a port that is text', { ...node, port: '7000' }],
    ['a weight of 0', { ...node, weight: 0 }],
    ['a weight that is not finite', { ...node, weight: Number.POSITIVE_INFINITY }],
    ['no zone', { id: 'node-1', host: '127.0.0.1', port: 7000, weight: 1 }],
    ['null', null],
  ])('refuse %s', (_name, value) => {
    expect(nodeDetailsSchema.safeParse(value).success).toBe(false);
  });

  it('refuse a map that placement refuses, and say why', () => {
    const parsed = clusterMapSchema.safeParse({ epoch: 1, pgCount: 0, replicas: 3, nodes: [] });
    expect(parsed.error?.issues[0]?.message).toContain('pgCount');
  });
});
