/*
 * How each system is started.
 */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { findProgram, type FoundProgram, type WantedProgram } from '../peers/debian-program.ts';
import { ETCD_PROGRAM, startEtcd } from '../peers/etcd-cluster.ts';
import { POSTGRES, startPostgres } from '../peers/postgres-servers.ts';
import { REDIS, startRedis } from '../peers/redis-servers.ts';
import { handlerSystem } from './handler-system.ts';
import { startServer } from './process.ts';
import type { SystemName } from './system-names.ts';
import type { MeasuredProcess, System } from './system.ts';
import { trolleySystem } from './trolley-system.ts';

/** What starting needs. */
export interface StartOptions {
  /** Data and logs of the systems. */
  readonly folder: string;
  /** Where programs that are not installed are unpacked. */
  readonly programsFolder: string;
  readonly signal: AbortSignal;
}

/** A system that runs, or why there is none. */
export type StartedSystem =
  | { readonly kind: 'running'; readonly system: System }
  | { readonly kind: 'left out'; readonly name: SystemName; readonly reason: string };

/** Starts a system; leaves it out where its program cannot be had. @throws when it does not come up */
export async function startSystem(name: SystemName, options: StartOptions): Promise<StartedSystem> {
  const folder = path.join(options.folder, name);
  await mkdir(folder, { recursive: true });
  const own = { ...options, folder };
  switch (name) {
    case 'trolley':
      return { kind: 'running', system: await trolleySystem(folder, options.signal) };
    case 'bare-http':
    case 'bare-hono':
      return { kind: 'running', system: await startHandler(name, name, {}, NO_BACKEND, own) };
    case 'redis':
      return startPeer(name, REDIS, own, async (program) => startOnRedis(name, { program, replicas: 0 }, own));
    case 'redis-wait':
    case 'redis-gathered':
      return startPeer(name, REDIS, own, async (program) => startOnRedis(name, { program, replicas: 2 }, own));
    case 'postgres':
      return startPeer(name, POSTGRES, own, async (program) => {
        const backend = await startPostgres(program, folder, options.signal);
        return startHandler(name, 'postgres', { POSTGRES_URL: backend.primaryUrl }, backend, own);
      });
    case 'etcd':
      return startPeer(name, ETCD_PROGRAM, own, async (program) => {
        const backend = await startEtcd(program, folder, options.signal);
        return startHandler(name, 'etcd', { ETCD_URL: backend.leaderUrl }, backend, own);
      });
    default:
      return name satisfies never;
  }
}

interface Backend {
  readonly processes: readonly MeasuredProcess[];
  stop(): Promise<void>;
}

const NO_BACKEND: Backend = { processes: [], stop: () => Promise.resolve() };

async function startPeer(
  name: SystemName,
  wanted: WantedProgram,
  { programsFolder }: StartOptions,
  start: (program: FoundProgram) => Promise<System>,
): Promise<StartedSystem> {
  const program = await findProgram(wanted, programsFolder);
  if (program === undefined) {
    const reason = `${wanted.program} is neither installed nor to be had as the Debian package ${wanted.packageName}`;
    return { kind: 'left out', name, reason };
  }
  return { kind: 'running', system: { ...(await start(program)), version: program.version } };
}

const DURABILITIES = { redis: 'primary', 'redis-wait': 'pooled', 'redis-gathered': 'gathered' } as const;

async function startOnRedis(
  name: keyof typeof DURABILITIES,
  { program, replicas }: { readonly program: FoundProgram; readonly replicas: number },
  options: StartOptions,
): Promise<System> {
  const backend = await startRedis(program, options.folder, replicas, options.signal);
  const environment = { REDIS_URL: backend.primaryUrl, DURABILITY: DURABILITIES[name] };
  return startHandler(name, 'redis', environment, backend, options);
}

/** Starts the handler in front of a backend; the backend ends with it, also when it does not come up. */
async function startHandler(
  name: SystemName,
  handler: string,
  environment: Readonly<Record<string, string>>,
  backend: Backend,
  { folder, signal }: StartOptions,
): Promise<System> {
  const main = fileURLToPath(new URL(`../handlers/${handler}-main.js`, import.meta.url));
  const logFile = path.join(folder, 'handler.log');
  try {
    const server = await startServer({ name: 'handler', main, environment, logFile }, signal);
    return handlerSystem(name, server, backend);
  } catch (error) {
    await backend.stop();
    throw error;
  }
}
