/*
 * How long the disk under a folder takes to make a small write durable: what every acknowledged write waits for.
 */
import { open, rm } from 'node:fs/promises';
import path from 'node:path';
import { medianOf } from '../report/statistics.ts';

const WRITES = 100;
const BYTES = 4_096;

/** The median time of an append of 4 KiB with fdatasync, in milliseconds. */
export async function durableWriteMs(folder: string): Promise<number> {
  const file = path.join(folder, 'disk-probe');
  const handle = await open(file, 'a');
  const block = Buffer.alloc(BYTES, 1);
  const tookMs: number[] = [];
  try {
    for (let write = 0; write < WRITES; write += 1) {
      const startMs = performance.now();
      await handle.write(block);
      await handle.datasync();
      tookMs.push(performance.now() - startMs);
    }
  } finally {
    await handle.close();
    await rm(file);
  }
  return medianOf(tookMs);
}
