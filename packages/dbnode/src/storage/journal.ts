/*
 * The journal's writing side: numbered segments, each a header and then groups of entries, one write for a group, which
 * is on disk when it is done. A segment's room is taken beforehand, that of the next one while this one is written.
 * Not safe for concurrent calls: the group commit calls one thing at a time. After a failed write no frame is ever
 * added to that segment again; the next one's header says how much of it counts.
 */
import { join } from 'node:path';
import { segmentName } from './data-layout.ts';
import type { Disk, DurableFile } from './disk.ts';
import { FrameBuffer } from './frame-buffer.ts';
import { addEndMark, encodeGroup, encodeHeader, type JournalGroup } from './journal-entry.ts';

/** What a journal needs. */
export interface JournalOptions {
  readonly disk: Disk;
  /** The folder of the segments, and where room for the next one is made. */
  readonly folder: string;
  readonly spareSegment: string;
  readonly nodeId: string;
  /** The segments that are there, with the bytes of each that count; the last one is never added to. */
  readonly segments: ReadonlyMap<number, number>;
  /** How long a segment is before anything is written to it; 0 has it grow with each write. */
  readonly preallocatedBytes: number;
  /** Records durably that a segment will take writes, before it does. */
  readonly recordSegment: (segment: number) => Promise<void>;
}

/** The journal as it is being written. */
export class Journal {
  readonly #options: JournalOptions;
  /** Bytes that count, for each segment that is there. */
  readonly #lengths: Map<number, number>;
  #segment: number;
  #file: DurableFile | undefined;
  readonly #frames = new FrameBuffer();
  /** A file for the next segment, in the making; undefined in the end when it could not be made. */
  #spare: Promise<DurableFile | undefined> | undefined;

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
    const previousLength = this.#lengths.get(this.#segment) ?? null;
    const file = await this.#makeFile(path);
    const { length } = encodeHeader({ nodeId, segment, previousLength }, this.#frames);
    try {
      await this.#writeFrames(file, 0);
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
    this.#lengths.set(segment, length);
    if (this.#isPreallocated) this.#spare = this.#makeSpare();
  }

  /**
   * Adds a group in one write.
   * @throws SyncFailedError, after which nothing may be written any more; or what the write threw, after
   * which `startSegment` comes next.
   */
  async append(group: JournalGroup): Promise<void> {
    const file = this.#file;
    if (file === undefined) throw new Error('no journal segment is open');
    const length = this.segmentBytes;
    const { length: added } = encodeGroup(group, this.#segment, length, this.#frames);
    await this.#writeFrames(file, length);
    this.#lengths.set(this.#segment, length + added);
  }

  /** Writes the frames that were just encoded. */
  async #writeFrames(file: DurableFile, offset: number): Promise<void> {
    if (this.#isPreallocated) addEndMark(this.#frames);
    await file.write(this.#frames.bytes, offset);
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

  /** Gives back the room that no write has taken. */
  async close(): Promise<void> {
    const isOpen = this.#file !== undefined;
    await this.#closeFile();
    await this.#dropSpare();
    if (!this.#isPreallocated || !isOpen) return;
    const path = join(this.#options.folder, segmentName(this.#segment));
    await this.#options.disk.truncate(path, this.segmentBytes).catch(() => undefined);
  }

  get #isPreallocated(): boolean {
    return this.#options.preallocatedBytes > 0;
  }

  /** The file of the next segment: the spare one when there is one. @throws what the disk throws */
  async #makeFile(path: string): Promise<DurableFile> {
    const { disk, preallocatedBytes } = this.#options;
    const spare = await this.#spare;
    this.#spare = undefined;
    if (spare === undefined) {
      return await disk.createDurable(path, preallocatedBytes).catch(async (error: unknown) => {
        // What there is of it takes room that a full disk lacks.
        await disk.remove(path).catch(() => undefined);
        throw error;
      });
    }
    try {
      await disk.rename(this.#options.spareSegment, path);
    } catch (error) {
      await spare.close().catch(() => undefined);
      throw error;
    }
    return spare;
  }

  async #makeSpare(): Promise<DurableFile | undefined> {
    const { disk, preallocatedBytes } = this.#options;
    try {
      return await disk.createDurable(this.#options.spareSegment, preallocatedBytes);
    } catch {
      // Nothing is in it, so nothing is lost. When the time comes for it, making it is tried again, and told.
      await disk.remove(this.#options.spareSegment).catch(() => undefined);
      return undefined;
    }
  }

  async #dropSpare(): Promise<void> {
    const spare = await this.#spare;
    this.#spare = undefined;
    if (spare === undefined) return;
    await spare.close().catch(() => undefined);
    await this.#options.disk.remove(this.#options.spareSegment).catch(() => undefined);
  }

  async #closeFile(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close().catch(() => undefined);
  }
}
