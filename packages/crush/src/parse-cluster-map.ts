/*
 * Makes a cluster map of data from outside (ZooKeeper, a file, another process), or says which field is
 * wrong. What it lets through, placement can work with; nothing is corrected or filled in.
 */
import type { ClusterMap, MapNode } from './cluster-map.ts';
import { WEIGHT_MAX, WEIGHT_MIN } from './weight.ts';

/** Each group costs memory and repair work on every node; a thousand nodes do well with this many. */
const PG_COUNT_MAX = 65_536;
/** Far beyond any use of replication; catches a number meant for another field. */
const REPLICAS_MAX = 16;
/** Nodes in a map, those that are out included: placing a group draws once for each node. */
export const NODES_MAX = 4096;
/** Of an id or a zone, in UTF-16 code units. */
const NAME_LENGTH_MAX = 255;
/** How much of a wrong value an error repeats. */
const SHOWN_LENGTH_MAX = 60;

/** What was to be a cluster map is not one; the message names the field and what stands in it. */
export class ClusterMapError extends Error {
  override readonly name = 'ClusterMapError';
  readonly code = 'INVALID_CLUSTER_MAP';
}

/**
 * Checks that a value is a cluster map and copies it, deeply frozen. Fields it does not know are left out,
 * so that a newer version may add some.
 *
 * Holds afterwards: epoch, pgCount (at most 65536) and replicas (at most 16) are positive integers; there are
 * 1 to 4096 nodes with distinct ids, at least one of them `in`; ids and zones are strings of 1 to 255 code
 * units; weights lie between 1/65536 and 65535; nodes that are drained are `out`.
 *
 * @param value anything, typically from JSON
 * @throws ClusterMapError
 */
export function parseClusterMap(value: unknown): ClusterMap {
  const fields = parseObject(value, 'the cluster map');
  return Object.freeze({
    epoch: parseCount(fields['epoch'], 'epoch', Number.MAX_SAFE_INTEGER),
    pgCount: parseCount(fields['pgCount'], 'pgCount', PG_COUNT_MAX),
    replicas: parseCount(fields['replicas'], 'replicas', REPLICAS_MAX),
    nodes: parseNodes(fields['nodes'], 'nodes'),
    ...(fields['previousNodes'] === undefined
      ? {}
      : { previousNodes: parseNodes(fields['previousNodes'], 'previousNodes') }),
  });
}

function parseNodes(value: unknown, path: string): readonly MapNode[] {
  if (!Array.isArray(value)) throw wrong(path, 'a list', value);
  if (value.length === 0) throw new ClusterMapError(`${path} must hold at least one node, it is empty`);
  if (value.length > NODES_MAX) {
    throw new ClusterMapError(`${path} must hold at most ${NODES_MAX} nodes, not ${value.length}`);
  }
  // Array.from also visits the holes of a sparse list, which map would pass over.
  const nodes = Array.from(value, (node: unknown, index) => parseNode(node, `${path}[${index}]`));
  checkDistinct(nodes, path);
  if (!nodes.some((node) => node.state === 'in')) {
    throw new ClusterMapError(`${path} must hold at least one node whose state is "in", all are "out"`);
  }
  return Object.freeze(nodes);
}

function parseNode(value: unknown, path: string): MapNode {
  const fields = parseObject(value, path);
  return Object.freeze({
    id: parseName(fields['id'], `${path}.id`),
    zone: parseName(fields['zone'], `${path}.zone`),
    weight: parseWeight(fields['weight'], `${path}.weight`),
    ...parseWeightSet(fields['weightSet'], path),
    ...parseStanding(fields, path),
  });
}

function checkDistinct(nodes: readonly MapNode[], path: string): void {
  const indexById = new Map<string, number>();
  for (const [index, { id }] of nodes.entries()) {
    const earlier = indexById.get(id);
    if (earlier !== undefined) {
      throw new ClusterMapError(`${path}[${index}].id repeats the id of ${path}[${earlier}], ${show(id)}`);
    }
    indexById.set(id, index);
  }
}

function parseObject(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (!isObject(value)) throw wrong(path, 'an object', value);
  return value;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseCount(value: unknown, path: string, max: number): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > max) {
    throw wrong(path, `a whole number from 1 to ${max}`, value);
  }
  return value;
}

function parseName(value: unknown, path: string): string {
  if (typeof value !== 'string' || value.length === 0 || value.length > NAME_LENGTH_MAX) {
    throw wrong(path, `a string of 1 to ${NAME_LENGTH_MAX} characters`, value);
  }
  return value;
}

function parseWeight(value: unknown, path: string): number {
  if (typeof value !== 'number' || !(value >= WEIGHT_MIN && value <= WEIGHT_MAX)) {
    throw wrong(path, `a number above 0, from 1/65536 to ${WEIGHT_MAX}`, value);
  }
  return value;
}

function parseWeightSet(value: unknown, path: string): Pick<MapNode, 'weightSet'> {
  if (value === undefined) return {};
  if (value !== true) throw wrong(`${path}.weightSet`, 'true, or left out', value);
  return { weightSet: true };
}

function parseStanding(
  { state, drained }: Readonly<Record<string, unknown>>,
  path: string,
): Pick<MapNode, 'state' | 'drained'> {
  if (state !== 'in' && state !== 'out') throw wrong(`${path}.state`, '"in" or "out"', state);
  if (drained === undefined) return { state };
  if (drained !== true) throw wrong(`${path}.drained`, 'true, or left out', drained);
  if (state === 'in')
    throw new ClusterMapError(`${path}.drained is true, but its state is "in": a drained node is out`);
  return { state, drained };
}

function wrong(path: string, expected: string, value: unknown): ClusterMapError {
  return new ClusterMapError(`${path} must be ${expected}, not ${show(value)}`);
}

/** A wrong value in a few words, whatever it is. */
function show(value: unknown): string {
  if (typeof value === 'string') {
    const tail = value.length > SHOWN_LENGTH_MAX ? `... (${value.length} characters)` : '';
    return `${JSON.stringify(value.slice(0, SHOWN_LENGTH_MAX))}${tail}`;
  }
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value);
  if (value === undefined) return 'missing';
  return Array.isArray(value) ? 'a list' : `of type ${typeof value}`;
}
