/*
 * PostgreSQL on this machine: a primary and two standbys that stream from it, any one of which must have a commit on its
 * disk before it is acknowledged. The standbys start as copies of the primary's folder, taken before its first start.
 */
import { spawnSync } from 'node:child_process';
import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Client } from 'pg';
import { startDaemon, stopAll, untilUp, type Daemon, type SystemUser } from './daemon.ts';
import type { FoundProgram, WantedProgram } from './debian-program.ts';
import { freePorts } from './free-ports.ts';

/** Where PostgreSQL is to be had. */
export const POSTGRES: WantedProgram = {
  program: 'postgres',
  packageName: 'postgresql',
  folders: ['usr/lib/postgresql/*/bin'],
};

/** Servers that run; the first is the primary. */
export interface PostgresServers {
  readonly primaryUrl: string;
  readonly processes: readonly Daemon[];
  stop(): Promise<void>;
}

const NAMES = ['primary', 'standby-1', 'standby-2'];
const STANDBYS = 2;

/** What a careful owner of a small server would set; everything else as it comes. */
const SETTINGS: Readonly<Record<string, string | number>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: 200,
  shared_buffers: '256MB',
  wal_level: 'replica',
  max_wal_size: '4GB',
  synchronous_commit: 'on',
  hot_standby: 'on',
};

/** Starts the servers, and resolves once both standbys count. @throws when they do not come up; none runs then */
export async function startPostgres(
  program: FoundProgram,
  folder: string,
  signal: AbortSignal,
): Promise<PostgresServers> {
  const user = otherUserThanRoot();
  const ports = await freePorts(NAMES.length);
  await makeFolders(program, folder, ports, user);
  const processes: Daemon[] = [];
  const stop = () => stopAll(processes);
  try {
    for (const name of NAMES) {
      const parameters = ['-D', path.join(folder, name)];
      const logFile = path.join(folder, `${name}.log`);
      processes.push(startDaemon({ name, program, parameters, logFile, stopSignal: 'SIGINT', ...withUser(user) }));
    }
    const primaryUrl = `postgres://postgres@127.0.0.1:${ports[0]}/postgres`;
    await untilUp('PostgreSQL', processes, () => bothCount(primaryUrl), signal);
    return { primaryUrl, processes, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function makeFolders(
  program: FoundProgram,
  folder: string,
  ports: readonly number[],
  user: SystemUser | undefined,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  if (user !== undefined) run('chown', [`${user.uid}:${user.gid}`, folder], {}, undefined);
  const [primary = '', ...standbys] = NAMES.map((name) => path.join(folder, name));
  const initdb = path.join(path.dirname(program.file), 'initdb');
  const parameters = ['-D', primary, '-U', 'postgres', '--auth=trust', '--encoding=UTF8', '--locale=C'];
  run(initdb, parameters, program.environment, user);
  for (const standby of standbys) run('cp', ['-a', primary, standby], {}, user);
  const [primaryPort = 0, ...standbyPorts] = ports;
  const synchronous = `ANY 1 (${NAMES.slice(1)
    .map((name) => `"${name}"`)
    .join(', ')})`;
  await configure(primary, { ...SETTINGS, port: primaryPort, synchronous_standby_names: synchronous });
  for (const [index, standby] of standbys.entries()) {
    const source = `host=127.0.0.1 port=${primaryPort} user=postgres application_name=${path.basename(standby)}`;
    await configure(standby, { ...SETTINGS, port: standbyPorts[index] ?? 0, primary_conninfo: source });
    await writeFile(path.join(standby, 'standby.signal'), '');
  }
}

async function configure(folder: string, settings: Readonly<Record<string, string | number>>): Promise<void> {
  const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value}'\n`);
  await appendFile(path.join(folder, 'postgresql.conf'), lines.join(''));
}

/** Whether the primary waits for any one of both. */
async function bothCount(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url });
  try {
    await client.connect();
    const counted = "SELECT count(*)::int AS standbys FROM pg_stat_replication WHERE sync_state = 'quorum'";
    const { rows } = await client.query<{ standbys: number }>(counted);
    return rows[0]?.standbys === STANDBYS;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

function idOf(option: '-u' | '-g', user: string): number {
  return Number.parseInt(run('id', [option, user], {}, undefined), 10);
}

/** PostgreSQL refuses to be root: then it runs as its own user, or as nobody. */
function otherUserThanRoot(): SystemUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const [user = 'nobody'] = ['postgres', 'nobody'].filter((name) => spawnSync('id', [name]).status === 0);
  return { uid: idOf('-u', user), gid: idOf('-g', user) };
}

function withUser(user: SystemUser | undefined): { readonly user?: SystemUser } {
  return user === undefined ? {} : { user };
}

function run(
  program: string,
  parameters: readonly string[],
  environment: Readonly<Record<string, string>>,
  user: SystemUser | undefined,
): string {
  const options = { encoding: 'utf8', cwd: '/', env: { ...process.env, ...environment }, ...user } as const;
  const { status, stdout, stderr, error } = spawnSync(program, parameters, options);
  if (status === 0) return stdout;
  throw new Error(`${path.basename(program)} failed: ${error?.message ?? stderr}`);
}
