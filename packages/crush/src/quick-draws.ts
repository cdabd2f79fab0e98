/*
 * Finds the few nodes of many that a group's list can come from, by draws in floating point that are off by a known
 * bound; the exact draws of those few then decide (straw.ts). `Math.log` may differ between machines in its last bits: it
 * never decides which of two nodes comes first, only which nodes certainly come after all that are needed.
 */
import type { MapNode } from './cluster-map.ts';
import { SeededHash } from './seeded-hash.ts';
import { fixedPointWeight } from './weight.ts';

/**
 * Exact and quick draws, before they are divided by the weight, differ by less: the exact logarithm is off by less than
 * 2^-40, its division by less than the last bit, and any `Math.log` by far less than either.
 */
const ERROR_MAX = 2 ** -38;

/** The nodes of one map that are `in`, ready to draw. */
export class QuickDraws {
  readonly #nodes: readonly MapNode[];
  readonly #replicas: number;
  readonly #hashes: readonly SeededHash[];
  readonly #inverseWeights: Float64Array;
  /** The zone of each node, by number. */
  readonly #zones: Uint32Array;
  /** Upper bounds of the draws of the group at hand. */
  readonly #draws: Float64Array;
  /** For each zone, the smallest of these, ascending; as many as the group could take from it. */
  readonly #smallest: readonly Float64Array[];

  constructor(nodes: readonly MapNode[], replicas: number) {
    const zoneNumbers = new Map<string, number>();
    for (const { zone } of nodes) if (!zoneNumbers.has(zone)) zoneNumbers.set(zone, zoneNumbers.size);
    this.#nodes = nodes;
    this.#replicas = replicas;
    this.#hashes = nodes.map(({ id }) => new SeededHash(id));
    this.#inverseWeights = Float64Array.from(nodes, ({ weight }) => 1 / fixedPointWeight(weight));
    this.#zones = Uint32Array.from(nodes, ({ zone }) => zoneNumbers.get(zone) ?? 0);
    this.#draws = new Float64Array(nodes.length);
    // With fewer zones than replicas, all of a list may come from one of them, if the others are short of nodes.
    const perZone = zoneNumbers.size >= replicas ? 1 : replicas;
    this.#smallest = Array.from(zoneNumbers, () => new Float64Array(perZone));
  }

  /** All nodes that the group's list can have, among few others, in no order. */
  candidates(pg: number): MapNode[] {
    this.#drawAll(pg);
    const bounds = this.#bounds();
    const found: MapNode[] = [];
    for (let index = 0; index < this.#nodes.length; index++) {
      const lower = (this.#draws[index] ?? 0) - 2 * ERROR_MAX * (this.#inverseWeights[index] ?? 0);
      const node = this.#nodes[index];
      if (node !== undefined && lower <= bounds(this.#zones[index] ?? 0)) found.push(node);
    }
    return found;
  }

  #drawAll(pg: number): void {
    for (const smallest of this.#smallest) smallest.fill(Infinity);
    for (let index = 0; index < this.#hashes.length; index++) {
      const hash = this.#hashes[index]?.under(pg) ?? 0;
      const draw = (ERROR_MAX - Math.log((hash + 0.5) / 2 ** 32)) * (this.#inverseWeights[index] ?? 0);
      this.#draws[index] = draw;
      insert(this.#smallest[this.#zones[index] ?? 0], draw);
    }
  }

  /** For each zone, the draw behind which none of its nodes can be in the list. */
  #bounds(): (zone: number) => number {
    if (this.#smallest.length < this.#replicas) {
      return (zone) => this.#smallest[zone]?.[this.#replicas - 1] ?? Infinity;
    }
    // One of each zone: of no zone further back than the last of the best zones.
    const best = new Float64Array(this.#replicas).fill(Infinity);
    for (const [first] of this.#smallest) insert(best, first ?? Infinity);
    const bound = best[this.#replicas - 1] ?? Infinity;
    return () => bound;
  }
}

/** Puts a value into an ascending list of fixed length, whose largest falls out; nothing when it is larger than these. */
function insert(ascending: Float64Array | undefined, value: number): void {
  if (ascending === undefined) return;
  let at = ascending.length - 1;
  if (value >= (ascending[at] ?? 0)) return;
  for (; at > 0 && value < (ascending[at - 1] ?? 0); at--) ascending[at] = ascending[at - 1] ?? 0;
  ascending[at] = value;
}
