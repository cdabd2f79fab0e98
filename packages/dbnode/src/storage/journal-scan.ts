/*
 * Reads the bytes of one journal segment into a verdict: its header, its valid frames, and what is wrong
 * between and after them. What that means depends on where the segment stands; journal-recovery.ts
 * judges. Pure.
 */
import { decodeEntry, type SegmentHeader } from './journal-entry.ts';
import { findFrame, readFrame, type Frame } from './frame.ts';

/** What stands in a segment. */
export interface SegmentScan {
  /** Undefined when the segment does not begin with a valid header. */
  readonly header: SegmentHeader | undefined;
  /** The valid frames in order, the header's not among them. */
  readonly frames: readonly Frame[];
  /** Where the last valid frame ends; what stands after it is not a frame. */
  readonly end: number;
  /** Bytes that are no frames though valid frames follow them, by where they begin. */
  readonly gaps: readonly number[];
}

/**
 * Scans the first `limit` bytes of a segment.
 * @throws UnsupportedFormatError when the header is of another version.
 */
export function scanSegment(segmentBytes: Buffer, segment: number, limit = segmentBytes.length): SegmentScan {
  const bytes = segmentBytes.subarray(0, limit);
  const frames: Frame[] = [];
  const gaps: number[] = [];
  let end = 0;
  for (;;) {
    const frame = readFrame(bytes, end, segment) ?? findFrame(bytes, end + 1, segment);
    if (frame === undefined) break;
    if (frame.offset > end) gaps.push(end);
    frames.push(frame);
    end = frame.end;
  }
  const first = frames[0]?.offset === 0 ? decodeEntry(frames[0].payload) : undefined;
  if (first?.kind !== 'header') return { header: undefined, frames, end, gaps };
  return { header: first.header, frames: frames.slice(1), end, gaps };
}
