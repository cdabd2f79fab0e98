/*
 * Builds the web pages of packages/console, unless what is built was made from the same sources. Uses what
 * `npm ci` installed, and no more than Node.js to find out that there is nothing to do.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FOLDER = path.join(ROOT, 'packages/console');
const VITE = path.join(ROOT, 'node_modules/vite/bin/vite.js');
/** Says what the pages were built from; the build empties its folder, so it goes with the rest. */
const STAMP_FILE = path.join(FOLDER, 'dist/web/.built-from');

const wanted = hashOf([
  ...filesUnder(path.join(FOLDER, 'src')),
  ...['index.html', 'vite.config.ts', 'package.json'].map((name) => path.join(FOLDER, name)),
  path.join(ROOT, 'package-lock.json'),
]);
if (stamp() !== wanted) build();

function build() {
  process.stdout.write('Building the web pages (vite build) ...\n');
  const command = [VITE, 'build', '--logLevel', 'error'];
  const { status } = spawnSync(process.execPath, command, { cwd: FOLDER, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) {
    process.stderr.write('The web pages could not be built (vite build); the errors stand above.\n');
    process.exit(1);
  }
  writeFileSync(STAMP_FILE, `${wanted}\n`);
}

function stamp() {
  try {
    return readFileSync(STAMP_FILE, 'utf8').trim();
  } catch {
    return '';
  }
}

function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of files)
    hash
      .update(`${path.relative(ROOT, file)}\0`)
      .update(readFileSync(file))
      .update('\0');
  return hash.digest('hex');
}

function filesUnder(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !entry.name.includes('.test.'))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .toSorted();
}
