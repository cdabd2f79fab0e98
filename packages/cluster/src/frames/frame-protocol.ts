/*
 * The framed node protocol: the batches of node-protocol.ts in a compact form, on a connection of their own. A
 * connection begins as a request of HTTP that asks for this protocol by name and version, with the token that any
 * batch needs; the rest of it is frames, batches one way and their answers, in any order, the other. A frame is its
 * length in four bytes, little-endian, and so many bytes of payload: one that says what it is, four that are the number
 * of the batch on this connection, which its answer repeats, and the rest.
 */

/** Where a connection asks to go on in frames. */
export const FRAMES_PATH = '/frames';

/** The protocol and its version, as the header Upgrade names it. Another layout of any frame is another version. */
export const FRAMES_PROTOCOL = 'trolley-frames/3';

/** Longest payload of a batch: a thousand operations with a cart of some hundred lines in each. */
export const BATCH_FRAME_BYTES_MAX = 64 * 1024 * 1024;

/** Longest payload of an answer. */
export const REPLY_FRAME_BYTES_MAX = 1024 * 1024 * 1024;

/** Bytes of the length before a payload. */
export const LENGTH_BYTES = 4;

/** Batches that a caller sends on one connection before the first is answered. */
export const BATCHES_IN_FLIGHT_MAX = 16;

/** What a payload is: its first byte. */
export const FRAME_KINDS = { batch: 1, reply: 2, turnedAway: 3 } as const;

/** Bytes that are no frame, or too many: the connection cannot go on. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
  readonly code = 'BAD_FRAME';
}
