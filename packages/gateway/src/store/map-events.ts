/*
 * What a change of the cluster map means, as events for whoever watches. Pure.
 */
import type { ClusterMap, MapNode } from '@trolley/crush';
import type { ClusterEvent } from '../events.ts';

/** The events between two maps, the change itself first; just that for the first map that was seen. */
export function mapEvents(before: ClusterMap | undefined, after: ClusterMap): readonly ClusterEvent[] {
  const reason = before === undefined ? `${after.nodes.length} nodes` : reasonOf(before, after);
  const changed = { type: 'map-changed', epoch: after.epoch, reason } as const;
  if (before === undefined) return [changed];
  const known = new Map(before.nodes.map((node) => [node.id, node]));
  const ofNodes = after.nodes.map((node) => nodeEvent(known.get(node.id), node)).filter((event) => event !== undefined);
  return [changed, ...ofNodes, ...drained(before, after)];
}

function nodeEvent(before: MapNode | undefined, { id, state, drained: isDrained }: MapNode): ClusterEvent | undefined {
  if (state === 'in') return before?.state === 'in' ? undefined : { type: 'node-in', node: id };
  if (isDrained === true) return before?.drained === true ? undefined : { type: 'drain-started', node: id };
  return before?.state === 'in' ? { type: 'node-out', node: id } : undefined;
}

/** The move has ended that emptied them. */
function drained(before: ClusterMap, after: ClusterMap): readonly ClusterEvent[] {
  if (before.previousNodes === undefined || after.previousNodes !== undefined) return [];
  const wereIn = new Set(before.previousNodes.filter(({ state }) => state === 'in').map(({ id }) => id));
  return after.nodes
    .filter((node) => node.drained === true && wereIn.has(node.id))
    .map(({ id }) => ({ type: 'drained', node: id }));
}

function reasonOf(before: ClusterMap, after: ClusterMap): string {
  if (before.previousNodes !== undefined && after.previousNodes === undefined) return 'the data has moved';
  const known = new Map(before.nodes.map((node) => [node.id, node]));
  const changes = after.nodes.map((node) => changeOf(known.get(node.id), node)).filter((text) => text !== undefined);
  const ids = new Set(after.nodes.map(({ id }) => id));
  changes.push(...before.nodes.filter(({ id }) => !ids.has(id)).map(({ id }) => `${id} is forgotten`));
  return changes.join('; ') || `${after.nodes.length} nodes`;
}

function changeOf(before: MapNode | undefined, after: MapNode): string | undefined {
  const { id } = after;
  if (before === undefined) return `${id} joined`;
  if (after.drained === true && before.drained !== true) return `${id} is drained`;
  if (after.state !== before.state) return `${id} is ${after.state}`;
  if (after.weight !== before.weight) return `${id} has weight ${after.weight}`;
  return after.zone === before.zone ? undefined : `${id} is in zone ${after.zone}`;
}
