/*
 * A whole shop to look at: `trolley up` with its sample data, a library and a theatre, in a folder of its own.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const TROLLEY = fileURLToPath(new URL('../../../packages/cli/dist/main.js', import.meta.url));

/** What is done before anybody looks. */
const FURNISHING = [
  'seed all',
  'theatre book understudy A4 A5 B2 B3 B4 D7 D8 E5 F1 F2 F3 F4 H9 H10 --email ben@example.org',
  'theatre book understudy C6 C7 C8 --email ann@example.com',
  'library reserve book-0042 book-0003 --email ann@example.com',
];

/** A shop that runs. */
export interface Shop {
  readonly url: string;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

/** Starts it on a free port. @throws when it does not come up */
export async function openShop(): Promise<Shop> {
  const folder = await mkdtemp(path.join(tmpdir(), 'trolley-pictures-'));
  const child = start(folder, ['up', '--port', '0', '--nodes', '4']);
  const ended = once(child, 'exit');
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const url = await readyUrl(child);
    for (const words of FURNISHING) await once(start(folder, words.split(' '), url), 'exit');
    return { url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function start(folder: string, words: readonly string[], url?: string): ChildProcess {
  return spawn(process.execPath, [TROLLEY, ...words], {
    cwd: folder,
    env: { PATH: process.env['PATH'], ...(url === undefined ? {} : { TROLLEY_URL: url }) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function readyUrl({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('trolley up has no output');
  for await (const line of createInterface({ input: stdout })) {
    const [, url] = /^Trolley is ready at (\S+)$/.exec(line) ?? [];
    if (url !== undefined) {
      // What else it says is not wanted, and must not fill the pipe.
      stdout.resume();
      return url;
    }
  }
  throw new Error('trolley up ended before it was ready');
}
