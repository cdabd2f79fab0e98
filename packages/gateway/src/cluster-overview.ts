/*
 * The cluster at one moment, as `GET /cluster` shows it: a port that the store fills in from the registry
 * and the map. It holds nothing secret, since anyone who may use the shop may read it.
 */
import type { FetchProgress } from '@trolley/cluster';

/** A storage node, from the map and the registry together. */
export interface NodeOverview {
  readonly id: string;
  /** Where the node listens, or last did; undefined while it has not been seen since this gateway started. */
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly url: string | undefined;
  readonly zone: string;
  readonly weight: number;
  readonly state: NodeStanding;
  readonly up: boolean;
  /** Why a node that is down for so long is still in; undefined unless it would be out otherwise. */
  readonly keptIn: string | undefined;
  /** When it was last registered, in milliseconds since 1970; undefined when that was before this gateway started. */
  readonly lastSeenMs: number | undefined;
  /** Keys that other nodes will push to it, since it missed writes to them. */
  readonly hintsWaiting: number;
  /** Records held and their size in bytes, deleted ones included; undefined when it is down, or has not been asked yet. */
  readonly records: number | undefined;
  readonly bytes: number | undefined;
  /** Operations on records that it answered, over the last seconds; undefined when that is not known. */
  readonly requestsPerSecond: number | undefined;
  /** Placement groups of which it may lack what it once acknowledged. */
  readonly incompleteGroups: number | undefined;
  /** How far it is with what it fetches from other nodes; undefined when that is nothing. */
  readonly fetching: Pick<FetchProgress, 'groups' | 'groupsDone' | 'recordsLearned'> | undefined;
}

/**
 * Whether the map places data on a node: `draining` while an operator takes it out, `drained` once it holds
 * nothing any more, as far as it said, `out` when it was down for too long; `absent` when the map does not know it.
 */
export type NodeStanding = 'in' | 'draining' | 'drained' | 'out' | 'absent';

/** How a placement group is: all its nodes are up and whole, or one is down or lacks part of it, or its data is on the way to other nodes. */
export type GroupState = 'active' | 'degraded' | 'moving';

/** A placement group. */
export interface GroupOverview {
  readonly pg: number;
  /** The nodes that hold it, in order of preference; while it moves, that shall hold it. */
  readonly nodes: readonly string[];
  /** `degraded` when a node of it is down or lacks part of it, also while it moves. */
  readonly state: GroupState;
  /** While it moves: who holds it, and how many of the nodes that gain it have it all, in percent. */
  readonly previousNodes: readonly string[] | undefined;
  readonly percent: number | undefined;
}

/** How far the data is that is on the move. */
export interface MoveOverview {
  /** Counted for each node that gains them. */
  readonly groups: number;
  readonly groupsDone: number;
  readonly percent: number;
  /** By the pace of the last seconds; undefined while nothing arrives. */
  readonly remainingSeconds: number | undefined;
}

/** A gateway that is up. */
interface GatewayOverview {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly url: string;
}

/** The map and who is up. */
export interface ClusterOverview {
  /** Undefined until there is a first map; so are the next two. */
  readonly epoch: number | undefined;
  readonly pgCount: number | undefined;
  readonly replicas: number | undefined;
  /** Whether nodes that gained data are still fetching it; the previous nodes count along meanwhile. */
  readonly moving: boolean;
  /** While the registry is away, the rest is what was last known. */
  readonly registry: { readonly connected: boolean };
  /** Placement groups by state; undefined until there is a first map. */
  readonly groupCounts: Readonly<Record<GroupState, number>> | undefined;
  /** Undefined while nothing moves. */
  readonly move: MoveOverview | undefined;
  /** Ordered by id: those of the map, and those that are up without being in it. */
  readonly nodes: readonly NodeOverview[];
  /** Ordered by id. */
  readonly gateways: readonly GatewayOverview[];
}

/** Tells the state of the cluster as this gateway knows it; asks nobody. */
export interface ClusterStatus {
  overview(): ClusterOverview;
  /** Every placement group, by number; empty until there is a first map. */
  groups(): readonly GroupOverview[];
}
