/*
 * What the key lens remembers of each replica: what it last said, so that a node that is down still shows what it has,
 * and the repair that made it current, which takes less time than a look at it. Pure.
 */
import type { KeyLocation, Replica } from '../../api/cluster.ts';
import type { ClusterEvent } from '../../live/events.ts';

/** How a replica stands. */
export type Standing = 'current' | 'stale' | 'behind' | 'down' | 'silent';

/** A repair that was seen, from one version to a later one. */
export interface Repair {
  readonly fromVersion: number;
  readonly toVersion: number;
  readonly why: 'read' | 'hint' | 'anti-entropy';
  readonly atMs: number;
}

/** A replica with its past. */
export interface WatchedReplica {
  /** As it is; while it does not answer, with what it last said. */
  readonly replica: Replica;
  /** Whether the version and the value are of before: it does not answer now. */
  readonly remembered: boolean;
  /** `behind` is a replica that does not answer and last said less than others have by now. */
  readonly standing: Standing;
  /** The latest, if any. */
  readonly repair: Repair | undefined;
}

/** A key with the past of its replicas. */
export interface WatchedKey {
  readonly location: KeyLocation;
  readonly replicas: readonly WatchedReplica[];
}

/** Puts what was just told to what was known before; of another key nothing is kept. */
export function watchKey(before: WatchedKey | undefined, location: KeyLocation): WatchedKey {
  const known = before?.location.key === location.key ? before.replicas : [];
  const replicas = location.replicas.map((told) =>
    watchReplica(
      known.find(({ replica }) => replica.node === told.node),
      told,
      location.merged.version,
    ),
  );
  return { location, replicas };
}

function watchReplica(before: WatchedReplica | undefined, told: Replica, mergedVersion: number): WatchedReplica {
  const repair = before?.repair;
  const silent = told.version === null;
  const last = before?.replica;
  if (!silent || last === undefined || last.version === null) {
    return { replica: told, remembered: false, standing: standingOf(told), repair };
  }
  const { version, context, value, siblings } = last;
  const standing = version < mergedVersion ? 'behind' : standingOf(told);
  return { replica: { ...told, version, context, value, siblings }, remembered: true, standing, repair };
}

function standingOf({ up, stale }: Replica): Standing {
  if (stale === null) return up ? 'silent' : 'down';
  return stale ? 'stale' : 'current';
}

/** Notes a repair of the key, if the event is one. */
export function noteRepair(watched: WatchedKey, event: ClusterEvent): WatchedKey {
  const repair = repairIn(event, watched.location.key);
  if (repair === undefined) return watched;
  const replicas = watched.replicas.map((known) =>
    known.replica.node === event.node && (known.repair?.atMs ?? 0) <= repair.atMs ? { ...known, repair } : known,
  );
  return { ...watched, replicas };
}

/** The repair of a key that an event tells of. */
function repairIn(event: ClusterEvent, key: string): Repair | undefined {
  const { type, fromVersion, toVersion, why, atMs } = event;
  if (type !== 'repaired' || event.key !== key) return undefined;
  if (fromVersion === undefined || toVersion === undefined || why === undefined) return undefined;
  return { fromVersion, toVersion, why, atMs };
}
