/*
 * Processor time of processes, as Linux tells it under /proc. Elsewhere nothing is known, and that is the answer.
 */
import { readFileSync } from 'node:fs';

/** Linux counts processor time for programs in hundredths of a second, on every architecture that Node.js runs on. */
const MS_PER_TICK = 10;

/** Processor time of a process so far, and that of its children that have ended, in milliseconds. */
export interface ProcessCpu {
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
  const ticks = fields.slice(11, 15).map(Number);
  const [user, system, childrenUser, childrenSystem] = ticks;
  if (ticks.some((value) => !Number.isSafeInteger(value)) || childrenSystem === undefined) {
    throw new Error(`not the text of /proc/PID/stat: ${text}`);
  }
  return {
    ownMs: ((user ?? 0) + (system ?? 0)) * MS_PER_TICK,
    endedChildrenMs: ((childrenUser ?? 0) + childrenSystem) * MS_PER_TICK,
  };
}

/** Processor time of a process so far, in milliseconds; undefined where that cannot be told. */
export function processCpuMs(pid: number): number | undefined {
  return read(String(pid))?.ownMs;
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
