/*
 * The course of the benchmark: start every system, measure each part on one after the other, round after round, check
 * the answers, end everything. Prints nothing; says what it does to whoever listens.
 */
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import type { LoadGenerator } from './load/load-generator.ts';
import { durableWriteMs } from './measure/disk.ts';
import { measurePart, type PartKey, type PartResult } from './measure/part.ts';
import { stopAll } from './peers/daemon.ts';
import type { BenchmarkOptions } from './options.ts';
import { requestsFiles } from './requests-files.ts';
import { SAMPLE_ADDITIONS, sampleComplaints } from './system/sample-answers.ts';
import type { System } from './system/system.ts';
import { startSystem } from './system/systems.ts';
import { verifySystem } from './verify-system.ts';

/** What a benchmark runs with. */
export interface BenchmarkEnvironment {
  readonly generator: LoadGenerator;
  /** Data goes into a folder under this one, which must be on a real disk; removed at the end. */
  readonly scratchFolder: string;
  /** Where programs that are not installed are unpacked, and kept. */
  readonly programsFolder: string;
  /** Ends the benchmark. */
  readonly signal: AbortSignal;
  /** Told what happens now. */
  readonly onStep: (text: string) => void;
}

/** What a benchmark brought. */
export interface BenchmarkResult {
  /** The median time of a small durable write on the disk that was used, in milliseconds. */
  readonly durableWriteMs: number;
  /** The systems that were measured, and the versions that they say. */
  readonly systems: readonly { readonly name: string; readonly version: string | undefined }[];
  readonly leftOut: readonly { readonly name: string; readonly reason: string }[];
  /** In the order of measurement. */
  readonly parts: readonly PartResult[];
  /** Units that were found in carts, as many as were acknowledged unless there are complaints. */
  readonly unitsAdded: Readonly<Record<string, number>>;
  /** What was wrong with the answers; empty when nothing was. */
  readonly complaints: readonly string[];
}

/** Latency at a fixed rate is measured at this share of what Trolley can take, with so many connections. */
const RATE_SHARE = 0.5;
const RATE_CONNECTIONS = 64;
const RATED = ['trolley', 'redis-wait', 'redis-gathered'];

/** Runs the benchmark. @throws when it cannot be run to its end; nothing of it is left over then either. */
export async function runBenchmark(
  options: BenchmarkOptions,
  environment: BenchmarkEnvironment,
): Promise<BenchmarkResult> {
  const { scratchFolder, signal, onStep } = environment;
  await mkdir(scratchFolder, { recursive: true });
  const folder = await mkdtemp(path.join(scratchFolder, 'data-'));
  // PostgreSQL runs as another user where this process is root.
  await chmod(folder, 0o755);
  const systems: System[] = [];
  try {
    const leftOut = await startAll(options, environment, folder, systems);
    onStep('filling the shops');
    for (const system of systems) await system.fill();
    const complaints: string[] = [];
    for (const { name, urls } of systems) complaints.push(...(await sampleComplaints(name, urls[0] ?? '')));
    const diskMs = await durableWriteMs(folder);
    const parts = await measureAll(systems, options, environment, folder);
    onStep('checking the carts');
    const unitsAdded: Record<string, number> = {};
    for (const system of systems) {
      const verified = await verifySystem(system, parts, signal, { sampleAdditions: SAMPLE_ADDITIONS });
      unitsAdded[system.name] = verified.unitsAdded;
      complaints.push(...verified.complaints);
    }
    const names = systems.map(({ name, version }) => ({ name, version }));
    return { durableWriteMs: diskMs, systems: names, leftOut, parts, unitsAdded, complaints };
  } finally {
    onStep('ending all processes');
    await stopAll(systems);
    await rm(folder, { recursive: true, force: true });
  }
}

/** Adds each system to the list as soon as it runs, so that whoever ends them ends it too. */
async function startAll(
  options: BenchmarkOptions,
  { programsFolder, signal, onStep }: BenchmarkEnvironment,
  folder: string,
  systems: System[],
): Promise<BenchmarkResult['leftOut']> {
  const leftOut: { name: string; reason: string }[] = [];
  for (const name of options.systems) {
    signal.throwIfAborted();
    onStep(`starting ${name}`);
    const started = await startSystem(name, { folder, programsFolder, signal });
    if (started.kind === 'running') {
      systems.push(started.system);
    } else {
      onStep(`${name} is left out: ${started.reason}`);
      leftOut.push({ name, reason: started.reason });
    }
  }
  return leftOut;
}

async function measureAll(
  systems: readonly System[],
  options: BenchmarkOptions,
  environment: BenchmarkEnvironment,
  folder: string,
): Promise<readonly PartResult[]> {
  const { mixes, connections, rounds, seconds, warmUpSeconds, firstWarmUpSeconds } = options;
  const { generator, signal, onStep } = environment;
  const files = await requestsFiles(folder);
  const parts: PartResult[] = [];
  const warm = new Set<string>();
  const measure = async (system: System, key: PartKey): Promise<void> => {
    signal.throwIfAborted();
    const rate = key.rate === undefined ? '' : `, ${key.rate} requests/s`;
    onStep(`round ${key.round} of ${rounds}: ${key.mix}, ${key.connections} connections${rate}, ${system.name}`);
    const isFirst = !warm.has(system.name);
    warm.add(system.name);
    const warmUp = isFirst ? Math.max(firstWarmUpSeconds, warmUpSeconds) : warmUpSeconds;
    const requestsFile = files[key.mix];
    parts.push(await measurePart(system, key, { generator, requestsFile, seconds, warmUpSeconds: warmUp, signal }));
  };
  for (let round = 1; round <= rounds; round += 1) {
    for (const count of connections) {
      for (const mix of mixes) {
        for (const system of systems) {
          await measure(system, { system: system.name, mix, connections: count, round, rate: undefined });
        }
      }
    }
    const rate = rateOf(parts, round);
    if (rate === undefined) continue;
    for (const system of systems.filter(({ name }) => RATED.includes(name))) {
      await measure(system, { system: system.name, mix: 'post', connections: RATE_CONNECTIONS, round, rate });
    }
  }
  return parts;
}

/** Half of what Trolley took in this round; undefined when that was not measured. */
function rateOf(parts: readonly PartResult[], round: number): number | undefined {
  const peak = parts.find(
    (part) =>
      part.system === 'trolley' &&
      part.mix === 'post' &&
      part.connections === RATE_CONNECTIONS &&
      part.round === round &&
      part.rate === undefined,
  );
  return peak === undefined ? undefined : Math.max(1, Math.round(peak.load.requestsPerSecond * RATE_SHARE));
}
