/*
 * Keeps two launchers from one data directory: `launcher.json` names the launcher that has it. A file left
 * by a launcher that was killed is recognised, as no launcher answers for it, and replaced; its children
 * end by themselves, and are waited for.
 */
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import type { Clock } from '@trolley/cluster';
import { z } from 'zod';
import { CommandFailure, systemCodeOf } from '../failure.ts';
import { waitFor } from '../pause.ts';

const ANSWER_TIMEOUT_MS = 2_000;
const ORPHANS_PATIENCE = { timeoutMs: 20_000, intervalMs: 100 };

const ownerSchema = z.object({
  launcherId: z.string(),
  pid: z.int().positive(),
  controlUrl: z.url(),
  shopUrl: z.string(),
  /** Processes that may outlive the launcher for a moment. */
  children: z.array(z.int().positive()).default([]),
});

/** Who has the data directory. */
export type Owner = z.infer<typeof ownerSchema>;

export interface LauncherLock {
  /** Notes where the shop is, or the pids of the children that run now. Never rejects. */
  note(facts: Partial<Pick<Owner, 'shopUrl' | 'children'>>): Promise<void>;
  release(): Promise<void>;
}

export interface LockTools {
  readonly clock: Clock;
  readonly fetch: typeof fetch;
}

/** Takes the lock. @throws CommandFailure when another launcher has it. */
export async function takeLauncherLock(path: string, owner: Owner, tools: LockTools): Promise<LauncherLock> {
  if (!(await createFile(path, owner))) {
    await removeStale(path, tools);
    if (!(await createFile(path, owner))) throw inUse(path, undefined);
  }
  let noted = owner;
  let writing = Promise.resolve();
  return {
    note: (facts) => {
      noted = { ...noted, ...facts };
      const text = ownerText(noted);
      // What is noted is a help for the next launcher: a full disk must not stop this one.
      writing = writing.then(() => replaceFile(path, text).catch(() => undefined));
      return writing;
    },
    release: async () => {
      await writing;
      await rm(path, { force: true });
    },
  };
}

async function createFile(path: string, owner: Owner): Promise<boolean> {
  try {
    await writeFile(path, ownerText(owner), { flag: 'wx' });
    return true;
  } catch (error) {
    if (systemCodeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** In one step: a launcher that read half a lock would take it for nobody's. */
async function replaceFile(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}

async function removeStale(path: string, tools: LockTools): Promise<void> {
  const owner = await readOwner(path);
  if (owner !== undefined) {
    if (isAlive(owner.pid) && (await answers(owner, tools.fetch))) throw inUse(path, owner);
    await waitForOrphans(owner, tools.clock);
  }
  await rm(path, { force: true });
}

async function readOwner(path: string): Promise<Owner | undefined> {
  try {
    const parsed = ownerSchema.safeParse(JSON.parse(await readFile(path, 'utf8')));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** A pid alone proves nothing, since pids are used again: the launcher itself has to answer. */
async function answers(owner: Owner, send: typeof fetch): Promise<boolean> {
  try {
    const response = await send(`${owner.controlUrl}/control`, { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) });
    const said = z.object({ launcherId: z.string() }).safeParse(await response.json());
    return said.success && said.data.launcherId === owner.launcherId;
  } catch {
    return false;
  }
}

async function waitForOrphans(owner: Owner, clock: Clock): Promise<void> {
  // One that was paused learns of its parent's end only when it goes on. To any other process this does nothing.
  for (const pid of owner.children) if (isAlive(pid)) signal(pid, 'SIGCONT');
  await waitFor(clock, ORPHANS_PATIENCE, () => Promise.resolve(owner.children.some(isAlive) ? undefined : true));
}

function isAlive(pid: number): boolean {
  return signal(pid, 0);
}

/** @returns whether there is such a process, be it another user's */
function signal(pid: number, name: 'SIGCONT' | 0): boolean {
  try {
    process.kill(pid, name);
    return true;
  } catch (error) {
    return systemCodeOf(error) === 'EPERM';
  }
}

function inUse(path: string, owner: Owner | undefined): CommandFailure {
  const who = owner === undefined ? '' : ` (process ${owner.pid}, ${owner.shopUrl})`;
  return new CommandFailure(
    `Trolley is already running on this data directory${who}.`,
    `Stop that one first, or use another directory with --data. Its lock is ${path}.`,
  );
}

function ownerText(owner: Owner): string {
  return `${JSON.stringify(owner, undefined, 2)}\n`;
}
