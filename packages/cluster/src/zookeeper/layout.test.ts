import { describe, expect, it } from 'vitest';
import { decodeMap, decodeParticipant, encode, layoutUnder, sequenceOf } from './layout.ts';

const details = { id: 'a', host: '127.0.0.1', port: 7000, zone: 'zone-1', weight: 1 };

describe('the layout', () => {
  it('puts everything under the root, parents first', () => {
    const layout = layoutUnder('/shops/trolley');
    expect(layout.folders).toEqual(['/shops', '/shops/trolley', '/shops/trolley/nodes', '/shops/trolley/gateways']);
    expect(layout.map).toBe('/shops/trolley/crush_map');
    expect(layout.prefixOf('gateway')).toBe('/shops/trolley/gateways/gateway-');
  });

  it.each([
    ['node-0000000012', 12],
    ['node-2147483647', 2_147_483_647],
    ['node-', undefined],
    ['node-12', undefined],
    ['node--000000001', undefined],
    ['gateway-0000000012', undefined],
    ['readme', undefined],
  ])('reads the sequence of %s', (name, sequence) => {
    expect(sequenceOf('node', name)).toBe(sequence);
  });

  it('gives back what was written', () => {
    const participant = { kind: 'node', details } as const;
    expect(decodeParticipant('node', encode(details))).toEqual({ kind: 'read', value: participant });
    const map = { epoch: 1, pgCount: 8, replicas: 3, nodes: [{ id: 'a', zone: 'z', weight: 1, state: 'in' }] } as const;
    expect(decodeMap(encode(map))).toEqual({ kind: 'read', value: map });
  });

  it.each(['', '{', 'null', '[]', '{"id": 1}', '\u0000'])('calls %j damaged', (text) => {
    expect(decodeParticipant('gateway', Buffer.from(text)).kind).toBe('damaged');
    expect(decodeMap(Buffer.from(text)).kind).toBe('damaged');
  });
});
