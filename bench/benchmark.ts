/*
 * The course of the benchmark: start both subjects, measure each call on one and then on the other, round after
 * round, check the answers, end everything. Prints nothing; says what it does to whoever listens.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { LoadGenerator } from './load/load-generator.ts';
import { complaintsAbout } from './measure/check.ts';
import { readCounters, type Counters } from './measure/counters.ts';
import { durableWriteMs } from './measure/disk.ts';
import { measurePart, type PartResult, type Subject } from './measure/part.ts';
import type { BenchmarkOptions } from './options.ts';
import { startServer, type Server } from './system/process.ts';
import { fillShop, unitsInCarts } from './system/shop.ts';
import { startTrolley, type Trolley } from './system/trolley.ts';
import { ADD_TO_CART, CALLS, requestsOf, requestsText, UNITS_AT_START, type Call } from './workload.ts';

/** What a benchmark runs with. */
export interface BenchmarkEnvironment {
  readonly generator: LoadGenerator;
  /** Data goes into a folder under this one, which must be on a real disk; removed at the end. */
  readonly scratchFolder: string;
  /** Ends the benchmark. */
  readonly signal: AbortSignal;
  /** Told what happens now. */
  readonly onStep: (text: string) => void;
}

/** Both subjects, measured one after the other. */
export interface Pair {
  readonly call: Call;
  readonly trolley: PartResult;
  readonly bare: PartResult;
}

/** What a benchmark brought. */
export interface BenchmarkResult {
  /** The median time of a small durable write on the disk that was used, in milliseconds. */
  readonly durableWriteMs: number;
  /** In the order of measurement. */
  readonly pairs: readonly Pair[];
  readonly counters: Counters;
  /** What was wrong with the answers; empty when nothing was. */
  readonly complaints: readonly string[];
}

const BARE_MAIN = fileURLToPath(new URL('system/bare-hono-main.js', import.meta.url));
/** How long requests that the load generator gave up may take to be done. */
const SETTLE_TIMEOUT_MS = 10_000;
const SETTLE_INTERVAL_MS = 200;

/** Runs the benchmark. @throws when it cannot be run to its end; nothing of it is left over then either. */
export async function runBenchmark(
  options: BenchmarkOptions,
  environment: BenchmarkEnvironment,
): Promise<BenchmarkResult> {
  await mkdir(environment.scratchFolder, { recursive: true });
  const folder = await mkdtemp(path.join(environment.scratchFolder, 'data-'));
  const { signal, onStep } = environment;
  let trolley: Trolley | undefined;
  let bare: Server | undefined;
  try {
    onStep('starting 3 nodes, a gateway and the bare handler');
    trolley = await startTrolley(folder, signal);
    bare = await startServer(
      { name: 'bare hono', main: BARE_MAIN, environment: {}, logFile: path.join(folder, 'bare-hono.log') },
      signal,
    );
    return await measure(options, environment, { trolley, bare, folder });
  } finally {
    onStep('ending all processes');
    await trolley?.stop();
    await bare?.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Running {
  readonly trolley: Trolley;
  readonly bare: Server;
  readonly folder: string;
}

async function measure(
  options: BenchmarkOptions,
  environment: BenchmarkEnvironment,
  { trolley, bare, folder }: Running,
): Promise<BenchmarkResult> {
  const { generator, signal, onStep } = environment;
  const { gateway, nodes } = trolley;
  onStep('filling the shop');
  await fillShop(gateway.url);
  const diskMs = await durableWriteMs(folder);
  const counters = () =>
    readCounters(
      gateway.url,
      nodes.map(({ url }) => url),
    );
  const subjects = {
    trolley: { name: 'trolley', url: gateway.url, processes: [gateway, ...nodes], counters },
    bare: { name: 'bare hono', url: bare.url, processes: [bare], counters: undefined },
  };
  const pairs: Pair[] = [];
  for (let round = 1; round <= options.rounds; round += 1) {
    for (const call of CALLS) {
      const requestsFile = await writeRequests(folder, call);
      const load = { requestsFile, connections: options.connections, seconds: options.seconds };
      const measureOne = (subject: Subject): Promise<PartResult> => {
        onStep(`round ${round} of ${options.rounds}: ${call.method} ${call.route}, ${subject.name}`);
        return measurePart(subject, { generator, load, warmUpSeconds: options.warmUpSeconds, signal });
      };
      pairs.push({ call, trolley: await measureOne(subjects.trolley), bare: await measureOne(subjects.bare) });
    }
  }
  onStep('checking the carts');
  return { durableWriteMs: diskMs, pairs, ...(await check(pairs, options, gateway.url, counters, signal)) };
}

async function writeRequests(folder: string, call: Call): Promise<string> {
  const file = path.join(folder, `requests-${call.method.toLowerCase()}.txt`);
  await writeFile(file, requestsText(requestsOf(call)));
  return file;
}

/** Looks until all is right, or for so long that what is wrong will stay wrong. */
async function check(
  pairs: readonly Pair[],
  options: BenchmarkOptions,
  gatewayUrl: string,
  readAll: () => Promise<Counters>,
  signal: AbortSignal,
): Promise<Pick<BenchmarkResult, 'counters' | 'complaints'>> {
  const startMs = performance.now();
  for (;;) {
    const counters = await readAll();
    const unitsAdded = (await unitsInCarts(gatewayUrl)) - UNITS_AT_START;
    const { additions, additionsRefused } = counters;
    const complaints = complaintsAbout({ ...seen(pairs, options), additions, additionsRefused, unitsAdded });
    if (complaints.length === 0 || performance.now() - startMs > SETTLE_TIMEOUT_MS) return { counters, complaints };
    await pause(SETTLE_INTERVAL_MS, undefined, { signal });
  }
}

/** What the load generator saw, all parts together. */
function seen(pairs: readonly Pair[], { connections }: BenchmarkOptions) {
  const loads = pairs.flatMap(({ trolley, bare }) => [trolley.load, trolley.warmUp, bare.load, bare.warmUp]);
  const additions = pairs
    .filter(({ call }) => call === ADD_TO_CART)
    .flatMap(({ trolley }) => [trolley.load, trolley.warmUp]);
  return {
    failures: loads.reduce((sum, { failures }) => sum + failures, 0),
    additionsSeen: additions.reduce((sum, { requests }) => sum + requests, 0),
    additionsCutOffMax: additions.length * connections,
  };
}
