/*
 * Where things stand in a data directory. Names only; nothing here looks whether they exist.
 */
import { join } from 'node:path';

const SEGMENT_DIGITS = 10;
const GROUP_DIGITS = 5;

/** The paths of one data directory. */
export interface DataLayout {
  readonly root: string;
  readonly identity: string;
  readonly manifest: string;
  readonly hints: string;
  readonly tombstoneWaits: string;
  readonly clusterMap: string;
  readonly journal: string;
  /** Room for the next segment of the journal, while nothing is in it. */
  readonly spareSegment: string;
  readonly groups: string;
  readonly setAside: string;
}

/** Where things stand under `dataDir`. */
export function dataLayout(dataDir: string): DataLayout {
  return {
    root: dataDir,
    identity: join(dataDir, 'node.json'),
    manifest: join(dataDir, 'checkpoint.json'),
    hints: join(dataDir, 'hints.json'),
    tombstoneWaits: join(dataDir, 'tombstone-waits.json'),
    clusterMap: join(dataDir, 'cluster-map.json'),
    journal: join(dataDir, 'journal'),
    spareSegment: join(dataDir, 'journal', 'spare.tmp'),
    groups: join(dataDir, 'pg'),
    setAside: join(dataDir, 'set-aside'),
  };
}

/** The file name of a journal segment. */
export function segmentName(segment: number): string {
  return `${String(segment).padStart(SEGMENT_DIGITS, '0')}.log`;
}

/** The segment that a file name stands for; undefined when it is not a segment's. */
export function segmentOf(name: string): number | undefined {
  const digits = /^(\d{10})\.log$/.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** The file name of a placement group. */
export function groupName(pg: number): string {
  return `${String(pg).padStart(GROUP_DIGITS, '0')}.json`;
}

/** The placement group that a file name stands for; undefined when it is not one's. */
export function groupOf(name: string): number | undefined {
  const digits = /^(\d{5,})\.json$/.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
