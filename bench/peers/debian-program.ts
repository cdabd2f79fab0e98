/*
 * Finds a program that is measured beside the system: the one installed, or that of a Debian package. The package and
 * what it lacks are fetched and unpacked into a folder, not installed: no service starts, and nothing outside of the
 * folder changes. Where neither can be had there is no such program, and that is an answer.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';

/** What is looked for. */
export interface WantedProgram {
  readonly program: string;
  readonly packageName: string;
  /** Folders, besides those on the PATH, in which the package keeps it: under the root, or where it is unpacked. */
  readonly folders?: readonly string[];
}

/** A program that can be started. */
export interface FoundProgram {
  readonly file: string;
  /** What its environment needs, so that it finds the libraries beside it. */
  readonly environment: Readonly<Record<string, string>>;
  /** What it says of itself when asked for its version. */
  readonly version: string;
}

const USUAL_FOLDERS = ['usr/bin', 'usr/sbin', 'bin'];

/** The program; undefined when it is not installed and cannot be fetched. */
export async function findProgram(wanted: WantedProgram, folder: string): Promise<FoundProgram | undefined> {
  const installed = await installedProgram(wanted);
  if (installed !== undefined) return installed;
  const target = path.join(folder, wanted.packageName);
  const before = await unpackedProgram(wanted, target);
  if (before !== undefined) return before;
  await fetchPackage(wanted.packageName, target);
  return unpackedProgram(wanted, target);
}

/** What `apt-get install --simulate` says it would install. */
export function packagesToInstall(simulation: string): readonly string[] {
  return [...simulation.matchAll(/^Inst (\S+)/gm)].map(([, name = '']) => name);
}

async function installedProgram({ program, folders = [] }: WantedProgram): Promise<FoundProgram | undefined> {
  const onPath = (process.env['PATH'] ?? '').split(path.delimiter);
  const all = [...onPath, ...(await foldersUnder('/', folders))];
  return firstThatRuns(
    all.map((each) => path.join(each, program)),
    {},
  );
}

async function unpackedProgram(wanted: WantedProgram, target: string): Promise<FoundProgram | undefined> {
  const { program, folders = [] } = wanted;
  const libraries = await foldersUnder(target, ['usr/lib/*-linux-gnu', 'usr/lib/*-linux-gnueabihf']);
  const files = (await foldersUnder(target, [...USUAL_FOLDERS, ...folders])).map((each) => path.join(each, program));
  return firstThatRuns(files, { LD_LIBRARY_PATH: libraries.join(path.delimiter) });
}

function firstThatRuns(
  files: readonly string[],
  environment: Readonly<Record<string, string>>,
): FoundProgram | undefined {
  for (const file of files.filter((each) => existsSync(each))) {
    const asked = spawnSync(file, ['--version'], { encoding: 'utf8', env: { ...process.env, ...environment } });
    const [version = ''] = `${asked.stdout}${asked.stderr}`.split('\n');
    // wrk says its version and ends with an exit code for a failure.
    if (asked.error === undefined && version !== '' && !version.includes('error while loading')) {
      return { file, environment, version: upToNumber(version) };
    }
  }
  return undefined;
}

/** What comes after the number of a version is about how it was built. */
function upToNumber(version: string): string {
  return /^.*?\d+(?:\.\d+)+/.exec(version)?.[0] ?? version;
}

/** The folders that these names stand for; a star stands for anything within one name. */
async function foldersUnder(root: string, patterns: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(patterns.map((pattern) => matching(root, pattern.split('/'))));
  return found.flat();
}

async function matching(folder: string, [first, ...rest]: readonly string[]): Promise<readonly string[]> {
  if (first === undefined) return [folder];
  if (!first.includes('*')) return existsSync(path.join(folder, first)) ? matching(path.join(folder, first), rest) : [];
  const shape = new RegExp(`^${first.split('*').map(escaped).join('.*')}$`);
  const names = existsSync(folder) ? (await readdir(folder)).filter((name) => shape.test(name)) : [];
  // The newest version first.
  const ordered = names.toSorted((a, b) => b.localeCompare(a, 'en', { numeric: true }));
  return (await Promise.all(ordered.map((name) => matching(path.join(folder, name), rest)))).flat();
}

function escaped(text: string): string {
  return text.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
}

async function fetchPackage(packageName: string, target: string): Promise<void> {
  await mkdir(target, { recursive: true });
  const simulated = spawnSync('apt-get', ['install', '--simulate', '--no-install-recommends', packageName], {
    encoding: 'utf8',
  });
  const packages = packagesToInstall(simulated.stdout ?? '');
  if (packages.length === 0) return;
  spawnSync('apt-get', ['download', ...packages], { cwd: target, stdio: 'ignore' });
  for (const archive of (await readdir(target)).filter((name) => name.endsWith('.deb'))) {
    spawnSync('dpkg-deb', ['-x', archive, '.'], { cwd: target, stdio: 'ignore' });
  }
}
