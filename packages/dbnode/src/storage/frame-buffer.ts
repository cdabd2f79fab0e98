/*
 * Gathers the frames of one write, and is used again for the next, so that a commit takes no memory of its own. Each
 * payload is written where it belongs before its length is known; what it holds at most has to be.
 */
import { completeFrame, FRAME_HEAD_BYTES } from './frame.ts';

const SMALLEST_BYTES = 64 * 1024;
/** One that had to become larger than this is let go of. */
const KEPT_BYTES_MAX = 1024 * 1024;

/** Frames that follow each other from one place of a segment on. */
export class FrameBuffer {
  #bytes = Buffer.allocUnsafe(SMALLEST_BYTES);
  #length = 0;
  #segment = 0;
  #offset = 0;

  /** Begins anew: what comes will stand at this offset of the segment. */
  begin(segment: number, offset: number): void {
    if (this.#bytes.length > KEPT_BYTES_MAX) this.#bytes = Buffer.allocUnsafe(SMALLEST_BYTES);
    this.#length = 0;
    this.#segment = segment;
    this.#offset = offset;
  }

  /**
   * Adds a frame.
   * @param bytesMax the most that the payload takes
   * @param write writes it at a place of the target, and returns where it ends
   */
  add(bytesMax: number, write: (target: Buffer, at: number) => number): void {
    this.#reserve(FRAME_HEAD_BYTES + bytesMax);
    const start = this.#length + FRAME_HEAD_BYTES;
    const end = write(this.#bytes, start);
    completeFrame(this.#bytes, this.#length, end - start, this.#segment, this.#offset + this.#length);
    this.#length = end;
  }

  /** All frames; valid until it begins anew. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.#bytes.length));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}
