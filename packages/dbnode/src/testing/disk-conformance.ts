/*
 * What every disk must do, run against the real one and the simulated one. What survives a loss of power
 * can only be tested on the simulated one; that stands in its own test.
 */
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { errorCode, type Disk } from '../storage/disk.ts';

/** A disk to test, with a folder of its own. */
export interface DiskUnderTest {
  readonly disk: Disk;
  readonly root: string;
  cleanUp(): Promise<void>;
}

async function codeOf(run: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await run();
    return undefined;
  } catch (error) {
    return errorCode(error) ?? String(error);
  }
}

/** Declares the suite for one kind of disk. */
export function describeDisk(title: string, create: () => Promise<DiskUnderTest>): void {
  describe(`${title} keeps the contract of a disk`, () => {
    let tested: DiskUnderTest;
    let disk: Disk;
    let path: (...names: string[]) => string;

    beforeEach(async () => {
      tested = await create();
      disk = tested.disk;
      path = (...names) => join(tested.root, ...names);
    });
    afterEach(async () => await tested.cleanUp());

    async function write(target: string, ...pieces: string[]): Promise<void> {
      const file = await disk.create(target);
      for (const piece of pieces) await file.append(Buffer.from(piece));
      await file.sync();
      await file.close();
    }

    it('reads back what was appended, in order', async () => {
      await write(path('a'), 'one', '', 'two', 'x'.repeat(100_000));
      expect((await disk.read(path('a'))).toString()).toBe(`onetwo${'x'.repeat(100_000)}`);
    });

    it('creates an empty file in the place of another', async () => {
      await write(path('a'), 'old contents');
      await write(path('a'), 'new');
      expect((await disk.read(path('a'))).toString()).toBe('new');
    });

    it('keeps what is written through to it, at its place', async () => {
      const file = await disk.createDurable(path('a'), 12);
      expect((await disk.read(path('a'))).equals(Buffer.alloc(12))).toBe(true);
      await file.write(Buffer.from('first'), 2);
      await file.write(Buffer.from('st!'), 5);
      expect((await disk.read(path('a'))).toString('latin1')).toBe('\0\0first!\0\0\0\0');
      await file.write(Buffer.from('longer'), 10);
      await file.close();
      expect((await disk.read(path('a'))).toString('latin1')).toBe('\0\0first!\0\0longer');
    });

    it('makes a durable file in the place of another, of any length', async () => {
      await write(path('a'), 'old contents');
      const file = await disk.createDurable(path('a'), 0);
      await file.write(Buffer.from('new'), 0);
      await file.close();
      expect((await disk.read(path('a'))).toString()).toBe('new');
      const large = await disk.createDurable(path('b'), 3_000_001);
      await large.close();
      expect((await disk.read(path('b'))).equals(Buffer.alloc(3_000_001))).toBe(true);
    });

    it('makes folders with those above, and again without complaint', async () => {
      await disk.makeDirectory(path('x', 'y', 'z'));
      await disk.makeDirectory(path('x', 'y', 'z'));
      await write(path('x', 'y', 'z', 'file'), 'deep');
      expect(await disk.list(path('x', 'y'))).toEqual(['z']);
      expect(await disk.list(path('x', 'y', 'z'))).toEqual(['file']);
    });

    it('renames over another file', async () => {
      await write(path('from'), 'new');
      await write(path('to'), 'old');
      await disk.rename(path('from'), path('to'));
      expect(await disk.list(tested.root)).toEqual(['to']);
      expect((await disk.read(path('to'))).toString()).toBe('new');
    });

    it('removes a file, and one that is not there', async () => {
      await write(path('a'), 'x');
      await disk.remove(path('a'));
      await disk.remove(path('a'));
      expect(await disk.list(tested.root)).toEqual([]);
    });

    it('truncates, and still syncs', async () => {
      await write(path('a'), '0123456789');
      await disk.truncate(path('a'), 4);
      await disk.sync(path('a'));
      await disk.sync(tested.root);
      expect((await disk.read(path('a'))).toString()).toBe('0123');
    });

    it('names what is missing by the code of the operating system', async () => {
      const missing = path('missing');
      expect(await codeOf(async () => await disk.read(missing))).toBe('ENOENT');
      expect(await codeOf(async () => await disk.list(missing))).toBe('ENOENT');
      expect(await codeOf(async () => await disk.sync(missing))).toBe('ENOENT');
      expect(await codeOf(async () => await disk.truncate(missing, 0))).toBe('ENOENT');
      expect(await codeOf(async () => await disk.rename(missing, path('b')))).toBe('ENOENT');
      expect(await codeOf(async () => await disk.create(path('no-folder', 'a')))).toBe('ENOENT');
      expect(await codeOf(async () => await disk.createDurable(path('no-folder', 'a'), 1))).toBe('ENOENT');
    });

    it('keeps a hostile name', async () => {
      for (const name of ['__proto__', 'constructor', 'ä 🍎', '-rf']) await write(path(name), name);
      expect([...(await disk.list(tested.root))].toSorted()).toEqual(['-rf', '__proto__', 'constructor', 'ä 🍎']);
    });
  });
}
