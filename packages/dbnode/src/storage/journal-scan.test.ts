/*
 * Framing and scanning: what was written is found, at its place only, and damage is found out.
 */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFrame } from './frame.ts';
import { CommitGroup } from './commit-group.ts';
import { decodeEntry, encodeGroup, encodeHeader } from './journal-entry.ts';
import { scanSegment } from './journal-scan.ts';

const SEGMENT = 7;
const header = encodeHeader({ nodeId: 'node-a', segment: SEGMENT, previousLength: 120 });

function segmentOf(puts: readonly (readonly [string, string])[]): Buffer {
  const group = new CommitGroup();
  for (const [key, text] of puts) group.add(key, text);
  return Buffer.concat([header, encodeGroup(group, SEGMENT, header.length)]);
}

const anyPuts = fc.uniqueArray(fc.tuple(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' })), {
  maxLength: 20,
  selector: ([key]) => key,
});

describe('a segment', () => {
  it('gives back what was dropped and what nodes missed, whatever the keys', () => {
    fc.assert(
      fc.property(anyPuts, fc.string({ unit: 'binary' }), (puts, node) => {
        const group = new CommitGroup();
        for (const [key, context] of puts) group.drop(key, context);
        group.hint(
          node,
          puts.map(([key]) => key),
        );
        const bytes = Buffer.concat([header, encodeGroup(group, SEGMENT, header.length)]);
        const entries = scanSegment(bytes, SEGMENT).frames.map(({ payload }) => decodeEntry(payload));
        const drops = puts.map(([key, context]) => ({ kind: 'drop', key, context }));
        expect(entries).toEqual([...drops, { kind: 'hint', node, keys: puts.map(([key]) => key) }]);
      }),
    );
  });

  it('gives back its header and its puts, whatever the keys', () => {
    fc.assert(
      fc.property(anyPuts, (puts) => {
        const bytes = segmentOf(puts);
        const scan = scanSegment(bytes, SEGMENT);
        expect(scan).toMatchObject({ end: bytes.length, gaps: [], header: { nodeId: 'node-a', previousLength: 120 } });
        expect(scan.frames.map(({ payload }) => decodeEntry(payload))).toEqual(
          puts.map(([key, text]) => ({ kind: 'put', key, text })),
        );
      }),
    );
  });

  it('never shows a put that was not written, whatever bytes are overwritten', () => {
    fc.assert(
      fc.property(anyPuts, fc.nat(), fc.uint8Array({ maxLength: 40 }), (puts, seed, junk) => {
        const bytes = segmentOf(puts);
        const at = header.length + (seed % Math.max(1, bytes.length - header.length));
        bytes.set(junk.subarray(0, Math.max(0, bytes.length - at)), at);
        const written = puts.map((put) => JSON.stringify(put));
        for (const { payload } of scanSegment(bytes, SEGMENT).frames) {
          const entry = decodeEntry(payload);
          expect(entry.kind === 'put' && written.includes(JSON.stringify([entry.key, entry.text]))).toBe(true);
        }
      }),
    );
  });

  it('finds what stands behind damage', () => {
    const bytes = segmentOf([
      ['a', 'first'],
      ['b', 'second'],
      ['c', 'third'],
    ]);
    const second = scanSegment(bytes, SEGMENT).frames[1]?.offset ?? 0;
    bytes.writeUInt32LE(0xffff_ffff, second);
    const scan = scanSegment(bytes, SEGMENT);
    expect(scan.gaps).toEqual([second]);
    expect(scan.frames).toHaveLength(2);
  });

  it('looks no further than its limit', () => {
    const bytes = segmentOf([
      ['a', 'first'],
      ['b', 'never acknowledged'],
    ]);
    const limit = scanSegment(bytes, SEGMENT).frames[1]?.offset ?? 0;
    expect(scanSegment(bytes, SEGMENT, limit)).toMatchObject({ end: limit, gaps: [] });
  });

  it('is not taken for another one, nor a frame for one at another place', () => {
    const bytes = segmentOf([['a', 'first']]);
    expect(scanSegment(bytes, SEGMENT + 1)).toMatchObject({ header: undefined, frames: [] });
    const put = bytes.subarray(header.length);
    expect(readFrame(put, 0, SEGMENT)).toBeUndefined();
    // A value that holds the bytes of a frame does not become one when what is around it is damaged.
    const nested = segmentOf([['a', put.toString('latin1')]]);
    nested.fill(0, header.length, header.length + 12);
    expect(scanSegment(nested, SEGMENT).frames).toEqual([]);
  });

  it('of zeros is no frames', () => {
    expect(scanSegment(Buffer.alloc(4096), SEGMENT)).toMatchObject({ header: undefined, frames: [], end: 0 });
  });

  it('refuses an entry of a kind that it does not know', () => {
    expect(() => decodeEntry(Buffer.from([9, 0, 0]))).toThrow(/kind 9/);
  });
});
