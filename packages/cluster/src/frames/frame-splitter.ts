/*
 * Finds the frames in what arrives on a connection, however it is cut into pieces. What came is put together once
 * for each frame, when all of it is here.
 */
import { FrameError, LENGTH_BYTES } from './frame-protocol.ts';

/** The receiving end of one connection. */
export class FrameSplitter {
  readonly #bytesMax: number;
  #pieces: Buffer[] = [];
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

  #gathered(): Buffer {
    const [first] = this.#pieces;
    const bytes = first !== undefined && this.#pieces.length === 1 ? first : Buffer.concat(this.#pieces, this.#held);
    this.#pieces = [bytes];
    return bytes;
  }

  #startOver(rest: Buffer): void {
    this.#pieces = rest.length === 0 ? [] : [rest];
    this.#held = rest.length;
    this.#wanted = LENGTH_BYTES;
  }
}
