import { describe, expect, it } from 'vitest';
import { knownEpochs } from './known-epochs.ts';

const MAP = { epoch: 4, pgCount: 64, replicas: 3, nodes: [] };

describe('the epochs that a node tells', () => {
  it('are none without a map', () => {
    expect(knownEpochs(undefined)).toEqual({ newest: 0, synced: 0 });
  });

  it('are those of the map while no data moves', () => {
    expect(knownEpochs(MAP)).toEqual({ newest: 4, synced: 4 });
  });

  it('do not claim that what moves has arrived', () => {
    expect(knownEpochs({ ...MAP, previousNodes: [] })).toEqual({ newest: 4, synced: 0 });
  });
});
