/*
 * Reads again when the map changed meanwhile: data that moved may have been written to new owners that were not
 * asked.
 */
import type { ClusterMap } from '@trolley/crush';

/** A map that changes all the time must not starve reads. */
const ATTEMPTS_MAX = 3;

/** What the read brought, of one that began and ended under the same map unless the map kept changing. */
export async function underOneMap<T>(map: () => ClusterMap | undefined, read: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const epoch = map()?.epoch;
    const found = await read();
    if (map()?.epoch === epoch || attempt === ATTEMPTS_MAX) return found;
  }
}
