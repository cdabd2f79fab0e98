/*
 * Journal framing: length u32, CRC-32 u32, payload, little-endian. The checksum also covers the segment
 * number, the offset and the length, so that a frame is only ever valid where it was written: neither
 * old blocks of a recycled file nor bytes inside a value can pass for one. Pure.
 */
import { crc32 } from 'node:zlib';

/** Bytes of a frame before its payload. */
export const FRAME_HEAD_BYTES = 8;

/** A frame that was found valid. */
export interface Frame {
  readonly offset: number;
  readonly payload: Buffer;
  /** Where the next frame begins. */
  readonly end: number;
}

/** CRC-32 of each byte, for what is too short to be worth a call into zlib. */
const CRC_OF_BYTE = Uint32Array.from(
  { length: 256 },
  (_, byte) => crc32(Uint8Array.of(byte)) ^ crc32(Uint8Array.of(0)),
);

function checksum(payload: Uint8Array, segment: number, offset: number): number {
  const place = crcOfWord(crcOfWord(crcOfWord(-1, segment), offset), payload.length);
  return crc32(payload, ~place >>> 0);
}

/** The register of a CRC-32 after four more bytes, the lowest first. */
function crcOfWord(register: number, word: number): number {
  let next = register ^ word;
  for (let byte = 0; byte < 4; byte++) next = (next >>> 8) ^ (CRC_OF_BYTE[next & 0xff] ?? 0);
  return next;
}

/**
 * Completes a frame whose payload is already in place, FRAME_HEAD_BYTES after `at`.
 * @param offset where in the segment the frame will stand.
 */
export function completeFrame(target: Buffer, at: number, payloadBytes: number, segment: number, offset: number): void {
  const start = at + FRAME_HEAD_BYTES;
  const payload = target.subarray(start, start + payloadBytes);
  target.writeUInt32LE(payloadBytes, at);
  target.writeUInt32LE(checksum(payload, segment, offset), at + 4);
}

/** The frame that stands at an offset of a segment; undefined when there is no valid one. */
export function readFrame(bytes: Buffer, offset: number, segment: number): Frame | undefined {
  const start = offset + FRAME_HEAD_BYTES;
  if (start > bytes.length) return undefined;
  const length = bytes.readUInt32LE(offset);
  const end = start + length;
  // No frame is empty, so a stretch of zeros is never one.
  if (length === 0 || end > bytes.length) return undefined;
  const payload = bytes.subarray(start, end);
  return checksum(payload, segment, offset) === bytes.readUInt32LE(offset + 4) ? { offset, payload, end } : undefined;
}

/** The first valid frame that begins from one offset on and before another: where framing can be found again behind damage. */
export function findFrame(bytes: Buffer, from: number, before: number, segment: number): Frame | undefined {
  for (let offset = from; offset < before; offset++) {
    const frame = readFrame(bytes, offset, segment);
    if (frame !== undefined) return frame;
  }
  return undefined;
}
