/*
 * What placement costs: a key under a map whose groups are placed, and a new map as gateways and nodes take it over, with
 * a node more than the one before, so that the groups of both are placed.
 */
import { setImmediate } from 'node:timers/promises';
import { place, placeAllGroups, type ClusterMap, type MapNode } from '@trolley/crush';
import type { CrushOptions } from './options.ts';

/** One round. */
export interface CrushRound {
  /** For one key, in microseconds. */
  readonly keyUs: number;
  /** For a new map without data on the move, and for the longest that it held the event loop. */
  readonly epochMs: number;
  readonly longestSliceMs: number;
  /** Likewise while data moves. */
  readonly movingEpochMs: number;
  readonly longestMovingSliceMs: number;
}

/** Measures one round, with maps that nothing is known of. */
export async function measureCrush(
  { nodes, zones, placementGroups, keys }: CrushOptions,
  epoch: number,
): Promise<CrushRound> {
  const before = nodesOf(nodes - 1, zones);
  const settled: ClusterMap = { epoch, pgCount: placementGroups, replicas: 3, nodes: nodesOf(nodes, zones) };
  const still = await timeEpoch(settled);
  const moving = await timeEpoch({ ...settled, previousNodes: before });
  return {
    keyUs: timeKeys(settled, keys),
    epochMs: still.tookMs,
    longestSliceMs: still.longestSliceMs,
    movingEpochMs: moving.tookMs,
    longestMovingSliceMs: moving.longestSliceMs,
  };
}

function nodesOf(count: number, zones: number): MapNode[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `node-${index}`,
    zone: `zone-${index % zones}`,
    weight: 1 + (index % 4) / 2,
    state: 'in',
  }));
}

async function timeEpoch(map: ClusterMap): Promise<{ readonly tookMs: number; readonly longestSliceMs: number }> {
  const startMs = performance.now();
  let sliceMs = startMs;
  let longestSliceMs = 0;
  const endSlice = (): void => {
    longestSliceMs = Math.max(longestSliceMs, performance.now() - sliceMs);
  };
  for (const _ of placeAllGroups(map)) {
    endSlice();
    await setImmediate();
    sliceMs = performance.now();
  }
  endSlice();
  return { tookMs: performance.now() - startMs, longestSliceMs };
}

function timeKeys(map: ClusterMap, count: number): number {
  const keys = Array.from({ length: count }, (_, index) => `user:user${index}@example.com`);
  const startMs = performance.now();
  let replicas = 0;
  for (const key of keys) replicas += place(map, key).length;
  const tookMs = performance.now() - startMs;
  if (replicas < count) throw new Error('a key was placed nowhere');
  return (tookMs * 1000) / count;
}
