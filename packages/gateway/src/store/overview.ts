/*
 * The cluster at one moment, put together from the registry, the map and what the nodes said of themselves.
 * Pure; cluster-reporter.ts asks for it.
 */
import type { FetchProgress, NodeDetails, NodeStatus, RegistryView } from '@trolley/cluster';
import { previousMap, type ClusterMap, type MapNode } from '@trolley/crush';
import type { ClusterOverview, GroupOverview, MoveOverview, NodeOverview, NodeStanding } from '../cluster-overview.ts';
import { countStates, groupStates } from './group-states.ts';
import { moveProgress, percentOf, totalOf, type NodeProgress } from './move-progress.ts';
import type { NodeReport } from './node-status-poller.ts';

/** A node as it was last registered. */
export interface SeenNode {
  readonly details: NodeDetails;
  readonly seenMs: number;
}

/** What is known of the cluster. */
export interface ClusterKnowledge {
  readonly view: RegistryView;
  readonly seen: ReadonlyMap<string, SeenNode>;
  readonly reports: ReadonlyMap<string, NodeReport>;
  readonly syncedEpochs: ReadonlyMap<string, number>;
  readonly keptIn: ReadonlyMap<string, string>;
  readonly nowMs: number;
  /** How long so many groups more will take; undefined when nobody knows. */
  readonly secondsFor: (groups: number) => number | undefined;
}

/** The overview. */
export function overviewOf(known: ClusterKnowledge): ClusterOverview {
  const { connected, nodes, gateways, stored } = known.view;
  const map = stored?.map;
  const inMap = new Map(map?.nodes.map((node) => [node.id, node]));
  const ids = [...new Set([...inMap.keys(), ...nodes.map(({ id }) => id)])].toSorted();
  const progress = progressOf(known);
  const up = upIn(known);
  const hintsWaiting = hintsByNode(known, up);
  return {
    epoch: map?.epoch,
    pgCount: map?.pgCount,
    replicas: map?.replicas,
    moving: map?.previousNodes !== undefined,
    registry: { connected },
    groupCounts: map === undefined ? undefined : countStates(groupsOf(known)),
    move: map?.previousNodes === undefined ? undefined : moveOf(progress, known),
    nodes: ids.map((id) =>
      nodeOf(inMap.get(id), known, { id, up: up.has(id), hintsWaiting: hintsWaiting.get(id) ?? 0 }),
    ),
    gateways: gateways.map(({ id, host, port }) => ({ id, host, port, url: urlOf(host, port) })),
  };
}

/** Every placement group. */
export function groupsOf(known: ClusterKnowledge): readonly GroupOverview[] {
  const map = known.view.stored?.map;
  if (map === undefined) return [];
  const up = upIn(known);
  const lacking = new Map([...known.reports].map(([node, { status }]) => [node, new Set(status.incompleteGroups)]));
  const isSound = (node: string, pg: number) => up.has(node) && lacking.get(node)?.has(pg) !== true;
  return groupStates(map, isSound, progressOf(known));
}

/** How far each node is that gains data. */
export function progressOf({
  view,
  reports,
  syncedEpochs,
}: Pick<ClusterKnowledge, 'view' | 'reports' | 'syncedEpochs'>): ReadonlyMap<string, NodeProgress> {
  const map = view.stored?.map;
  if (map === undefined) return new Map();
  const fetching = new Map<string, FetchProgress>();
  for (const [node, { status }] of reports) if (status.fetching !== null) fetching.set(node, status.fetching);
  return moveProgress(map, { fetching, syncedEpochs });
}

function moveOf(progress: ReadonlyMap<string, NodeProgress>, { secondsFor }: ClusterKnowledge): MoveOverview {
  const { groups, groupsDone } = totalOf(progress.values());
  const percent = percentOf(groupsDone, groups);
  return { groups, groupsDone, percent, remainingSeconds: secondsFor(groups - groupsDone) };
}

function nodeOf(
  placed: MapNode | undefined,
  known: ClusterKnowledge,
  { id, up, hintsWaiting }: Pick<NodeOverview, 'id' | 'up' | 'hintsWaiting'>,
): NodeOverview {
  const seen = known.seen.get(id);
  const details = seen?.details;
  const report = known.reports.get(id);
  const status = up ? report?.status : undefined;
  return {
    id,
    host: details?.host,
    port: details?.port,
    url: details === undefined ? undefined : urlOf(details.host, details.port),
    zone: placed?.zone ?? details?.zone ?? '',
    weight: placed?.weight ?? details?.weight ?? 0,
    state: standingOf(placed, known.view.stored?.map, status),
    up,
    keptIn: known.keptIn.get(id),
    // The registry tells only after a while that a node is gone: what the node said itself is nearer the truth.
    lastSeenMs: report?.atMs ?? (up ? known.nowMs : seen?.seenMs),
    hintsWaiting,
    records: status?.records,
    bytes: status?.bytes,
    requestsPerSecond: up ? report?.requestsPerSecond : undefined,
    incompleteGroups: status?.incompleteGroups.length,
    fetching: fetchingOf(status),
  };
}

function fetchingOf(status: NodeStatus | undefined): NodeOverview['fetching'] {
  if (status === undefined || status.fetching === null) return undefined;
  const { groups, groupsDone, recordsLearned } = status.fetching;
  return { groups, groupsDone, recordsLearned };
}

function standingOf(
  placed: MapNode | undefined,
  map: ClusterMap | undefined,
  status: NodeStatus | undefined,
): NodeStanding {
  if (placed === undefined || map === undefined) return 'absent';
  if (placed.drained !== true) return placed.state;
  const held = previousMap(map)?.nodes.find(({ id }) => id === placed.id);
  // Once the data has moved it makes sure, record by record, that the others have it all, before it lets go.
  return held?.state === 'in' || (status?.records ?? 0) > 0 ? 'draining' : 'drained';
}

/** For whom, as those say that are up: what one that is down knows, it tells when it is back. */
function hintsByNode({ reports }: ClusterKnowledge, up: ReadonlySet<string>): ReadonlyMap<string, number> {
  const waiting = new Map<string, number>();
  for (const holder of up) {
    for (const [node, count] of reports.get(holder)?.status.hintsWaiting ?? []) {
      waiting.set(node, (waiting.get(node) ?? 0) + count);
    }
  }
  return waiting;
}

function upIn({ view }: ClusterKnowledge): ReadonlySet<string> {
  return new Set(view.nodes.map(({ id }) => id));
}

function urlOf(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
