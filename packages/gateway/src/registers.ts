/*
 * Registers as the API sees them: values that change one after another, whatever crashes, pauses or is cut off. The
 * API knows nothing of ballots, acceptors or retries; the registers know nothing of items and orders.
 */

/** What a register holds: JSON. */
export type RegisterValue =
  | null
  | boolean
  | number
  | string
  | readonly RegisterValue[]
  | { readonly [name: string]: RegisterValue };

/** What a change makes of a value. */
export type Decision<T extends RegisterValue> =
  /** The register holds this from now on; null releases it. The result is remembered with it. */
  | { readonly type: 'write'; readonly value: RegisterValue; readonly result: T }
  /** Nothing is changed, and nothing remembered. */
  | { readonly type: 'keep'; readonly result: T };

/** What a register remembers of a change: its result, by its id; undefined when it was not made, or is forgotten. */
export type Memory = (id: string) => RegisterValue | undefined;

/** A change to one register. */
export interface RegisterChange<T extends RegisterValue> {
  /**
   * Names the change. The register remembers the results of its recent changes by their ids, in the same write: a change
   * that is made again brings the same result and does nothing.
   */
  readonly id: string;
  /**
   * Decides from the value in force (null when there is none) and what is remembered of other changes. Pure, for it may be
   * called several times, for values of which only the last counts; what it throws goes to the caller, and nothing is
   * changed.
   */
  readonly decide: (value: RegisterValue, memory: Memory) => Decision<T>;
}

/** What travels with each call. */
export interface RegisterOptions {
  /** Ties log lines of the gateway and the nodes together. */
  readonly requestId: string;
  /**
   * When the request began that this is part of, by the monotonic clock; if absent, now. A change is given up once the
   * time for a claim has passed since then. So whoever decides by what it saw before does not act on it after its client
   * may have been told otherwise elsewhere.
   */
  readonly askedMs?: number | undefined;
}

/** Part of a listing in key order. */
export interface RegisterPage {
  readonly entries: readonly { readonly key: string; readonly value: RegisterValue; readonly version: number }[];
  /** The key to continue after; undefined when nothing follows. */
  readonly next: string | undefined;
}

/** A value, the version that people are shown, which grows with every change, and what the register remembers. */
export interface VersionedValue {
  readonly value: RegisterValue;
  readonly version: number;
  readonly memory: Memory;
}

/** The registers of the cluster. Linearizable for each key, but for `list`. */
export interface Registers {
  /**
   * Makes a change; when it resolves a majority of the replicas has the outcome on disk.
   *
   * @throws StoreError QUORUM_NOT_MET: a majority is out of reach and nothing was changed; OUTCOME_UNKNOWN: the change may
   * have been made, or may still be; made again with the same id it brings its result. READ_ONLY, NO_CLUSTER_MAP,
   * OVERLOADED: nothing was changed.
   */
  change<T extends RegisterValue>(key: string, change: RegisterChange<T>, options: RegisterOptions): Promise<T>;
  /**
   * The value in force. With `settle`, whatever was under way before is then either in it or will never take effect.
   *
   * @throws StoreError QUORUM_NOT_MET
   */
  read(key: string, options: RegisterOptions & { readonly settle?: boolean }): Promise<VersionedValue>;
  /**
   * Values whose keys begin with the prefix, in key order, without those that were released: each as new as some replica
   * that answered knows, which may be a little older than what `read` tells, or a change that is not settled yet.
   */
  list(
    prefix: string,
    page: { readonly after: string | undefined; readonly limit: number },
    options: RegisterOptions,
  ): Promise<RegisterPage>;
}
