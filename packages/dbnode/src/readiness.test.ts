import { describe, expect, it } from 'vitest';
import type { RegistryView } from '@trolley/cluster';
import { reasonsNotReady, type NodeCondition } from './readiness.ts';

const REGISTERED = { id: 'node-a', host: '127.0.0.1', port: 5101, zone: 'east', weight: 1, sequence: 1 };
const VIEW: RegistryView = { connected: true, nodes: [REGISTERED], gateways: [], stored: undefined };

const READY: NodeCondition = {
  phase: 'serving',
  nodeId: 'node-a',
  port: 5101,
  pgCount: 256,
  view: VIEW,
  readOnlyReason: undefined,
  failure: undefined,
};

function withMap(pgCount: number): RegistryView {
  return { ...VIEW, stored: { map: { epoch: 1, pgCount, replicas: 3, nodes: [] }, revision: 1 } };
}

describe('a node is ready', () => {
  it.each<[string, Partial<NodeCondition>]>([
    ['when it serves and is registered', {}],
    ['while the registry is away', { view: { ...VIEW, connected: false } }],
    ['under a map with its number of placement groups', { view: withMap(256) }],
  ])('%s', (_, change) => {
    expect(reasonsNotReady({ ...READY, ...change })).toEqual([]);
  });
});

describe('a node is not ready', () => {
  it.each<[Partial<NodeCondition>, string]>([
    [{ phase: 'starting' }, 'the node is starting'],
    [{ phase: 'stopping' }, 'the node is stopping'],
    [{ failure: 'fsync failed' }, 'the storage engine failed: fsync failed'],
    [{ readOnlyReason: 'no space left' }, 'the disk takes no writes: no space left'],
    [{ view: { ...VIEW, nodes: [] } }, 'the node is not registered'],
    [{ port: 5102 }, 'the node is not registered'],
    [{ view: withMap(64) }, 'the map has 64 placement groups, this node 256; restart it to take them over'],
  ])('with %j', (change, reason) => {
    expect(reasonsNotReady({ ...READY, ...change })).toEqual([reason]);
  });
});
