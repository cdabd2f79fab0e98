import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MapNode } from './cluster-map.ts';
import { ClusterMapError, parseClusterMap } from './parse-cluster-map.ts';

const node: MapNode = { id: 'n1', zone: 'a', weight: 1, state: 'in' };
const map = { epoch: 1, pgCount: 256, replicas: 3, nodes: [node, { ...node, id: 'n2' }] };

function withNode(change: object): unknown {
  return { ...map, nodes: [node, { ...node, id: 'n2', ...change }] };
}

describe('a valid map', () => {
  test('comes back equal, through JSON too, as a deeply frozen copy', () => {
    const parsed = parseClusterMap(map);
    expect(parsed).toEqual(map);
    expect(parsed).not.toBe(map);
    expect(parseClusterMap(JSON.parse(JSON.stringify(map)))).toEqual(map);
    expect([parsed, parsed.nodes, ...parsed.nodes].every(Object.isFrozen)).toBe(true);
  });

  test('may have nodes that are out, fewer nodes than replicas, and ids named like parts of an object', () => {
    const ids = ['__proto__', 'constructor', 'toString', '🍎'];
    const nodes = ids.map((id) => ({ ...node, id, zone: '__proto__' }));
    const odd = { ...map, replicas: 16, nodes: [...nodes, { ...node, state: 'out' }] };
    expect(parseClusterMap(odd)).toEqual(odd);
  });

  test('may sit at every bound', () => {
    const nodes = [
      { ...node, weight: 1 / 65_536 },
      { ...node, id: 'x'.repeat(255), weight: 65_535 },
    ];
    const extreme = { epoch: Number.MAX_SAFE_INTEGER, pgCount: 65_536, replicas: 16, nodes };
    expect(parseClusterMap(extreme)).toEqual(extreme);
  });

  test('may name the nodes as they were before data began to move', () => {
    const moving = { ...map, previousNodes: [node] };
    expect(parseClusterMap(moving)).toEqual(moving);
    expect(() => parseClusterMap({ ...map, previousNodes: [] })).toThrow('previousNodes must hold at least one node');
  });

  test('may have nodes that an operator took out', () => {
    const drained = { ...map, nodes: [node, { ...node, id: 'n2', weightSet: true, state: 'out', drained: true }] };
    expect(parseClusterMap(drained)).toEqual(drained);
  });

  test('loses the fields that are not known', () => {
    const extended = { ...map, comment: 'x', nodes: map.nodes.map((each) => ({ ...each, rack: 7 })) };
    expect(parseClusterMap(extended)).toEqual(map);
  });
});

test.each([
  ['null', null, 'the cluster map must be an object, not null'],
  ['a list', [], 'the cluster map must be an object, not a list'],
  ['a string', 'map', 'the cluster map must be an object, not "map"'],
  ['no epoch', { ...map, epoch: undefined }, /^epoch must be a whole number from 1 to \d+, not missing$/],
  ['epoch 0', { ...map, epoch: 0 }, /^epoch .* not 0$/],
  ['epoch beyond the exact integers', { ...map, epoch: 2 ** 53 }, /^epoch .* not 9007199254740992$/],
  ['pgCount 0', { ...map, pgCount: 0 }, 'pgCount must be a whole number from 1 to 65536, not 0'],
  ['a fractional pgCount', { ...map, pgCount: 2.5 }, /^pgCount .* not 2.5$/],
  ['a huge pgCount', { ...map, pgCount: 65_537 }, /^pgCount .* not 65537$/],
  ['pgCount as text', { ...map, pgCount: '256' }, /^pgCount .* not "256"$/],
  ['replicas -1', { ...map, replicas: -1 }, 'replicas must be a whole number from 1 to 16, not -1'],
  ['replicas NaN', { ...map, replicas: Number.NaN }, /^replicas .* not NaN$/],
  ['replicas 17', { ...map, replicas: 17 }, /^replicas .* not 17$/],
  ['replicas as a bigint', { ...map, replicas: 3n }, /^replicas .* not of type bigint$/],
  ['no list of nodes', { ...map, nodes: undefined }, 'nodes must be a list, not missing'],
  ['nodes by id', { ...map, nodes: { n1: node } }, 'nodes must be a list, not of type object'],
  ['no nodes', { ...map, nodes: [] }, 'nodes must hold at least one node, it is empty'],
  [
    'too many nodes',
    { ...map, nodes: Array.from({ length: 4097 }, () => node) },
    'nodes must hold at most 4096 nodes, not 4097',
  ],
  ['a hole among the nodes', { ...map, nodes: Array(2) }, 'nodes[0] must be an object, not missing'],
  ['a node that is null', { ...map, nodes: [node, null] }, 'nodes[1] must be an object, not null'],
  ['all nodes out', { ...map, nodes: [{ ...node, state: 'out' }] }, /at least one node whose state is "in"/],
  ['a duplicate id', withNode({ id: 'n1' }), 'nodes[1].id repeats the id of nodes[0], "n1"'],
  ['an empty id', withNode({ id: '' }), 'nodes[1].id must be a string of 1 to 255 characters, not ""'],
  ['a numeric id', withNode({ id: 7 }), /^nodes\[1\]\.id .* not 7$/],
  ['a long id', withNode({ id: 'x'.repeat(256) }), /^nodes\[1\]\.id .* not "x{60}"\.\.\. \(256 characters\)$/],
  ['an empty zone', withNode({ zone: '' }), /^nodes\[1\]\.zone .* not ""$/],
  ['no zone', withNode({ zone: undefined }), /^nodes\[1\]\.zone .* not missing$/],
  ['weight 0', withNode({ weight: 0 }), 'nodes[1].weight must be a number above 0, from 1/65536 to 65535, not 0'],
  ['weight -1', withNode({ weight: -1 }), /^nodes\[1\]\.weight .* not -1$/],
  ['weight NaN', withNode({ weight: Number.NaN }), /^nodes\[1\]\.weight .* not NaN$/],
  ['an infinite weight', withNode({ weight: Number.POSITIVE_INFINITY }), /^nodes\[1\]\.weight .* not Infinity$/],
  ['a weight below one step', withNode({ weight: 1e-6 }), /^nodes\[1\]\.weight .* not 0.000001$/],
  ['a weight beyond 32 bits', withNode({ weight: 65_536 }), /^nodes\[1\]\.weight .* not 65536$/],
  ['a weight as text', withNode({ weight: '1' }), /^nodes\[1\]\.weight .* not "1"$/],
  ['an unknown state', withNode({ state: 'up' }), 'nodes[1].state must be "in" or "out", not "up"'],
  [
    'drained as text',
    withNode({ state: 'out', drained: 'yes' }),
    'nodes[1].drained must be true, or left out, not "yes"',
  ],
  ['weightSet as text', withNode({ weightSet: 'yes' }), 'nodes[1].weightSet must be true, or left out, not "yes"'],
  ['drained and in', withNode({ drained: true }), /^nodes\[1\]\.drained is true, but its state is "in"/],
  ['no state', withNode({ state: undefined }), /^nodes\[1\]\.state .* not missing$/],
])('%s is refused by name', (_case, value, message) => {
  expect(() => parseClusterMap(value)).toThrow(ClusterMapError);
  expect(() => parseClusterMap(value)).toThrow(message);
});

test('an error has a stable code', () => {
  expect(() => parseClusterMap({})).toThrow(expect.objectContaining({ code: 'INVALID_CLUSTER_MAP' }));
});

test('whatever comes in, either a map comes out or a ClusterMapError', () => {
  const anyValue = fc.anything({ withBigInt: true, withNullPrototype: true, withSparseArray: true });
  const nearlyMap = fc.record({ epoch: anyValue, pgCount: anyValue, replicas: anyValue, nodes: fc.array(anyValue) });
  fc.assert(
    fc.property(fc.oneof(anyValue, nearlyMap), (value) => {
      expect(() => parseClusterMap(value)).toThrow(ClusterMapError);
    }),
  );
});
