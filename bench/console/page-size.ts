/*
 * How much code the pages have, as it travels.
 */
import { readdir, readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { consoleFolder } from '@trolley/console';

/** A file of the built pages. */
export interface BuiltFile {
  readonly name: string;
  readonly bytes: number;
  readonly gzippedBytes: number;
}

/** The built files of a kind, the largest first. */
export async function builtFiles(ending: '.js' | '.css'): Promise<readonly BuiltFile[]> {
  const folder = new URL('assets/', consoleFolder);
  const names = (await readdir(folder)).filter((name) => name.endsWith(ending));
  const files = await Promise.all(
    names.map(async (name) => {
      const content = await readFile(new URL(name, folder));
      return { name, bytes: content.length, gzippedBytes: gzipSync(content).length };
    }),
  );
  return files.toSorted((a, b) => b.gzippedBytes - a.gzippedBytes);
}
