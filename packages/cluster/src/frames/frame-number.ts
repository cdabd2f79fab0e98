/*
 * The number of a batch on its connection, by which its answer is known. It stands at the same place in every frame, so that it
 * is put in and looked at without the rest.
 */
import { FrameError, LENGTH_BYTES } from './frame-protocol.ts';

/** Where it is in a payload: behind the byte that says what the payload is. */
const OFFSET = 1;
const NUMBER_BYTES = 4;

/** Numbers go up to here and begin anew. */
export const FRAME_NUMBER_MAX = 0xff_ff_ff_ff;

/** Puts the number into a whole frame, and returns it. */
export function numbered(frame: Buffer, number: number): Buffer {
  frame.writeUInt32LE(number, LENGTH_BYTES + OFFSET);
  return frame;
}

/** The number in a payload. @throws FrameError when the payload ends before it */
export function numberOf(payload: Buffer): number {
  if (payload.length < OFFSET + NUMBER_BYTES) throw new FrameError('a frame ends before its number');
  return payload.readUInt32LE(OFFSET);
}
