/*
 * Runs a load generator against a server: wrk where it can be had, the built-in one otherwise, and one of a fixed rate.
 * All are processes of their own and report in the same form. The requests come from a file.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { childrenCpuMs } from '../measure/cpu.ts';
import { findProgram, type FoundProgram } from '../peers/debian-program.ts';
import { parseLoadReport, togetherOf, type LoadReport } from './load-report.ts';

/** Which program makes the load that is as fast as it can be; a fixed rate is always made by a program of this one. */
export type LoadGenerator = { readonly kind: 'wrk'; readonly program: FoundProgram } | { readonly kind: 'built-in' };

/** What is sent where. */
export interface Load {
  /** Where to: the connections are shared out among them. */
  readonly urls: readonly string[];
  readonly requestsFile: string;
  readonly connections: number;
  readonly seconds: number;
  /** Requests a second; undefined for as many as the connections can take. */
  readonly rate: number | undefined;
}

/** A load's report, with the processor time of the generator itself; undefined where that cannot be told. */
export interface MeasuredLoad extends LoadReport {
  readonly generatorCpuMs: number | undefined;
}

const SCRIPT = fileURLToPath(new URL('../../load/requests.lua', import.meta.url));
const FIXED_RATE = fileURLToPath(new URL('fixed-rate-main.js', import.meta.url));
const BUILT_IN = fileURLToPath(new URL('built-in-main.js', import.meta.url));
/** wrk needs a small part of a core for what a Node.js server can take: more threads would only take turns. */
const WRK_THREADS = 1;
const REQUEST_TIMEOUT = '10s';

/** wrk where it can be had. @param folder where a program that is not installed is unpacked */
export async function findLoadGenerator(folder: string): Promise<LoadGenerator> {
  const program = await findProgram({ program: 'wrk', packageName: 'wrk' }, folder);
  return program === undefined ? { kind: 'built-in' } : { kind: 'wrk', program };
}

/**
 * Puts a server under load and resolves to what came of it.
 *
 * @throws when the generator fails, or is ended by the signal.
 */
export async function runLoad(generator: LoadGenerator, load: Load, signal: AbortSignal): Promise<MeasuredLoad> {
  const cpuBeforeMs = childrenCpuMs();
  const shares = shareOut(load);
  const reports = await Promise.all(shares.map((share) => runOne(commandOf(generator, share), signal)));
  const cpuAfterMs = childrenCpuMs();
  const isKnown = cpuBeforeMs !== undefined && cpuAfterMs !== undefined;
  return { ...togetherOf(reports), generatorCpuMs: isKnown ? cpuAfterMs - cpuBeforeMs : undefined };
}

/** What of a load goes to one server. */
interface Share extends Omit<Load, 'urls'> {
  readonly url: string;
}

function shareOut({ urls, connections, rate, ...load }: Load): readonly Share[] {
  return urls.map((url, index) => ({
    ...load,
    url,
    connections: Math.max(1, Math.floor((connections + index) / urls.length)),
    rate: rate === undefined ? undefined : rate / urls.length,
  }));
}

async function runOne({ program, parameters, environment }: Command, signal: AbortSignal): Promise<LoadReport> {
  const env = { ...process.env, ...environment };
  const child = spawn(program, parameters, { stdio: ['ignore', 'pipe', 'pipe'], env, signal });
  let output = '';
  let complaint = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  const [exitCode] = await once(child, 'close');
  if (exitCode !== 0) throw new Error(`${program} ended with ${String(exitCode)}: ${complaint}${output}`);
  return parseLoadReport(output);
}

interface Command {
  readonly program: string;
  readonly parameters: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

function commandOf(generator: LoadGenerator, { url, requestsFile, connections, seconds, rate }: Share): Command {
  const own = [url, requestsFile, String(connections), String(seconds)];
  if (rate !== undefined) return { program: process.execPath, parameters: [FIXED_RATE, ...own, String(rate)] };
  switch (generator.kind) {
    case 'wrk': {
      const { file, environment } = generator.program;
      const size = ['-t', String(WRK_THREADS), '-c', String(connections), '-d', `${seconds}s`];
      const parameters = [...size, '--timeout', REQUEST_TIMEOUT, '-s', SCRIPT, url, '--', requestsFile];
      return { program: file, parameters, environment };
    }
    case 'built-in':
      return { program: process.execPath, parameters: [BUILT_IN, ...own] };
    default:
      return generator satisfies never;
  }
}
