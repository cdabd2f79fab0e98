/*
 * Runs a load generator against a server: wrk where it is installed, the built-in one otherwise. Both are processes
 * of their own and report in the same form. The requests come from a file.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { childrenCpuMs } from '../measure/cpu.ts';
import { parseLoadReport, type LoadReport } from './load-report.ts';

/** Which program makes the load. */
export type LoadGenerator = 'wrk' | 'built-in';

/** What is sent where. */
export interface Load {
  readonly url: string;
  readonly requestsFile: string;
  readonly connections: number;
  readonly seconds: number;
}

/** A load's report, with the processor time of the generator itself; undefined where that cannot be told. */
export interface MeasuredLoad extends LoadReport {
  readonly generatorCpuMs: number | undefined;
}

const SCRIPT = fileURLToPath(new URL('../../load/requests.lua', import.meta.url));
const BUILT_IN = fileURLToPath(new URL('built-in-main.js', import.meta.url));
/** wrk needs a small part of a core for what a Node.js server can take: more threads would only take turns. */
const WRK_THREADS = 1;
const REQUEST_TIMEOUT = '10s';

/** wrk where there is one. */
export function findLoadGenerator(): LoadGenerator {
  return spawnSync('wrk', ['--version'], { stdio: 'ignore' }).error === undefined ? 'wrk' : 'built-in';
}

/**
 * Puts a server under load and resolves to what came of it.
 *
 * @throws when the generator fails, or is ended by the signal.
 */
export async function runLoad(generator: LoadGenerator, load: Load, signal: AbortSignal): Promise<MeasuredLoad> {
  const cpuBeforeMs = childrenCpuMs();
  const [program, ...parameters] = commandOf(generator, load);
  const child = spawn(program, parameters, { stdio: ['ignore', 'pipe', 'pipe'], signal });
  let output = '';
  let complaint = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  const [exitCode] = await once(child, 'close');
  if (exitCode !== 0) throw new Error(`${program} ended with ${String(exitCode)}: ${complaint}${output}`);
  const cpuAfterMs = childrenCpuMs();
  const isKnown = cpuBeforeMs !== undefined && cpuAfterMs !== undefined;
  return { ...parseLoadReport(output), generatorCpuMs: isKnown ? cpuAfterMs - cpuBeforeMs : undefined };
}

function commandOf(generator: LoadGenerator, { url, requestsFile, connections, seconds }: Load): [string, ...string[]] {
  switch (generator) {
    case 'wrk': {
      const size = ['-t', String(WRK_THREADS), '-c', String(connections), '-d', `${seconds}s`];
      return ['wrk', ...size, '--timeout', REQUEST_TIMEOUT, '-s', SCRIPT, url, '--', requestsFile];
    }
    case 'built-in':
      return [process.execPath, BUILT_IN, url, requestsFile, String(connections), String(seconds)];
    default:
      return generator satisfies never;
  }
}
