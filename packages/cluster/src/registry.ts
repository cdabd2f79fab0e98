/*
 * The registry port: who is in the cluster, and the map that places keys. There are two adapters,
 * ZooKeeper and the embedded registry of `trolley up`; one conformance suite (testing/) runs against
 * both. A registry that is away is an ordinary event: views keep their last contents.
 */
import type { ClusterMap } from '@trolley/crush';

/** What a storage node says of itself when it registers. */
export interface NodeDetails {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly zone: string;
  readonly weight: number;
}

/** What a gateway says of itself when it registers. */
export interface GatewayDetails {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  /** How long its changes of claims may take; a node that forgot promises is silent for as long. */
  readonly claimTimeoutMs?: number | undefined;
}

/** A registration as others see it. The sequence grows with each registration, also of the same id. */
export type Registered<T> = T & { readonly sequence: number };

/** The cluster map and the revision to compare with when replacing it. */
export interface StoredMap {
  readonly map: ClusterMap;
  readonly revision: number;
}

/** What a registry knows, at one moment. */
export interface RegistryView {
  /** False while the registry is away; the rest is then what was last known. */
  readonly connected: boolean;
  /** The nodes that are up, ordered by id, one entry for each id (the registration with the highest sequence). */
  readonly nodes: readonly Registered<NodeDetails>[];
  /** The gateways that are up, in the same way. */
  readonly gateways: readonly Registered<GatewayDetails>[];
  /** Undefined until a gateway has written the first map. */
  readonly stored: StoredMap | undefined;
}

/** A registration that renews itself, across lost sessions too, until it is withdrawn. */
export interface Announcement {
  /** Ends the registration; others see it go at once when the registry can be reached. Never throws. */
  withdraw(): Promise<void>;
}

/** Membership and the map. Opening one returns at once and connects in the background, for as long as it takes. */
export interface Registry {
  /** The latest view; the same object until something changes. */
  readonly view: RegistryView;
  /** Calls the listener after each change of the view, in order; returns a function that ends that. */
  onChange(listener: (view: RegistryView) => void): () => void;
  /** Resolves once a first complete view has been read from the registry. */
  ready(): Promise<void>;
  /** Keeps this node registered from now on. */
  announceNode(details: NodeDetails): Announcement;
  /** Keeps this gateway registered from now on. */
  announceGateway(details: GatewayDetails): Announcement;
  /**
   * Replaces the map if its revision is still `expectedRevision` (undefined: if there is none yet).
   * @throws RegistryUnavailableError when the registry cannot be reached; the map may or may not have been written.
   */
  writeMap(map: ClusterMap, expectedRevision: number | undefined): Promise<'written' | 'conflict'>;
  /** Withdraws what was announced here and disconnects. Safe to call twice. */
  close(): Promise<void>;
}

/** The registry could not be reached. */
export class RegistryUnavailableError extends Error {
  override readonly name = 'RegistryUnavailableError';
  readonly code = 'REGISTRY_UNAVAILABLE';
}
