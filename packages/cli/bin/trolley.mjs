#!/usr/bin/env node
// Runs the built command line; says what to do when it has not been built.
import { existsSync } from 'node:fs';

const main = new URL('../dist/main.js', import.meta.url);
if (existsSync(main)) {
  await import(main.href);
} else {
  process.stderr.write('trolley is not built yet. Run `npm start`, or `npm ci && npm run build`, first.\n');
  process.exitCode = 1;
}
