import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MapFileError, readMapFile, writeMapFile } from './map-file.ts';

const map = { epoch: 4, pgCount: 8, replicas: 3, nodes: [{ id: 'a', zone: 'z', weight: 1, state: 'in' }] } as const;

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'trolley-map-'));
  file = path.join(folder, 'registry', 'crush-map.json');
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('the map file', () => {
  it('gives back what was written, making its folder, and leaves nothing else there', async () => {
    expect(await readMapFile(file)).toBeUndefined();
    await writeMapFile(file, { map, revision: 1 });
    await writeMapFile(file, { map: { ...map, epoch: 5 }, revision: 2 });
    expect(await readMapFile(file)).toEqual({ map: { ...map, epoch: 5 }, revision: 2 });
    expect(await readdir(path.dirname(file))).toEqual(['crush-map.json']);
  });

  it('takes no notice of what a crash left of an unfinished write', async () => {
    await writeMapFile(file, { map, revision: 1 });
    await writeFile(`${file}.unfinished`, '{"revision": 2, "ma');
    expect(await readMapFile(file)).toEqual({ map, revision: 1 });
    await writeMapFile(file, { map, revision: 2 });
    expect(await readMapFile(file)).toEqual({ map, revision: 2 });
  });

  it.each(['', '{"revision": 1, "map"', '{}', '[]', '{"revision": 0, "map": {}}', '\u0000'.repeat(40)])(
    'refuses a damaged file (%j), names it, and leaves it as it is',
    async (text) => {
      await writeMapFile(file, { map, revision: 1 });
      await writeFile(file, text);
      await expect(readMapFile(file)).rejects.toThrow(MapFileError);
      await expect(readMapFile(file)).rejects.toThrow(file);
      expect(await readFile(file, 'utf8')).toBe(text);
    },
  );
});
