/*
 * Both disks against their contract; and the simulated one on what a loss of power takes.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeDisk } from '../testing/disk-conformance.ts';
import { MemoryDisk } from '../testing/memory-disk.ts';
import { seededRandom } from '../testing/seeded-random.ts';
import type { Disk } from './disk.ts';
import { nodeDisk } from './node-disk.ts';

describeDisk('the real disk', async () => {
  const root = await mkdtemp(join(tmpdir(), 'trolley-disk-'));
  return { disk: nodeDisk, root, cleanUp: async () => await rm(root, { recursive: true }) };
});

describeDisk('the simulated disk', async () => {
  const disk = new MemoryDisk().mount();
  await disk.makeDirectory('/root');
  return { disk, root: '/root', cleanUp: async () => undefined };
});

async function write(disk: Disk, path: string, text: string): Promise<void> {
  const file = await disk.create(path);
  await file.append(Buffer.from(text));
  await file.sync();
}

describe('the simulated disk', () => {
  it('loses contents that were not synced', async () => {
    const medium = new MemoryDisk();
    const disk = medium.mount();
    const file = await disk.create('/a');
    await disk.sync('/');
    await file.append(Buffer.from('kept'));
    await file.sync();
    await file.append(Buffer.from('lost'));
    medium.crash('nothing');
    expect(medium.contents('/a').toString()).toBe('kept');
  });

  it('loses names that were not synced, also of renamed files', async () => {
    const medium = new MemoryDisk();
    const disk = medium.mount();
    await write(disk, '/a', 'old');
    await disk.sync('/');
    await write(disk, '/a.tmp', 'new');
    await disk.rename('/a.tmp', '/a');
    expect(medium.contents('/a').toString()).toBe('new');
    medium.crash('nothing');
    expect(medium.files()).toEqual(['/a']);
    expect(medium.contents('/a').toString()).toBe('old');
  });

  it('keeps everything through a kill, but still unsynced', async () => {
    const medium = new MemoryDisk();
    await write(medium.mount(), '/a', 'text');
    medium.crash('everything');
    expect(medium.contents('/a').toString()).toBe('text');
    medium.crash('nothing');
    expect(medium.files()).toEqual([]);
  });

  it('gives what was mounted before the crash no more access', async () => {
    const medium = new MemoryDisk();
    const disk = medium.mount();
    medium.crash('everything');
    await expect(disk.list('/')).rejects.toThrow('crashed');
  });

  it('loses of a durable file only the write that a crash cut off, in pieces of it', async () => {
    for (let seed = 0; seed < 50; seed++) {
      const medium = new MemoryDisk();
      const disk = medium.mount();
      const file = await disk.createDurable('/a', 200);
      await disk.sync('/');
      await file.write(Buffer.alloc(100, 'k'), 0);
      medium.crashAtOperation = medium.operations + 1;
      await expect(file.write(Buffer.alloc(100, 'l'), 100)).rejects.toThrow('crashed');
      medium.crash(seed === 0 ? 'nothing' : seededRandom(seed));
      const kept = medium.contents('/a').toString('latin1');
      expect(kept.slice(0, 100)).toBe('k'.repeat(100));
      expect(kept.slice(100)).toMatch(seed === 0 ? /^\0{100}$/ : /^[l\0]{100}$/);
    }
  });

  it('has room for what was taken beforehand', async () => {
    const medium = new MemoryDisk();
    medium.freeBytes = 10;
    const file = await medium.mount().createDurable('/a', 8);
    medium.freeBytes = 0;
    await file.write(Buffer.from('12345678'), 0);
    await expect(file.write(Buffer.from('9'), 8)).rejects.toThrow('ENOSPC');
    await expect(medium.mount().createDurable('/b', 1)).rejects.toThrow('ENOSPC');
  });

  it('fills up in the middle of a write', async () => {
    const medium = new MemoryDisk();
    medium.freeBytes = 3;
    await expect(write(medium.mount(), '/a', 'four')).rejects.toThrow('ENOSPC');
    expect(medium.contents('/a').toString()).toBe('fou');
  });
});
