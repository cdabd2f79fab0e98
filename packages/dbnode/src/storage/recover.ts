/*
 * Start-up: reads what is on disk into memory, and decides what this node may still claim about it. All
 * conclusions go into node.json before anything that they rest on is changed, so that a crash in between
 * comes to the same conclusions again.
 */
import { join } from 'node:path';
import type { ClusterMap } from '@trolley/crush';
import type { RecoveryReport, TombstoneWait } from '../engine.ts';
import { parseClusterMapFile } from './cluster-map-file.ts';
import { concludeIdentity, decideNodeId, noteJournal, noteLostFiles } from './conclusions.ts';
import { segmentName, type DataLayout } from './data-layout.ts';
import type { EngineOptions, EngineSettings } from './engine-options.ts';
import { Findings } from './findings.ts';
import { loadGroups, type GroupFile } from './group-recovery.ts';
import { readHints } from './hint-file.ts';
import { HintLedger } from './hint-ledger.ts';
import { parseIdentity } from './identity.ts';
import { IdentityStore } from './identity-store.ts';
import { inspectJournal, type InspectedJournal } from './journal-recovery.ts';
import { manifestFile, parseManifest } from './manifest.ts';
import { RecordTable } from './record-table.ts';
import { replay } from './replay.ts';
import { readSealedFile, TEMPORARY_SUFFIX, writeSealedFile } from './sealed-file.ts';
import { parseTombstoneWaits } from './tombstone-wait-file.ts';

/** What recovery works with. */
export type RecoveryOptions = EngineOptions & EngineSettings & { readonly nextTurn: () => Promise<void> };

/** A data directory, read in. */
export interface Recovered {
  readonly identities: IdentityStore;
  readonly table: RecordTable;
  readonly hints: HintLedger;
  /** There is a file of hints, which the next checkpoint must replace. */
  readonly hasHintFile: boolean;
  /** What was noted of tombstones that wait to be dropped. */
  readonly tombstoneWaits: readonly TombstoneWait[];
  /** The newest map that the node was told; undefined when none, or when the file was damaged. */
  readonly clusterMap: ClusterMap | undefined;
  /** The journal's segments and how much of each counts. */
  readonly segments: ReadonlyMap<number, number>;
  readonly groupFiles: ReadonlyMap<number, GroupFile>;
  /** The highest number that a checkpoint has used. */
  readonly checkpoint: number;
  readonly report: RecoveryReport;
  /** Some or all files were written for another number of placement groups. */
  readonly mustRefile: boolean;
  /** Something is damaged or gone: a checkpoint leaves it behind, so that the next start does not find it again. */
  readonly needsCheckpoint: boolean;
}

/** Removes what a crash left unfinished; nothing but our own temporary names. */
async function removeTemporaryFiles({ disk }: EngineOptions, layout: DataLayout): Promise<void> {
  const groupNames = await disk.list(layout.groups);
  const own = [layout.identity, layout.manifest, layout.hints, layout.tombstoneWaits, layout.clusterMap];
  const temporary = own.map((path) => path + TEMPORARY_SUFFIX);
  const groups = groupNames.filter((name) => /^\d{5,}\.json\.tmp$/.test(name)).map((name) => join(layout.groups, name));
  for (const path of [...temporary, ...groups, layout.spareSegment]) await disk.remove(path);
}

/** Reads one of the files beside the records; undefined when it is missing, or damaged and now out of the way. */
async function readOwnFile<T>(
  { disk }: EngineOptions,
  path: string,
  parse: (value: unknown) => T,
  findings: Findings,
): Promise<T | undefined> {
  const file = await readSealedFile(disk, path);
  if (file.kind === 'intact') return parse(file.value);
  if (file.kind === 'damaged') await findings.moveAside(path, file.reason);
  return undefined;
}

/**
 * Reads a data directory in, and makes one where there is none.
 * @throws NodeIdMismatchError, UnsupportedFormatError, or what the disk throws.
 */
export async function recover(options: RecoveryOptions, layout: DataLayout): Promise<Recovered> {
  const { disk, clock, pgCount } = options;
  const startedMs = clock.monotonicMs();
  for (const folder of [layout.root, layout.journal, layout.groups]) await disk.makeDirectory(folder);
  await removeTemporaryFiles(options, layout);

  const findings = new Findings(disk, layout, clock.nowMs());
  const identity = await readOwnFile(options, layout.identity, parseIdentity, findings);
  const manifest = await readOwnFile(options, layout.manifest, parseManifest, findings);
  const journal = await inspectJournal(disk, layout.journal, {
    firstSegment: manifest?.firstSegment,
    recordedSegment: identity?.journalSegment,
  });
  const nodeId = decideNodeId(options, [identity?.nodeId, manifest?.nodeId, ...journal.nodeIds]);
  noteJournal(journal, findings);

  const table = new RecordTable(pgCount);
  const groups = await loadGroups({ ...options, folder: layout.groups, manifest, table, findings });
  const filedAs = manifest?.pgCount ?? identity?.pgCount ?? pgCount;
  const hints = new HintLedger(options.hintsMax, (key) => table.groupOf(key));
  const readHintFile = (value: unknown): true => {
    readHints(value, hints, filedAs === pgCount);
    return true;
  };
  // Damaged hints are no doubt: what they stood for, the digests find.
  const hasHintFile = (await readOwnFile(options, layout.hints, readHintFile, findings)) === true;
  // Neither are damaged waits: the tombstones wait anew.
  const tombstoneWaits = await readOwnFile(options, layout.tombstoneWaits, parseTombstoneWaits, findings);
  // Nor a damaged map: the others have it, and the epoch is in node.json.
  const clusterMap = await readOwnFile(options, layout.clusterMap, parseClusterMapFile, findings);
  const isDoubtful = findings.journalDoubtful;
  const journalEntries = await replay({ disk, folder: layout.journal, journal, table, hints, isDoubtful });
  await table.endLoading(options.nextTurn);

  const evidence = { options, identity, manifest, journal, groupFiles: groups.files.size, findings };
  noteLostFiles(evidence);
  const next = concludeIdentity(evidence, nodeId, filedAs);
  for (const { segment, reason } of journal.damaged) {
    await findings.copyAside(join(layout.journal, segmentName(segment)), reason);
  }
  if (manifest === undefined && identity === undefined && findings.setAside.length === 0 && table.size === 0) {
    await writeSealedFile(
      disk,
      layout.manifest,
      manifestFile({ nodeId, checkpoint: 0, atMs: 0, firstSegment: 1, pgCount, groups: [] }),
    );
  }
  const identities = new IdentityStore(disk, layout.identity, identity ?? next);
  if (next !== identity) await identities.update(() => next);
  await tidy(options, layout, journal, groups.superfluous);

  return {
    identities,
    table,
    hints,
    hasHintFile,
    tombstoneWaits: tombstoneWaits ?? [],
    clusterMap,
    segments: new Map(journal.segments.map(({ number, length }) => [number, length])),
    groupFiles: groups.files,
    checkpoint: Math.max(manifest?.checkpoint ?? 0, ...[...groups.files.values()].map((file) => file.checkpoint)),
    mustRefile: (filedAs !== pgCount && table.size > 0) || groups.areMisfiled,
    needsCheckpoint: findings.setAside.length > 0 || findings.incomplete.size > 0 || findings.allIncomplete,
    report: {
      records: table.size,
      journalEntries,
      tornBytes: journal.torn?.bytes ?? 0,
      doubts: findings.doubts,
      setAside: findings.setAside,
      incompleteGroups: next.incompleteGroups,
      asOfMs: findings.asOfMs(manifest?.atMs),
      tookMs: clock.monotonicMs() - startedMs,
    },
  };
}

/** Clears away what no longer counts, and makes sure that all that was read is on disk and not just in the cache. */
async function tidy(
  { disk }: EngineOptions,
  layout: DataLayout,
  journal: InspectedJournal,
  superfluousFiles: readonly string[],
): Promise<void> {
  const { torn } = journal;
  if (torn !== undefined) await disk.truncate(join(layout.journal, segmentName(torn.segment)), torn.from);
  for (const segment of journal.superfluous) await disk.remove(join(layout.journal, segmentName(segment)));
  for (const path of superfluousFiles) await disk.remove(path);
  // After a kill -9 the last entries may be readable and yet not on disk: a loss of power would take back
  // what has been shown.
  const last = journal.segments.at(-1);
  if (last !== undefined) await disk.sync(join(layout.journal, segmentName(last.number)));
  for (const folder of [layout.root, layout.journal, layout.groups]) await disk.sync(folder);
}
