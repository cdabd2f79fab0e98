/*
 * Finds the frames in what arrives on a connection, however it is cut into pieces. What came is put together once
 * for each frame, when all of it is here.
 */
import { FrameError, LENGTH_BYTES } from './frame-protocol.ts';

/** So many pieces are made one: a sender of single bytes must not take up a hundred times what he sends. */
const SMALL_PIECES_MAX = 1_024;

/** The receiving end of one connection. */
export class FrameSplitter {
  readonly #bytesMax: number;
  #pieces: Buffer[] = [];
  /** How many of the pieces, from the first on, are made of many. */
  #large = 0;
  #held = 0;
  /** Bytes that must be here before there is anything to do: a length, or the frame that it announced. */
  #wanted = LENGTH_BYTES;

  /** @param bytesMax longest payload that is taken */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Whether a frame has begun and not ended. */
  get isWithinFrame(): boolean {
    return this.#held > 0;
  }

  /** The payloads that end in this piece. @throws FrameError when a frame is longer than it may be */
  push(piece: Buffer): Buffer[] {
    const payloads: Buffer[] = [];
    this.#pieces.push(piece);
    this.#held += piece.length;
    if (this.#pieces.length - this.#large > SMALL_PIECES_MAX) this.#mergeSmall();
    while (this.#held >= this.#wanted) {
      const bytes = this.#gathered();
      const length = bytes.readUInt32LE(0);
      if (length > this.#bytesMax) {
        throw new FrameError(`a frame of ${length} bytes was announced, and ${this.#bytesMax} are the most`);
      }
      const end = LENGTH_BYTES + length;
      if (bytes.length < end) {
        this.#wanted = end;
        return payloads;
      }
      payloads.push(bytes.subarray(LENGTH_BYTES, end));
      this.#startOver(bytes.subarray(end));
    }
    return payloads;
  }

  #mergeSmall(): void {
    const small = this.#pieces.splice(this.#large);
    this.#large = this.#pieces.push(Buffer.concat(small));
  }

  #gathered(): Buffer {
    const [first] = this.#pieces;
    const bytes = first !== undefined && this.#pieces.length === 1 ? first : Buffer.concat(this.#pieces, this.#held);
    this.#pieces = [bytes];
    this.#large = 0;
    return bytes;
  }

  #startOver(rest: Buffer): void {
    this.#pieces = rest.length === 0 ? [] : [rest];
    this.#large = 0;
    this.#held = rest.length;
    this.#wanted = LENGTH_BYTES;
  }
}
