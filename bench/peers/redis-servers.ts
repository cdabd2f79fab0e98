/*
 * Redis on this machine: one server, or a primary with replicas. Each writes every command to its append-only file and
 * syncs that to disk before it answers (appendfsync always); snapshots are off, since the file holds everything.
 */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { createClient } from '@redis/client';
import { startDaemon, stopAll, untilUp, type Daemon } from './daemon.ts';
import type { FoundProgram, WantedProgram } from './debian-program.ts';
import { freePorts } from './free-ports.ts';

/** Where Redis is to be had. */
export const REDIS: WantedProgram = { program: 'redis-server', packageName: 'redis-server' };

/** Servers that run; the first is the primary. */
export interface RedisServers {
  readonly primaryUrl: string;
  readonly processes: readonly Daemon[];
  stop(): Promise<void>;
}

/** Starts a server with so many replicas, and resolves once all are in step. @throws when they do not come up */
export async function startRedis(
  program: FoundProgram,
  folder: string,
  replicas: number,
  signal: AbortSignal,
): Promise<RedisServers> {
  const ports = await freePorts(1 + replicas);
  const [primaryPort = 0] = ports;
  const processes: Daemon[] = [];
  const stop = () => stopAll(processes);
  try {
    for (const [index, port] of ports.entries()) {
      const name = nameOf(index, replicas);
      const directory = path.join(folder, name);
      await mkdir(directory, { recursive: true });
      const parameters = [
        ...settings({ port, dir: directory }),
        ...(index === 0 ? [] : ['--replicaof', `127.0.0.1 ${primaryPort}`]),
      ];
      processes.push(startDaemon({ name, program, parameters, logFile: path.join(folder, `${name}.log`) }));
    }
    const primaryUrl = `redis://127.0.0.1:${primaryPort}`;
    await untilUp('Redis', processes, () => isInStep(primaryUrl, replicas), signal);
    return { primaryUrl, processes, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function nameOf(index: number, replicas: number): string {
  if (replicas === 0) return 'redis';
  return index === 0 ? 'primary' : `replica-${index}`;
}

function settings({ port, dir }: { readonly port: number; readonly dir: string }): readonly string[] {
  const parameters = {
    port,
    dir,
    bind: '127.0.0.1',
    appendonly: 'yes',
    appendfsync: 'always',
    save: '',
    // A replica gets its first copy at once and straight from memory.
    'repl-diskless-sync': 'yes',
    'repl-diskless-sync-delay': 0,
  };
  return Object.entries(parameters).flatMap(([name, value]) => [`--${name}`, String(value)]);
}

async function isInStep(url: string, replicas: number): Promise<boolean> {
  const client = createClient({ url, socket: { reconnectStrategy: false } });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const online = (await client.info('replication')).match(/^slave\d+:.*state=online/gm) ?? [];
    return online.length === replicas;
  } catch {
    return false;
  } finally {
    if (client.isOpen) client.destroy();
  }
}
