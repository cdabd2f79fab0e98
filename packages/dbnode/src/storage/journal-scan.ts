/*
 * Reads the bytes of one journal segment into a verdict: its header, its valid frames, and what is wrong
 * between and after them. What that means depends on where the segment stands; journal-recovery.ts
 * judges. Pure.
 */
import { decodeEntry, isEndMark, type SegmentHeader } from './journal-entry.ts';
import { findFrame, readFrame, type Frame } from './frame.ts';

/** What stands in a segment. */
export interface SegmentScan {
  /** Undefined when the segment does not begin with a valid header. */
  readonly header: SegmentHeader | undefined;
  /** The valid frames in order, the header's and the mark at the end not among them. */
  readonly frames: readonly Frame[];
  /** Where the last valid frame ends; what stands after it is not a frame, or the mark that it is the last. */
  readonly end: number;
  /** Bytes that are no frames though valid frames follow them, by where they begin. */
  readonly gaps: readonly number[];
  /** Bytes behind the end that a write may have left unfinished: all but room that was taken beforehand, behind its mark. */
  readonly unfinishedBytes: number;
}

/**
 * Scans the first `limit` bytes of a segment.
 * @throws UnsupportedFormatError when the header is of another version.
 */
export function scanSegment(segmentBytes: Buffer, segment: number, limit = segmentBytes.length): SegmentScan {
  const bytes = segmentBytes.subarray(0, limit);
  const frames: Frame[] = [];
  const gaps: number[] = [];
  const writtenBytes = withoutZeros(bytes);
  let end = 0;
  let unfinishedBytes = 0;
  for (;;) {
    const frame = readFrame(bytes, end, segment);
    const isMarked = frame !== undefined && isEndMark(frame.payload);
    unfinishedBytes = isMarked && frame.end >= writtenBytes ? 0 : bytes.length - end;
    if (unfinishedBytes === 0) break;
    const next = frame === undefined || isMarked ? findFrame(bytes, end + 1, writtenBytes, segment) : frame;
    if (next === undefined) break;
    if (next.offset > end) gaps.push(end);
    if (isEndMark(next.payload)) {
      end = next.offset;
    } else {
      frames.push(next);
      end = next.end;
    }
  }
  const first = frames[0]?.offset === 0 ? decodeEntry(frames[0].payload) : undefined;
  if (first?.kind !== 'header') return { header: undefined, frames, end, gaps, unfinishedBytes };
  return { header: first.header, frames: frames.slice(1), end, gaps, unfinishedBytes };
}

/** The length without the zeros at the end. */
function withoutZeros(bytes: Buffer): number {
  let length = bytes.length;
  while (length > 0 && bytes[length - 1] === 0) length -= 1;
  return length;
}
