/*
 * Processor time of processes, as Linux tells it under /proc. Elsewhere nothing is known, and that is the answer.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Linux counts processor time for programs in hundredths of a second, on every architecture that Node.js runs on. */
const MS_PER_TICK = 10;

/** Processor time of a process so far, and that of its children that have ended, in milliseconds. */
export interface ProcessCpu {
  readonly parentPid: number;
  readonly ownMs: number;
  readonly endedChildrenMs: number;
}

/**
 * The processor time in the text of /proc/PID/stat.
 *
 * @throws when the text is not of that form.
 */
export function parseProcessStat(text: string): ProcessCpu {
  // The second field is the program's name in parentheses, and may hold spaces and parentheses itself.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const parentPid = Number(fields[1]);
  const ticks = fields.slice(11, 15).map(Number);
  const [user, system, childrenUser, childrenSystem] = ticks;
  if (ticks.some((value) => !Number.isSafeInteger(value)) || childrenSystem === undefined) {
    throw new Error(`not the text of /proc/PID/stat: ${text}`);
  }
  return {
    parentPid,
    ownMs: ((user ?? 0) + (system ?? 0)) * MS_PER_TICK,
    endedChildrenMs: ((childrenUser ?? 0) + childrenSystem) * MS_PER_TICK,
  };
}

/** Processor time of a process so far, in milliseconds; undefined where that cannot be told. */
export function processCpuMs(pid: number): number | undefined {
  return read(String(pid))?.ownMs;
}

/** Processor time of processes with all that they have started, in milliseconds; undefined where that cannot be told. */
export function treesCpuMs(pids: readonly number[]): ReadonlyMap<number, number | undefined> {
  const all = processTable();
  return new Map(pids.map((pid) => [pid, treeCpuMs(pid, all)]));
}

/** Processor time of a process and all that it has started, in a table of all processes. */
export function treeCpuMs(pid: number, all: ReadonlyMap<number, ProcessCpu>): number | undefined {
  const own = all.get(pid);
  if (own === undefined) return undefined;
  const children = [...all].filter(([, { parentPid }]) => parentPid === pid);
  const ofChildren = children.map(([child]) => treeCpuMs(child, all) ?? 0);
  return ofChildren.reduce((sum, ms) => sum + ms, own.ownMs + own.endedChildrenMs);
}

function processTable(): ReadonlyMap<number, ProcessCpu> {
  const pids = existsSync('/proc') ? readdirSync('/proc').filter((name) => /^\d+$/.test(name)) : [];
  return new Map(
    pids.flatMap((pid) => {
      const cpu = read(pid);
      return cpu === undefined ? [] : [[Number(pid), cpu] as const];
    }),
  );
}

/** Processor time of the children of this process that have ended, in milliseconds; undefined where that cannot be told. */
export function childrenCpuMs(): number | undefined {
  return read('self')?.endedChildrenMs;
}

function read(process: string): ProcessCpu | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${process}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  return parseProcessStat(text);
}
