/*
 * Checkpoints: writes the placement groups that changed since the last one, then the manifest that makes
 * them count, then drops the journal before. Fuzzy: records change meanwhile, and replaying the journal
 * from the new segment on top gives the same again, as its entries are whole records.
 */
import { join } from 'node:path';
import { groupName, type DataLayout } from './data-layout.ts';
import type { Clock } from '@trolley/cluster';
import type { Disk } from './disk.ts';
import type { GroupCommit } from './group-commit.ts';
import { writeGroupFile, type SliceOptions } from './group-file.ts';
import type { GroupFile } from './group-recovery.ts';
import { writeHintFile } from './hint-file.ts';
import type { HintLedger, MissedWrites } from './hint-ledger.ts';
import type { Journal } from './journal.ts';
import { manifestFile, type Manifest } from './manifest.ts';
import type { RecordTable } from './record-table.ts';
import { writeSealedFile } from './sealed-file.ts';

/** What checkpoints work with. */
export interface CheckpointOptions extends SliceOptions {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly layout: DataLayout;
  readonly nodeId: string;
  readonly table: RecordTable;
  readonly hints: HintLedger;
  readonly journal: Journal;
  readonly commit: GroupCommit;
  /** The files that are there, and the highest number that a checkpoint has used. */
  readonly groupFiles: ReadonlyMap<number, GroupFile>;
  readonly checkpoint: number;
  readonly hasHintFile: boolean;
}

/** Writes checkpoints, one at a time. */
export class Checkpointer {
  readonly #options: CheckpointOptions;
  #files: ReadonlyMap<number, GroupFile>;
  #number: number;
  #finished = 0;
  #hasHintFile: boolean;

  constructor(options: CheckpointOptions) {
    this.#options = options;
    this.#files = options.groupFiles;
    this.#number = options.checkpoint;
    this.#hasHintFile = options.hasHintFile;
  }

  /** Checkpoints since the start. */
  get finished(): number {
    return this.#finished;
  }

  /**
   * Writes a checkpoint. A failed one has changed nothing that counts, and its groups are written next time.
   * @throws what the disk throws; SyncFailedError means that nothing may be written any more.
   */
  async run(): Promise<void> {
    const { table, commit, journal, hints, clock } = this.#options;
    let dirty: ReadonlySet<number> = new Set();
    let missed: ReadonlyMap<string, MissedWrites> = new Map();
    let atMs = 0;
    const firstSegment = await commit.rotate(() => {
      dirty = table.takeDirty();
      missed = hints.snapshot();
      atMs = clock.nowMs();
    });
    const before = this.#files;
    try {
      await this.#writeHints(missed);
      this.#files = await this.#write(dirty, firstSegment, atMs);
    } catch (error) {
      for (const pg of dirty) table.markDirty(pg);
      throw error;
    }
    this.#finished += 1;
    await journal.dropBefore(firstSegment);
    await this.#removeGone(before);
  }

  /** Before the manifest: until that is there the old journal is replayed as well, and has hints that are still owed. */
  async #writeHints(missed: ReadonlyMap<string, MissedWrites>): Promise<void> {
    if (missed.size === 0 && !this.#hasHintFile) return;
    const { disk, layout, nextTurn } = this.#options;
    await writeHintFile(disk, layout.hints, missed, nextTurn);
    this.#hasHintFile = true;
  }

  async #write(
    dirty: ReadonlySet<number>,
    firstSegment: number,
    atMs: number,
  ): Promise<ReadonlyMap<number, GroupFile>> {
    const { disk, layout, nodeId, table } = this.#options;
    // Never the number of an attempt that failed: its files may be there.
    this.#number += 1;
    const checkpoint = this.#number;
    const files = new Map([...this.#files].filter(([pg]) => pg < table.pgCount));
    for (const pg of dirty) {
      const path = join(layout.groups, groupName(pg));
      const contents = { pg, checkpoint, records: table.durableRecords(pg) };
      files.set(pg, { checkpoint, records: await writeGroupFile(disk, path, contents, this.#options) });
    }
    await disk.sync(layout.groups);
    const groups: Manifest['groups'] = Array.from(files, ([pg, file]) => [pg, file.checkpoint, file.records]);
    const manifest = { nodeId, checkpoint, atMs, firstSegment, pgCount: table.pgCount, groups };
    await writeSealedFile(disk, layout.manifest, manifestFile(manifest));
    return files;
  }

  async #removeGone(before: ReadonlyMap<number, GroupFile>): Promise<void> {
    for (const pg of before.keys()) {
      if (!this.#files.has(pg)) await this.#options.disk.remove(join(this.#options.layout.groups, groupName(pg)));
    }
  }
}
