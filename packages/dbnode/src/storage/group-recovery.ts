/*
 * Loads the placement group files: those of the last checkpoint, and those that a later one had written
 * when it was cut off (the journal covers both). What is damaged, missing or too old is reported.
 */
import { join } from 'node:path';
import { groupName, groupOf } from './data-layout.ts';
import type { Disk } from './disk.ts';
import type { Findings } from './findings.ts';
import { DamagedFileError, readGroupFile, type GroupContents, type SliceOptions } from './group-file.ts';
import type { Manifest } from './manifest.ts';
import type { RecordTable } from './record-table.ts';

/** A placement group's file as the next manifest will list it. */
export interface GroupFile {
  readonly checkpoint: number;
  readonly records: number;
}

/** What loading needs. */
export interface GroupRecoveryOptions extends SliceOptions {
  readonly disk: Disk;
  readonly folder: string;
  /** Undefined when it is lost: then every file counts. */
  readonly manifest: Manifest | undefined;
  readonly table: RecordTable;
  readonly findings: Findings;
  readonly recoveryParallelism: number;
}

/** What was loaded. */
export interface LoadedGroups {
  readonly files: ReadonlyMap<number, GroupFile>;
  /** Files that a checkpoint had replaced or emptied and no longer lists. */
  readonly superfluous: readonly string[];
  /** Some file holds records of another placement group: filing anew was cut off. */
  readonly areMisfiled: boolean;
}

/** Runs the work for every item, at most `parallelism` at once. */
async function forEachOf<T>(items: Iterable<T>, parallelism: number, work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: parallelism }, worker));
}

/** @throws UnsupportedFormatError, or what the disk throws. */
export async function loadGroups(options: GroupRecoveryOptions): Promise<LoadedGroups> {
  const { disk, folder, manifest, table, findings } = options;
  const files = new Map<number, GroupFile>();
  const superfluous: string[] = [];
  let areMisfiled = false;
  const listed = new Map(manifest?.groups.map(([pg, checkpoint]) => [pg, checkpoint]));

  async function load(pg: number): Promise<void> {
    const path = join(folder, groupName(pg));
    const contents = await read(path, pg);
    if (contents === undefined) return;
    const expected = listed.get(pg);
    if (manifest !== undefined && expected === undefined && contents.checkpoint <= manifest.checkpoint) {
      superfluous.push(path);
      return;
    }
    // Old, but true as far as it goes: its records are kept, marked as possibly incomplete.
    const isStale = expected !== undefined && contents.checkpoint < expected;
    let records = 0;
    for (const [key, text] of contents.records) {
      const home = table.load(key, text);
      if (home !== pg) areMisfiled = true;
      if (isStale) table.markDirty(home);
      records += 1;
    }
    if (isStale) findings.hasOldFiles = true;
    if (isStale) await lost(path, pg, `it is of checkpoint ${contents.checkpoint}, the last one wrote ${expected}`);
    else files.set(pg, { checkpoint: contents.checkpoint, records });
  }

  async function read(path: string, pg: number): Promise<GroupContents | undefined> {
    try {
      const contents = await readGroupFile(disk, path, options);
      if (contents !== null && contents.pg !== pg)
        throw new DamagedFileError(`it holds placement group ${contents.pg}`);
      return contents ?? undefined;
    } catch (error) {
      if (!(error instanceof DamagedFileError)) throw error;
      await lost(path, pg, error.message);
      return undefined;
    }
  }

  async function lost(path: string, pg: number, reason: string): Promise<void> {
    findings.lostGroup(pg, `${groupName(pg)}: ${reason}`);
    await findings.moveAside(path, reason);
  }

  const found = new Set((await disk.list(folder)).map(groupOf).filter((pg) => pg !== undefined));
  for (const pg of listed.keys()) if (!found.has(pg)) findings.lostGroup(pg, `${groupName(pg)} is missing`);
  await forEachOf(found, options.recoveryParallelism, load);
  return { files, superfluous, areMisfiled };
}
