/*
 * One placement group as a lowdb file: the adapter that lowdb lacks. It replaces the file in one step,
 * flushed, a slice at a time so that requests go on, and seals it with a checksum. The folder's flush is
 * the checkpoint's, once for all its files.
 */
import { Low, type Adapter } from 'lowdb';
import type { RecordText } from '@trolley/records';
import { errorCode, type Disk } from './disk.ts';
import { UnsupportedFormatError } from './errors.ts';
import { replaceFile } from './sealed-file.ts';
import { SealWriter, unseal } from './seal.ts';

const GROUP_FORMAT = 1;

/** A slice ends here too, however few records it has. */
const SLICE_CHARACTERS_MAX = 256 * 1024;

/** A placement group's records, as of a checkpoint. */
export interface GroupContents {
  readonly pg: number;
  readonly checkpoint: number;
  readonly records: Iterable<readonly [key: string, text: RecordText]>;
}

/** How writing makes way for requests. */
export interface SliceOptions {
  readonly checkpointSliceRecords: number;
  readonly nextTurn: () => Promise<void>;
}

/** The file is not what was written. */
export class DamagedFileError extends Error {
  override readonly name = 'DamagedFileError';
}

class GroupFileAdapter implements Adapter<GroupContents | null> {
  readonly #disk: Disk;
  readonly #path: string;
  readonly #slices: SliceOptions;
  /** Records in the file that was written last. */
  written = 0;

  constructor(disk: Disk, path: string, slices: SliceOptions) {
    this.#disk = disk;
    this.#path = path;
    this.#slices = slices;
  }

  read = async (): Promise<GroupContents | null> => {
    const bytes = await this.#disk.read(this.#path).catch((error: unknown) => {
      if (errorCode(error) === 'ENOENT') return undefined;
      throw error;
    });
    return bytes === undefined ? null : parseGroup(bytes);
  };

  write = async (contents: GroupContents | null): Promise<void> => {
    if (contents !== null) await replaceFile(this.#disk, this.#path, this.#pieces(contents));
  };

  async *#pieces({ pg, checkpoint, records }: GroupContents): AsyncGenerator<Buffer> {
    const { checkpointSliceRecords, nextTurn } = this.#slices;
    const seal = new SealWriter();
    let slice = `{"format":${GROUP_FORMAT},"pg":${pg},"checkpoint":${checkpoint},"records":[`;
    let inSlice = 0;
    this.written = 0;
    for (const record of records) {
      slice += `${this.written === 0 ? '' : ','}\n${JSON.stringify(record)}`;
      this.written += 1;
      inSlice += 1;
      if (inSlice >= checkpointSliceRecords || slice.length >= SLICE_CHARACTERS_MAX) {
        yield seal.piece(slice);
        slice = '';
        inSlice = 0;
        await nextTurn();
      }
    }
    yield seal.end(`${slice}\n],"count":${this.written}`);
  }
}

function isRecordEntry(value: unknown): value is readonly [string, string] {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === 'string' && typeof value[1] === 'string';
}

function parseGroup(bytes: Buffer): GroupContents {
  const unsealed = unseal(bytes);
  if (unsealed.kind === 'damaged') throw new DamagedFileError(unsealed.reason);
  const file: unknown = unsealed.value;
  if (typeof file !== 'object' || file === null) throw new DamagedFileError('the file holds no object');
  // By hand, not by schema: there can be many thousand records, and the checksum has vouched for them.
  if (!('format' in file && file.format === GROUP_FORMAT)) {
    throw new UnsupportedFormatError('a placement group file is of a format that this version does not read');
  }
  if (!('pg' in file && 'checkpoint' in file && 'records' in file && 'count' in file)) {
    throw new DamagedFileError('the file lacks a member');
  }
  const { pg, checkpoint, records, count } = file;
  if (typeof pg !== 'number' || typeof checkpoint !== 'number' || !Array.isArray(records)) {
    throw new DamagedFileError('a member of the file is of the wrong type');
  }
  const entries: unknown[] = records;
  if (entries.length !== count || !entries.every(isRecordEntry)) {
    throw new DamagedFileError('the records are not what the file says');
  }
  return { pg, checkpoint, records: entries };
}

/**
 * Writes a placement group's file; durable once its folder is synced.
 * @returns the number of records written.
 */
export async function writeGroupFile(
  disk: Disk,
  path: string,
  contents: GroupContents,
  slices: SliceOptions,
): Promise<number> {
  const adapter = new GroupFileAdapter(disk, path, slices);
  await new Low<GroupContents | null>(adapter, contents).write();
  return adapter.written;
}

/**
 * Reads a placement group's file; null when there is none.
 * @throws DamagedFileError when it is not what was written, UnsupportedFormatError when a newer version wrote it.
 */
export async function readGroupFile(disk: Disk, path: string, slices: SliceOptions): Promise<GroupContents | null> {
  const low = new Low<GroupContents | null>(new GroupFileAdapter(disk, path, slices), null);
  await low.read();
  return low.data;
}
