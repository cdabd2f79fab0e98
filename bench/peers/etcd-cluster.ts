/*
 * Three etcd servers on this machine, with their default settings: each write is synced to disk.
 */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { startDaemon, stopAll, untilUp, type Daemon } from './daemon.ts';
import type { FoundProgram, WantedProgram } from './debian-program.ts';
import { freePorts } from './free-ports.ts';

/** Where etcd is to be had. */
export const ETCD_PROGRAM: WantedProgram = { program: 'etcd', packageName: 'etcd-server' };

/** A running cluster. */
export interface Etcd {
  /** Where its leader listens. */
  readonly leaderUrl: string;
  readonly processes: readonly Daemon[];
  stop(): Promise<void>;
}

const MEMBERS = 3;

interface Member {
  readonly name: string;
  readonly clientUrl: string;
  readonly peerUrl: string;
}

/** Starts the servers and resolves once they have a leader. @throws when they do not come up; none runs then */
export async function startEtcd(program: FoundProgram, dataFolder: string, signal: AbortSignal): Promise<Etcd> {
  await mkdir(dataFolder, { recursive: true });
  const members = await newMembers();
  const processes = members.map((member) => launch(program, member, members, dataFolder));
  const stop = () => stopAll(processes);
  try {
    let leaderUrl: string | undefined;
    const hasLeader = async (): Promise<boolean> => {
      leaderUrl = await leaderOf(members, signal);
      return leaderUrl !== undefined;
    };
    await untilUp('etcd', processes, hasLeader, signal);
    return { leaderUrl: leaderUrl ?? '', processes, stop };
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

function launch(program: FoundProgram, member: Member, members: readonly Member[], dataFolder: string): Daemon {
  const { name, clientUrl, peerUrl } = member;
  const settings = {
    name,
    'data-dir': path.join(dataFolder, name),
    'listen-client-urls': clientUrl,
    'advertise-client-urls': clientUrl,
    'listen-peer-urls': peerUrl,
    'initial-advertise-peer-urls': peerUrl,
    'initial-cluster': members.map((each) => `${each.name}=${each.peerUrl}`).join(','),
    'initial-cluster-state': 'new',
  };
  const parameters = Object.entries(settings).flatMap(([option, value]) => [`--${option}`, value]);
  return startDaemon({ name, program, parameters, logFile: path.join(dataFolder, `${name}.log`) });
}

const statusSchema = z.object({ header: z.object({ member_id: z.string() }), leader: z.string() });

/** Undefined until every member answers and one of them leads. */
async function leaderOf(members: readonly Member[], signal: AbortSignal): Promise<string | undefined> {
  const leading = await Promise.all(members.map(({ clientUrl }) => isLeader(clientUrl, signal)));
  return leading.includes(undefined) ? undefined : members.find((_, index) => leading[index])?.clientUrl;
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
