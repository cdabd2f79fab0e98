/*
 * Reads the payload of one frame, field by field, and believes no length that it states: what points beyond the end
 * is no frame. Texts are copies; nothing keeps the payload's memory.
 */
import { FrameError } from './frame-protocol.ts';

/** A payload as it is read. */
export class FrameReader {
  readonly #bytes: Buffer;
  #next = 0;

  constructor(payload: Buffer) {
    this.#bytes = payload;
  }

  byte(): number {
    const value = this.#bytes[this.#next];
    if (value === undefined) throw cutShort();
    this.#next += 1;
    return value;
  }

  uint32(): number {
    return this.#bytes.readUInt32LE(this.#take(4));
  }

  number(): number {
    // Zero has a sign that no JSON tells of.
    return this.#bytes.readDoubleLE(this.#take(8)) + 0;
  }

  /** A whole number that is exact. */
  integer(): number {
    const value = this.number();
    if (!Number.isSafeInteger(value)) throw new FrameError('a number in a frame is not a whole one');
    return value;
  }

  text(): string {
    const stated = this.uint32();
    const isWide = stated % 2 === 1;
    const length = (stated - (isWide ? 1 : 0)) / 2;
    const start = this.#take(isWide ? length * 2 : length);
    return this.#bytes.toString(isWide ? 'utf16le' : 'latin1', start, this.#next);
  }

  /** A list that is preceded by its number of entries. @param entryBytesMin no entry takes fewer bytes */
  list<T>(entryBytesMin: number, readEntry: () => T, entriesMax = Infinity): T[] {
    const count = this.uint32();
    // Looked at first: nobody is to make room for what cannot be here, or is not to be.
    if (count > entriesMax) throw new FrameError(`a list has ${count} entries, and ${entriesMax} are the most`);
    if (count * entryBytesMin > this.#bytes.length - this.#next) throw cutShort();
    const entries: T[] = [];
    for (let index = 0; index < count; index += 1) entries.push(readEntry());
    return entries;
  }

  /** @throws FrameError when something is left */
  end(): void {
    if (this.#next !== this.#bytes.length) throw new FrameError('a frame goes on after its end');
  }

  /** Where the next so many bytes begin, which are read with this. */
  #take(bytes: number): number {
    const start = this.#next;
    if (bytes > this.#bytes.length - start) throw cutShort();
    this.#next = start + bytes;
    return start;
  }
}

function cutShort(): FrameError {
  return new FrameError('a frame ends before what it holds');
}
