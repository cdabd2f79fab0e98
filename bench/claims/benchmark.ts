/*
 * The course of the benchmark of claims: start the system, the handlers and etcd, count round trips, measure each
 * subject in turn, round after round, end everything. Prints nothing; says what it does to whoever listens.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { durableWriteMs } from '../measure/disk.ts';
import { findProgram } from '../peers/debian-program.ts';
import { ETCD_PROGRAM, startEtcd } from '../peers/etcd-cluster.ts';
import { startServer, type Server } from '../system/process.ts';
import { startFurtherGateway, startTrolley, type Trolley } from '../system/trolley.ts';
import { measureContended, measureDistinct, type ContendedResult, type DistinctResult } from './measure.ts';
import type { ClaimOptions } from './options.ts';
import { countRoundTrips, type RoundTrips } from './round-trips.ts';
import { handlerSubject, reservationSubject, type Subject } from './subject.ts';

/** What a benchmark runs with. */
export interface ClaimEnvironment {
  /** Data goes into a folder under this one, which must be on a real disk; removed at the end. */
  readonly scratchFolder: string;
  readonly signal: AbortSignal;
  readonly onStep: (text: string) => void;
}

/** What a benchmark brought. */
export interface ClaimResult {
  /** Undefined when there was no etcd to be had. */
  readonly etcdVersion: string | undefined;
  readonly durableWriteMs: number;
  readonly roundTrips: readonly RoundTrips[];
  /** In the order of measurement: each subject once in each round. */
  readonly distinct: readonly DistinctResult[];
  readonly contended: readonly ContendedResult[];
}

/** The subjects by name. */
export const ETCD = 'etcd';
export const REGISTER_FOLLOWING = 'register, following';
const REGISTER_FIRST = 'register, first';
const RESERVATION = 'POST /reservations, first';

const REGISTER_MAIN = fileURLToPath(new URL('register-main.js', import.meta.url));
const ETCD_MAIN = fileURLToPath(new URL('etcd-main.js', import.meta.url));
const CONTENDING_CLIENTS = 64;

/** Runs the benchmark. @throws when it cannot be run to its end; nothing of it is left over then either */
export async function runClaimBenchmark(options: ClaimOptions, environment: ClaimEnvironment): Promise<ClaimResult> {
  const { scratchFolder, signal, onStep } = environment;
  await mkdir(scratchFolder, { recursive: true });
  const folder = await mkdtemp(path.join(scratchFolder, 'data-'));
  const started: { stop(): Promise<void> }[] = [];
  const keep = <T extends { stop(): Promise<void> }>(part: T): T => {
    started.push(part);
    return part;
  };
  try {
    onStep('starting 3 nodes, 2 gateways, 2 handlers');
    const trolley = keep(await startTrolley(path.join(folder, 'trolley'), signal));
    const second = keep(await startFurtherGateway('gateway-2', folder, trolley, signal));
    const handler = keep(await startRegisterHandler('register', folder, trolley, signal));
    const other = keep(await startRegisterHandler('register-2', folder, trolley, signal));
    const etcd = await startEtcdSubject(environment, folder, keep);
    const subjects = [
      ...(etcd === undefined ? [] : [etcd.subject]),
      ...trolleySubjects(trolley, { second, handler, other }),
    ];
    const roundTrips = await roundTripsOf(trolley, second, onStep);
    const measured = await measureAll(subjects, options, environment);
    return { etcdVersion: etcd?.version, durableWriteMs: await durableWriteMs(folder), roundTrips, ...measured };
  } finally {
    onStep('ending all processes');
    for (const part of started.toReversed()) await part.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

function startRegisterHandler(name: string, folder: string, { nodes, registryUrl }: Trolley, signal: AbortSignal) {
  const environment = { REGISTRY_URL: registryUrl, EXPECTED_NODES: String(nodes.length), GATEWAY_ID: name };
  return startServer({ name, main: REGISTER_MAIN, environment, logFile: path.join(folder, `${name}.log`) }, signal);
}

async function startEtcdSubject(
  { scratchFolder, signal, onStep }: ClaimEnvironment,
  folder: string,
  keep: <T extends { stop(): Promise<void> }>(part: T) => T,
): Promise<{ readonly subject: Subject; readonly version: string } | undefined> {
  const program = await findProgram(ETCD_PROGRAM, path.join(scratchFolder, 'debian'));
  if (program === undefined) {
    onStep('etcd is left out: it is neither installed nor to be had as the Debian package etcd-server');
    return undefined;
  }
  onStep('starting 3 etcd servers and a handler');
  const etcd = keep(await startEtcd(program, path.join(folder, 'etcd'), signal));
  const logFile = path.join(folder, 'etcd-handler.log');
  const server = keep(
    await startServer({ name: 'handler', main: ETCD_MAIN, environment: { ETCD_URL: etcd.leaderUrl }, logFile }, signal),
  );
  const { url } = server;
  const subject = handlerSubject({ name: ETCD, processes: [server, ...etcd.processes], url, freeAt: url });
  return { subject, version: program.version };
}

function trolleySubjects(
  { gateway, nodes }: Trolley,
  { second, handler, other }: Readonly<Record<'second' | 'handler' | 'other', Server>>,
): readonly Subject[] {
  const processes = [handler, ...nodes];
  const { url } = handler;
  return [
    handlerSubject({ name: REGISTER_FOLLOWING, processes, url, freeAt: url }),
    handlerSubject({ name: REGISTER_FIRST, processes, url, freeAt: other.url }),
    reservationSubject({
      name: RESERVATION,
      processes: [gateway, ...nodes],
      url: gateway.url,
      freeAt: second.url,
    }),
  ];
}

async function roundTripsOf(
  { gateway }: Trolley,
  second: Server,
  onStep: ClaimEnvironment['onStep'],
): Promise<readonly RoundTrips[]> {
  onStep('counting round trips');
  const { url } = gateway;
  const at = (freeAt: string) => reservationSubject({ name: RESERVATION, processes: [], url, freeAt });
  return [
    await countRoundTrips(at(second.url), 'first: the gateway has not changed the item before', 'trips-first'),
    await countRoundTrips(at(url), 'following: the gateway changed the item last', 'trips-following'),
  ];
}

async function measureAll(
  subjects: readonly Subject[],
  { claims, connections, rounds, contended }: ClaimOptions,
  { signal, onStep }: ClaimEnvironment,
): Promise<Pick<ClaimResult, 'distinct' | 'contended'>> {
  const results = { distinct: new Array<DistinctResult>(), contended: new Array<ContendedResult>() };
  for (let round = 1; round <= rounds; round += 1) {
    for (const count of connections) {
      for (const [index, subject] of subjects.entries()) {
        signal.throwIfAborted();
        onStep(`round ${round} of ${rounds}: ${claims} items, ${count} connections, ${subject.name}`);
        const prefix = `distinct-${index}-${round}-${count}`;
        results.distinct.push(await measureDistinct(subject, { connections: count, claims, prefix }));
      }
    }
    for (const [index, subject] of subjects.entries()) {
      signal.throwIfAborted();
      onStep(`round ${round} of ${rounds}: one item, ${CONTENDING_CLIENTS} clients, ${subject.name}`);
      const parameters = { clients: CONTENDING_CLIENTS, rounds: contended, prefix: `contended-${index}-${round}` };
      results.contended.push(await measureContended(subject, parameters));
    }
  }
  return results;
}
