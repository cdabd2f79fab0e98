/*
 * The cluster at one moment, as `GET /cluster` shows it: a port that the store fills in from the registry
 * and the map. It holds nothing secret, since anyone who may use the shop may read it.
 */

/** A storage node, from the map and the registry together. */
export interface NodeOverview {
  readonly id: string;
  /** Where the node listens, or last did; undefined while it has not been seen since this gateway started. */
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly url: string | undefined;
  readonly zone: string;
  readonly weight: number;
  /** Whether the map places data on it; absent when the map does not know it. */
  readonly state: 'in' | 'out' | 'absent';
  readonly up: boolean;
  /** When it was last registered, in milliseconds since 1970; undefined when that was before this gateway started. */
  readonly lastSeenMs: number | undefined;
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
  /** Ordered by id: those of the map, and those that are up without being in it. */
  readonly nodes: readonly NodeOverview[];
  /** Ordered by id. */
  readonly gateways: readonly GatewayOverview[];
}

/** Tells the state of the cluster as this gateway knows it; asks nobody. */
export interface ClusterStatus {
  overview(): ClusterOverview;
}
