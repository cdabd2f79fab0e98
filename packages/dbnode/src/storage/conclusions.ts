/*
 * What start-up concludes from what it found: whose directory this is, which incarnation goes on, and
 * which placement groups may lack something. Reads and writes nothing.
 */
import { segmentName } from './data-layout.ts';
import type { EngineOptions } from './engine-options.ts';
import { NodeIdMismatchError } from './errors.ts';
import type { Findings } from './findings.ts';
import { newIncarnation, newNodeId, type Identity } from './identity.ts';
import type { InspectedJournal } from './journal-recovery.ts';
import type { Manifest } from './manifest.ts';

/** All that was found. */
export interface Evidence {
  readonly options: EngineOptions;
  /** Undefined when the file is missing or damaged; likewise the manifest. */
  readonly identity: Identity | undefined;
  readonly manifest: Manifest | undefined;
  readonly journal: InspectedJournal;
  /** Number of placement group files that could be read. */
  readonly groupFiles: number;
  readonly findings: Findings;
}

/**
 * The id of the node that the directory belongs to, or that it is to belong to.
 * @throws NodeIdMismatchError when it belongs to another node than the one asked for, or to two.
 */
export function decideNodeId(options: EngineOptions, stored: Iterable<string | undefined>): string {
  const names = new Set([...stored].filter((id) => id !== undefined));
  const [owner, other] = names;
  if (owner !== undefined && other !== undefined) {
    throw new NodeIdMismatchError(`${options.dataDir} holds files of two nodes, ${owner} and ${other}`);
  }
  if (owner !== undefined && options.nodeId !== undefined && owner !== options.nodeId) {
    throw new NodeIdMismatchError(
      `${options.dataDir} belongs to the node ${owner}, not to ${options.nodeId}; give each node a directory of its own`,
    );
  }
  return owner ?? options.nodeId ?? newNodeId(options.random);
}

/** Notes what is wrong with the journal. */
export function noteJournal(journal: InspectedJournal, findings: Findings): void {
  for (const segment of journal.missing) findings.lostAnything(`journal segment ${segmentName(segment)} is missing`);
  for (const { segment, reason } of journal.damaged) {
    findings.lostAnything(`journal segment ${segmentName(segment)} is damaged: ${reason}`);
  }
  if (journal.torn !== undefined) {
    // Most likely a crash in mid-write; but a last sector gone bad looks the same.
    findings.forgot(`${journal.torn.bytes} bytes at the end of the journal are not an entry`);
  }
  findings.journalDoubtful = journal.missing.length + journal.damaged.length > 0 || journal.torn !== undefined;
}

/** Nothing was ever stored here, or node.json is all that is gone. */
function isNew({ manifest, journal, groupFiles, findings }: Evidence): boolean {
  const isEmpty = journal.segments.length === 0 && groupFiles === 0 && findings.setAside.length === 0;
  return isEmpty && (manifest === undefined || manifest.checkpoint === 0);
}

/** Notes the loss of the files that say what should be here; to be called when all else has been noted. */
export function noteLostFiles(evidence: Evidence): void {
  const { options, identity, manifest, findings } = evidence;
  if (identity !== undefined) {
    if (manifest === undefined) findings.lostAnything('checkpoint.json is lost');
  } else if (!isNew(evidence)) {
    findings.lostAnything('node.json is lost');
  } else if (options.isKnownToCluster === true) {
    findings.lostAnything('the data directory is new, and the cluster may have counted on this node before');
  } else {
    findings.doubt('the data directory is new');
  }
}

/** The placement groups that may lack something, counted as the engine counts them from now on. */
function incompleteGroups(
  findings: Findings,
  identity: Identity | undefined,
  filedAs: number,
  pgCount: number,
): number[] {
  const stored = identity?.incompleteGroups ?? [];
  const recountsStored = stored.length > 0 && identity?.pgCount !== pgCount;
  const recountsFound = findings.incomplete.size > 0 && filedAs !== pgCount;
  if (findings.allIncomplete || recountsStored || recountsFound) return Array.from({ length: pgCount }, (_, pg) => pg);
  return [...new Set([...stored, ...findings.incomplete])].filter((pg) => pg < pgCount).toSorted((a, b) => a - b);
}

/**
 * The placement groups in which promises may have been forgotten: where something may be lacking, and all when the
 * journal's end cannot be told from one that rotted. A data directory that is new to everyone has promised nothing.
 */
function votelessGroups(
  findings: Findings,
  identity: Identity | undefined,
  incomplete: readonly number[],
  pgCount: number,
): number[] {
  const stored = identity?.votelessGroups ?? [];
  const isRecounted = stored.length > 0 && identity?.pgCount !== pgCount;
  if (findings.mayHaveForgotten || isRecounted) return Array.from({ length: pgCount }, (_, pg) => pg);
  return [...new Set([...stored, ...incomplete])].toSorted((a, b) => a - b);
}

function inOrder(identity: Identity): string {
  return JSON.stringify(Object.entries(identity).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** When tombstones were last dropped, by groups as they are counted from now on. */
function tombstoneDrops(identity: Identity | undefined, pgCount: number): [pg: number, atMs: number][] {
  if (identity === undefined || identity.pgCount === pgCount) return identity?.tombstoneDrops ?? [];
  const latestMs = Math.max(...identity.tombstoneDrops.map(([, atMs]) => atMs));
  if (identity.tombstoneDrops.length === 0) return [];
  return Array.from({ length: pgCount }, (_, pg) => [pg, latestMs]);
}

/** Floors of ballots, by groups as they are counted from now on: a key may have been in any group before. */
function ballotFloors(identity: Identity | undefined, pgCount: number): [pg: number, counter: number][] {
  if (identity === undefined || identity.pgCount === pgCount) return identity?.ballotFloors ?? [];
  const highest = Math.max(0, ...identity.ballotFloors.map(([, counter]) => counter));
  return highest === 0 ? [] : Array.from({ length: pgCount }, (_, pg) => [pg, highest]);
}

/**
 * What node.json must say before the node serves; the very object that it says already when nothing changed.
 * @param filedAs the number of placement groups that the files were written for.
 */
export function concludeIdentity(evidence: Evidence, nodeId: string, filedAs: number): Identity {
  const { options, identity, journal, findings } = evidence;
  const { pgCount, random } = options;
  const goesOn = identity !== undefined && findings.doubts.length === 0;
  const incomplete = incompleteGroups(findings, identity, filedAs, pgCount);
  const next: Identity = {
    nodeId,
    incarnation: goesOn ? identity.incarnation : newIncarnation(random),
    journalSegment: identity?.journalSegment ?? journal.segments.at(-1)?.number ?? 0,
    pgCount,
    incompleteGroups: incomplete,
    votelessGroups: votelessGroups(findings, identity, incomplete, pgCount),
    droppedCounter: goesOn ? identity.droppedCounter : 0,
    draftIncarnation: goesOn ? identity.draftIncarnation : null,
    tombstoneDrops: tombstoneDrops(identity, pgCount),
    ballotFloors: ballotFloors(identity, pgCount),
    presence: identity?.presence ?? null,
    epoch: identity?.epoch ?? 0,
  };
  return identity !== undefined && inOrder(identity) === inOrder(next) ? identity : next;
}
