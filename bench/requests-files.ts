/*
 * The requests of each mix as files for the load generators.
 */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { MIXES, requestsOf, requestsText, type Mix } from './workload.ts';

/** Writes them into a folder; resolves to where each is. */
export async function requestsFiles(folder: string): Promise<Readonly<Record<Mix, string>>> {
  const fileOf = (mix: Mix) => path.join(folder, `requests-${mix}.txt`);
  for (const mix of MIXES) await writeFile(fileOf(mix), requestsText(requestsOf(mix)));
  return { post: fileOf('post'), get: fileOf('get'), half: fileOf('half') };
}
