/*
 * Keeps the cluster map of the embedded registry in a JSON file: what was written is on disk, whole, or
 * the file is as it was before. A file that is damaged is an error and is never started over: a map that
 * begins again at its first epoch would place keys where their data is not.
 */
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { clusterMapSchema } from '../registry-details.ts';
import type { StoredMap } from '../registry.ts';

const storedSchema: z.ZodType<StoredMap> = z.object({ revision: z.int().min(1), map: clusterMapSchema });

/** The file is there but is not what was written. */
export class MapFileError extends Error {
  override readonly name = 'MapFileError';
  readonly code = 'MAP_FILE_DAMAGED';
}

/**
 * Reads the map; undefined when there is no file.
 * @throws MapFileError when the file is damaged; errors of the file system are passed on
 */
export async function readMapFile(file: string): Promise<StoredMap | undefined> {
  const text = await readIfThere(file);
  if (text === undefined) {
    return undefined;
  }
  const parsed = storedSchema.safeParse(parseJson(text));
  if (!parsed.success) {
    const reason = z.prettifyError(parsed.error);
    throw new MapFileError(
      `The cluster map in ${file} is damaged (${reason}). Put a good copy in its place; ` +
        'move it away only to begin a cluster without data.',
    );
  }
  return parsed.data;
}

/** Writes the map, and returns once it would survive a loss of power. One write at a time for each file. */
export async function writeMapFile(file: string, stored: StoredMap): Promise<void> {
  const folder = path.dirname(file);
  await mkdir(folder, { recursive: true });
  const unfinished = `${file}.unfinished`;
  await writeAndSync(unfinished, `${JSON.stringify(stored, undefined, 2)}\n`);
  await rename(unfinished, file);
  await syncFolder(folder);
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function writeAndSync(file: string, text: string): Promise<void> {
  const handle = await open(file, 'w');
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The name of a new file lasts only once its folder is on disk too. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
