/*
 * The calls about the cluster itself, and what they answer.
 */
import { send } from './send.ts';

/** Whether the map places data on a node. */
type NodeStanding = 'in' | 'draining' | 'drained' | 'out' | 'absent';

/** What the launcher knows of a node's process. */
export type ProcessState = 'running' | 'paused' | 'cut-off' | 'stopped' | 'starting';

/** What can be done to a node's process. */
export type NodeCommand = 'kill' | 'restart' | 'pause' | 'resume' | 'cut-off' | 'rejoin';

/** A storage node. What it alone can tell is absent while it is down. */
export interface ClusterNode {
  readonly id: string;
  readonly zone: string;
  readonly weight: number;
  readonly state: NodeStanding;
  readonly up: boolean;
  readonly url?: string;
  /** Why it is still in though it is down for so long. */
  readonly keptIn?: string;
  readonly lastSeenMs?: number;
  /** Keys that others will push to it, since it missed writes to them. */
  readonly hintsWaiting: number;
  readonly records?: number;
  readonly bytes?: number;
  readonly incompleteGroups?: number;
  readonly fetching?: { readonly groups: number; readonly groupsDone: number; readonly recordsLearned: number };
  readonly requestsPerSecond?: number;
  /** Only where a launcher is. */
  readonly process?: ProcessState;
}

/** How a placement group is. */
type GroupState = 'active' | 'degraded' | 'moving';

/** The cluster at one moment. */
export interface Cluster {
  /** Absent, like pgCount and replicas, until there is a first map. */
  readonly epoch?: number;
  readonly pgCount?: number;
  readonly replicas?: number;
  readonly moving: boolean;
  readonly registry: { readonly connected: boolean };
  readonly groupCounts?: Readonly<Record<GroupState, number>>;
  readonly move?: {
    readonly groups: number;
    readonly groupsDone: number;
    readonly percent: number;
    readonly remainingSeconds?: number;
  };
  readonly nodes: readonly ClusterNode[];
  readonly gateways: readonly { readonly id: string; readonly url: string }[];
  /** Whether nodes' processes can be commanded through this gateway. */
  readonly launcher: boolean;
  readonly operatorTokenNeeded?: boolean;
}

/** A placement group. */
export interface Group {
  readonly pg: number;
  /** In order of preference; while it moves, who shall hold it. */
  readonly nodes: readonly string[];
  readonly state: GroupState;
  readonly previousNodes?: readonly string[];
  readonly percent?: number;
}

/** What clients would see of a key; null when there is nothing. */
export type KeyValue =
  | { readonly quantity: number }
  | { readonly cart: Readonly<Record<string, number>> }
  | { readonly entries: Readonly<Record<string, number>> }
  | { readonly register: unknown }
  | null;

/** A value that no write has replaced yet, and the write that made it: a node's incarnation and its counter. */
export interface Sibling {
  readonly dot: readonly [actor: string, counter: number];
  readonly quantity: number;
}

/** What one replica of a key holds. */
export interface Replica {
  readonly node: string;
  readonly zone: string;
  readonly up: boolean;
  readonly coordinator: boolean;
  /** Lacks a write that another replica has; null when it did not answer. */
  readonly stale: boolean | null;
  readonly error: string | null;
  readonly version: number | null;
  readonly context: Readonly<Record<string, number>> | null;
  readonly value: KeyValue;
  readonly siblings: Readonly<Record<string, readonly Sibling[]>>;
  readonly ballots?: { readonly accepted: string | null; readonly promised: string | null; readonly vote: boolean };
}

/** Where a key lives. */
export interface KeyLocation {
  readonly key: string;
  readonly placementGroup: number;
  readonly epoch: number;
  readonly merged: { readonly version: number; readonly value: KeyValue; readonly deleted: boolean };
  readonly replicas: readonly Replica[];
}

/** The map, the nodes and the gateways. */
export async function getCluster(signal: AbortSignal): Promise<Cluster> {
  return (await send<Cluster>('/cluster', { signal })).body;
}

/** Every placement group. */
export async function getGroups(signal: AbortSignal): Promise<readonly Group[]> {
  const { body } = await send<{ groups?: readonly Group[] }>('/cluster', { query: { groups: true }, signal });
  return body.groups ?? [];
}

/** Asks every replica of a key for what it holds, and repairs nothing. */
export async function whereIs(key: string, signal: AbortSignal): Promise<KeyLocation> {
  return (await send<KeyLocation>('/cluster/where', { query: { key }, signal })).body;
}

/** Commands a node's process. */
export async function commandNode(node: string, command: NodeCommand): Promise<void> {
  await send(`/cluster/nodes/${encodeURIComponent(node)}/${command}`, { method: 'POST', asOperator: true });
}
