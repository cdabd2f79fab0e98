/*
 * The journal's writing side: numbered segments, each a header and then groups of entries, one write and one
 * flush for a group. Not safe for concurrent calls: the group commit calls one thing at a time. After a
 * failed write no frame is ever added to that segment again; the next one's header says how much of it counts.
 */
import { join } from 'node:path';
import { segmentName } from './data-layout.ts';
import type { Disk, DiskFile } from './disk.ts';
import { encodeGroup, encodeHeader, type JournalGroup } from './journal-entry.ts';

/** What a journal needs. */
export interface JournalOptions {
  readonly disk: Disk;
  /** The folder of the segments. */
  readonly folder: string;
  readonly nodeId: string;
  /** The segments that are there, with the bytes of each that count; the last one is never added to. */
  readonly segments: ReadonlyMap<number, number>;
  /** Records durably that a segment will take writes, before it does. */
  readonly recordSegment: (segment: number) => Promise<void>;
}

/** The journal as it is being written. */
export class Journal {
  readonly #options: JournalOptions;
  /** Bytes that count, for each segment that is there. */
  readonly #lengths: Map<number, number>;
  #segment: number;
  #file: DiskFile | undefined;

  constructor(options: JournalOptions) {
    this.#options = options;
    this.#lengths = new Map(options.segments);
    this.#segment = Math.max(0, ...options.segments.keys());
  }

  /** The segment that is being written. */
  get segment(): number {
    return this.#segment;
  }

  /** Bytes in that segment. */
  get segmentBytes(): number {
    return this.#lengths.get(this.#segment) ?? 0;
  }

  get segmentCount(): number {
    return this.#lengths.size;
  }

  /** Bytes of all segments, which the next checkpoint will drop. */
  get bytes(): number {
    let bytes = 0;
    for (const length of this.#lengths.values()) bytes += length;
    return bytes;
  }

  /**
   * Goes on in a new segment. Also how to resume after a failed write, and the proof that the disk takes
   * writes again. When it throws, nothing has changed but that no segment is open.
   * @throws whatever the disk throws.
   */
  async startSegment(): Promise<void> {
    await this.#closeFile();
    const { disk, folder, nodeId, recordSegment } = this.#options;
    const segment = this.#segment + 1;
    const path = join(folder, segmentName(segment));
    const header = encodeHeader({ nodeId, segment, previousLength: this.#lengths.get(this.#segment) ?? null });
    const file = await disk.create(path);
    try {
      await file.append(header);
      await file.sync();
      await disk.sync(folder);
      await recordSegment(segment);
    } catch (error) {
      await file.close().catch(() => undefined);
      // The segment has no writes; a start that finds it, whole or not, knows so from the recorded number.
      await disk.remove(path).catch(() => undefined);
      throw error;
    }
    this.#segment = segment;
    this.#file = file;
    this.#lengths.set(segment, header.length);
  }

  /**
   * Adds a group in one write and flushes it.
   * @throws SyncFailedError, after which nothing may be written any more; or what the write threw, after
   * which `startSegment` comes next.
   */
  async append(group: JournalGroup): Promise<void> {
    const file = this.#file;
    if (file === undefined) throw new Error('no journal segment is open');
    const length = this.segmentBytes;
    const bytes = encodeGroup(group, this.#segment, length);
    await file.append(bytes);
    await file.sync();
    this.#lengths.set(this.#segment, length + bytes.length);
  }

  /**
   * After a failed write: cuts the segment back to what counts, to give back the room and to leave a
   * clean end. Writing can go on without it (see `startSegment`), so it does not throw.
   * @returns whether that is on disk: otherwise a start before the next segment may find what was written
   */
  async cut(): Promise<boolean> {
    const path = join(this.#options.folder, segmentName(this.#segment));
    await this.#closeFile();
    try {
      await this.#options.disk.truncate(path, this.segmentBytes);
      await this.#options.disk.sync(path);
      return true;
    } catch {
      // The next segment's header says where this one ends.
      return false;
    }
  }

  /** Removes the segments before one, which a checkpoint has made superfluous. */
  async dropBefore(segment: number): Promise<void> {
    for (const old of [...this.#lengths.keys()].filter((number) => number < segment)) {
      await this.#options.disk.remove(join(this.#options.folder, segmentName(old)));
      this.#lengths.delete(old);
    }
  }

  async close(): Promise<void> {
    await this.#closeFile();
  }

  async #closeFile(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close().catch(() => undefined);
  }
}
