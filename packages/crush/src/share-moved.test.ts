/*
 * How much data moves when a node joins, beside the least that must move: its fair share of the replicas.
 */
import { expect, test } from 'vitest';
import type { ClusterMap } from './cluster-map.ts';
import { gainedGroups, gainingNodes } from './moving.ts';
import { nodesIn } from './testing/arbitrary-map.ts';

/** So many that chance stays well within the 2 %. */
const PG_COUNT = 16_384;
const REPLICAS = 3;
const SHARE_MAX = 1.02;
const TEST_TIMEOUT_MS = 120_000;

/** A map in which one more node has just joined `count` nodes of equal weight, each in a zone of its own. */
function joined(count: number): ClusterMap {
  const zones = Array.from({ length: count + 1 }, (_, index) => `node-${index + 1}`);
  const nodes = nodesIn(zones, 1);
  return { epoch: 2, pgCount: PG_COUNT, replicas: REPLICAS, nodes, previousNodes: nodes.slice(0, count) };
}

test.each([3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 100])(
  'a node that joins %i nodes takes over at most 1.02 of its fair share, and no other node takes over anything',
  (count) => {
    const map = joined(count);
    const joiner = map.nodes.at(-1)?.id ?? '';
    expect(gainingNodes(map)).toEqual([joiner]);
    const moved = gainedGroups(map, joiner).length;
    const share = moved / (PG_COUNT * REPLICAS);
    const ideal = 1 / (count + 1);
    process.stdout.write(
      `${count} nodes and one more: ${(share * 100).toFixed(2)} % of the replicas move, ` +
        `${(share / ideal).toFixed(3)} times the fair share\n`,
    );
    expect(share / ideal).toBeLessThanOrEqual(SHARE_MAX);
    // Much less would mean that the node got less than it should.
    expect(share / ideal).toBeGreaterThan(0.95);
  },
  TEST_TIMEOUT_MS,
);
