/*
 * The log file of a child. The child writes to it directly: a launcher that is slow or stopped (Ctrl-Z)
 * holds no child up. The launcher looks at what was added for troubles to show, and keeps the file within
 * its bound by copying it aside and cutting it; a few lines written in that moment may be lost.
 */
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { copyFile, open, truncate, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { troubleIn, type Trouble } from './log-line.ts';

const LOG_BYTES_MAX = 32 * 1024 * 1024;
/** Read in one look. What was added beyond that is not looked at: nobody reads so much. */
const LOOK_BYTES_MAX = 1024 * 1024;
const NEWLINE = 0x0a;

/** Opens a log file for a child to append to. @throws the system's error */
export function openLogFile(path: string): { readonly descriptor: number; close(): void } {
  mkdirSync(dirname(path), { recursive: true });
  const descriptor = openSync(path, 'a');
  return { descriptor, close: () => closeSync(descriptor) };
}

/** Looks at what is added to a log file. One look at a time. */
export class LogFollower {
  readonly #path: string;
  readonly #bytesMax: number;
  #position: number | undefined;
  #unfinished = Buffer.alloc(0);
  #skipping = false;

  /** Follows what is added after the first look; `bytesMax` is the size at which the file is set aside. */
  constructor(path: string, bytesMax: number = LOG_BYTES_MAX) {
    this.#path = path;
    this.#bytesMax = bytesMax;
  }

  /** The troubles in the lines added since the last look; none when the file cannot be read. */
  async look(): Promise<Trouble[]> {
    try {
      const file = await open(this.#path, 'r');
      try {
        return await this.#read(file);
      } finally {
        await file.close();
      }
    } catch {
      // A file that is not there yet: all that will be in it is new.
      this.#position ??= 0;
      return [];
    }
  }

  async #read(file: FileHandle): Promise<Trouble[]> {
    const { size } = await file.stat();
    const from = this.#startOf(size);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from);
    this.#position = from + bytesRead;
    const troubles = this.#take(buffer.subarray(0, bytesRead));
    if (this.#position > this.#bytesMax) await this.#setAside();
    return troubles;
  }

  #startOf(size: number): number {
    // Somebody else may have cut the file: then what is there now is new.
    const position = this.#position ?? size;
    const from = position > size ? 0 : position;
    if (size - from <= LOOK_BYTES_MAX) return from;
    this.#unfinished = Buffer.alloc(0);
    this.#skipping = true;
    return size - LOOK_BYTES_MAX;
  }

  #take(added: Buffer): Trouble[] {
    const text = Buffer.concat([this.#unfinished, this.#skipping ? afterFirstLine(added) : added]);
    this.#skipping = false;
    const end = text.lastIndexOf(NEWLINE) + 1;
    this.#unfinished = text.length - end > LOOK_BYTES_MAX ? Buffer.alloc(0) : text.subarray(end);
    const lines = text.toString('utf8', 0, end).split('\n');
    return lines.map(troubleIn).filter((trouble) => trouble !== undefined);
  }

  async #setAside(): Promise<void> {
    await copyFile(this.#path, `${this.#path}.1`);
    await truncate(this.#path, 0);
    this.#position = 0;
  }
}

/** What follows the first line, of which only the end may be there. */
function afterFirstLine(text: Buffer): Buffer {
  return text.subarray(text.indexOf(NEWLINE) + 1);
}
