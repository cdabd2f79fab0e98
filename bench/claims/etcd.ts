/*
 * Three etcd servers on this machine, with their default settings (each write is synced to disk). The program is the
 * one installed, or that of Debian's package etcd-server, unpacked into a folder: nothing is installed. Where neither
 * can be had there is no etcd, and that is an answer.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';

/** A running cluster. */
export interface Etcd {
  readonly version: string;
  /** Where its leader listens. */
  readonly leaderUrl: string;
  readonly processes: readonly { readonly name: string; readonly pid: number }[];
  stop(): Promise<void>;
}

const MEMBERS = 3;
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 10_000;
const LOOK_INTERVAL_MS = 200;

/** The program; undefined when it is not installed and cannot be fetched. */
export async function findEtcd(folder: string): Promise<string | undefined> {
  if (spawnSync('etcd', ['--version'], { stdio: 'ignore' }).error === undefined) return 'etcd';
  const unpacked = path.join(folder, 'usr/bin/etcd');
  if (existsSync(unpacked)) return unpacked;
  await mkdir(folder, { recursive: true });
  spawnSync('apt-get', ['download', 'etcd-server'], { cwd: folder, stdio: 'ignore' });
  const archive = (await readdir(folder)).find((name) => name.endsWith('.deb'));
  if (archive === undefined) return undefined;
  spawnSync('dpkg-deb', ['-x', archive, '.'], { cwd: folder, stdio: 'ignore' });
  return existsSync(unpacked) ? unpacked : undefined;
}

interface Member {
  readonly name: string;
  readonly clientUrl: string;
  readonly peerUrl: string;
}

/** Starts the servers and resolves once they have a leader. @throws when they do not come up; none runs then */
export async function startEtcd(program: string, dataFolder: string, signal: AbortSignal): Promise<Etcd> {
  await mkdir(dataFolder, { recursive: true });
  const members = await newMembers();
  const running = members.map((member) => ({ name: member.name, child: launch(program, member, members, dataFolder) }));
  const stop = async (): Promise<void> => {
    await Promise.all(running.map(({ child }) => end(child)));
  };
  try {
    const leaderUrl = await leaderOf(members, signal);
    const [version = ''] = spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout.split('\n');
    return { version, leaderUrl, processes: running.map(({ name, child }) => ({ name, pid: child.pid ?? 0 })), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function newMembers(): Promise<readonly Member[]> {
  const ports = await freePorts(2 * MEMBERS);
  return Array.from({ length: MEMBERS }, (_, index) => ({
    name: `etcd-${index + 1}`,
    clientUrl: `http://127.0.0.1:${ports[2 * index]}`,
    peerUrl: `http://127.0.0.1:${ports[2 * index + 1]}`,
  }));
}

function launch(program: string, member: Member, members: readonly Member[], dataFolder: string): ChildProcess {
  const { name, clientUrl, peerUrl } = member;
  const log = openSync(path.join(dataFolder, `${name}.log`), 'w');
  const parameters = {
    name,
    'data-dir': path.join(dataFolder, name),
    'listen-client-urls': clientUrl,
    'advertise-client-urls': clientUrl,
    'listen-peer-urls': peerUrl,
    'initial-advertise-peer-urls': peerUrl,
    'initial-cluster': members.map((each) => `${each.name}=${each.peerUrl}`).join(','),
    'initial-cluster-state': 'new',
  };
  const words = Object.entries(parameters).flatMap(([option, value]) => [`--${option}`, value]);
  // A group of its own, so that Ctrl-C reaches the benchmark alone, which then ends everything in order.
  const child = spawn(program, words, { stdio: ['ignore', log, log], detached: true });
  closeSync(log);
  return child;
}

const statusSchema = z.object({ header: z.object({ member_id: z.string() }), leader: z.string() });

async function leaderOf(members: readonly Member[], signal: AbortSignal): Promise<string> {
  const startMs = performance.now();
  while (performance.now() - startMs < START_TIMEOUT_MS) {
    const leading = await Promise.all(members.map(({ clientUrl }) => isLeader(clientUrl, signal)));
    const leader = members.find((_, index) => leading[index] === true);
    if (leader !== undefined && !leading.includes(undefined)) return leader.clientUrl;
    await pause(LOOK_INTERVAL_MS, undefined, { signal });
  }
  throw new Error(`etcd has no leader after ${START_TIMEOUT_MS} ms`);
}

/** Undefined while it does not say. */
async function isLeader(url: string, signal: AbortSignal): Promise<boolean | undefined> {
  try {
    const response = await fetch(`${url}/v3/maintenance/status`, { method: 'POST', body: '{}', signal });
    const status = statusSchema.safeParse(await response.json());
    return status.success ? status.data.leader === status.data.header.member_id : undefined;
  } catch (error) {
    if (signal.aborted) throw error;
    return undefined;
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const killer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(killer);
}

/** Ports that were free a moment ago. */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports: number[] = [];
  for (const server of servers) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port could be had');
    ports.push(address.port);
  }
  for (const server of servers) server.close();
  return ports;
}
