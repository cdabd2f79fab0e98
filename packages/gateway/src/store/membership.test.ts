/*
 * Histories of a cluster at random: nodes join, die, come back, change, are drained and let in again, and
 * fetch what they gained, while maps are planned now and then. What must hold for every one of the maps.
 */
import { isDeepStrictEqual } from 'node:util';
import { gainingNodes, type ClusterMap, type MapNode } from '@trolley/crush';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { planDrain, planUndrain } from './drain.ts';
import { planMap } from './plan-map.ts';

const IDS = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
const DOWN_OUT_AFTER_MS = 10;
const policy = {
  replicas: 3,
  pgCount: 8,
  expectedNodes: 3,
  settleMs: 0,
  downOutAfterMs: DOWN_OUT_AFTER_MS,
  minInPercent: 75,
};

const id = fc.constantFrom(...IDS);
const step = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ type: 'plan' } as const) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('up' as const), id, weight: fc.constantFrom(1, 1, 2) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('down' as const), id }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('sync' as const), id }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('drain' as const), id }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('undrain' as const), id }) },
  { weight: 1, arbitrary: fc.constant({ type: 'wait' } as const) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** A cluster and what a gateway knows of it. */
class World {
  readonly up = new Map<string, number>();
  readonly downForMs = new Map<string, number>();
  readonly synced = new Map<string, number>();
  readonly faults: string[] = [];
  map: ClusterMap | undefined;
  /** The nodes of the last map in which nothing moved: they hold everything. */
  holders: readonly MapNode[] | undefined;

  take(each: Step): void {
    switch (each.type) {
      case 'plan':
        return this.plan();
      case 'up':
        this.up.set(each.id, each.weight);
        this.downForMs.delete(each.id);
        return;
      case 'down':
        this.up.delete(each.id);
        this.downForMs.set(each.id, 0);
        return;
      case 'sync':
        if (this.up.has(each.id)) this.synced.set(each.id, this.map?.epoch ?? 0);
        return;
      case 'drain':
      case 'undrain': {
        const plan = (each.type === 'drain' ? planDrain : planUndrain)(this.map, this.up, each.id);
        if (plan.type === 'planned') this.write(plan.planned.map);
        return;
      }
      case 'wait':
        for (const [node, forMs] of this.downForMs) this.downForMs.set(node, forMs + DOWN_OUT_AFTER_MS);
        return;
      default:
        return each satisfies never;
    }
  }

  plan(): void {
    const up = [...this.up].map(([node, weight]) => ({ id: node, host: 'localhost', port: 1, zone: node, weight }));
    const { downForMs, synced: syncedEpochs } = this;
    const unused = { firstNodeSeenForMs: 0, lastMap: undefined, newestEpochHeard: 0, behindForMs: 0 };
    const state = { up, downForMs, enoughForMs: Infinity, syncedEpochs, ...unused };
    const planned = planMap(this.map, state, policy);
    if (planned !== undefined) this.write(planned.map);
  }

  write(map: ClusterMap): void {
    const before = this.map;
    this.map = map;
    if (before !== undefined) this.#check(before, map);
    if (map.previousNodes === undefined) this.holders = map.nodes;
  }

  #check(before: ClusterMap, after: ClusterMap): void {
    this.#hold('the epoch grows by one', after.epoch === before.epoch + 1);
    if (after.previousNodes === undefined) {
      const isSynced = (node: string) => (this.synced.get(node) ?? 0) >= before.epoch;
      this.#hold('who gained something has it all by the map that gave it', gainingNodes(before).every(isSynced));
      this.#hold('the end of a move changes no node', isDeepStrictEqual(after.nodes, before.nodes));
    } else {
      this.#hold('the previous nodes hold the data', isDeepStrictEqual(after.previousNodes, this.holders));
    }
    const enough = Math.min(countIn(before), after.replicas);
    this.#hold('there are nodes for as many replicas as before', countIn(after) >= enough);
    this.#hold('no drained node is in', !after.nodes.some(({ state, drained }) => drained === true && state === 'in'));
  }

  #hold(what: string, holds: boolean): void {
    if (!holds) this.faults.push(`${what}, epoch ${this.map?.epoch}`);
  }

  /** Lets whoever is up fetch, and whoever is not be given up, until nothing changes any more. */
  settle(): void {
    for (const node of IDS) if (!this.up.has(node)) this.downForMs.set(node, DOWN_OUT_AFTER_MS);
    for (let round = 0; round < 10; round += 1) {
      for (const node of this.up.keys()) this.take({ type: 'sync', id: node });
      this.plan();
    }
    // Only one that may not go out can keep a move from its end, since it may still come back.
    const awaited = this.map === undefined ? [] : gainingNodes(this.map).filter((node) => !this.up.has(node));
    this.#hold('moves end', awaited.length > 0 || this.map?.previousNodes === undefined);
  }
}

function countIn({ nodes }: ClusterMap): number {
  return nodes.filter(({ state }) => state === 'in').length;
}

test('I20: whatever happens, the nodes that hold the data count until all who gained have it, and replicas never shrink', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const world = new World();
      for (const each of steps) world.take(each);
      world.settle();
      expect(world.faults).toEqual([]);
    }),
    { numRuns: 300 },
  );
});
