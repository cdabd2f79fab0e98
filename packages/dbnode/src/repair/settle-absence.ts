/*
 * Asks the other nodes, before this one serves, whether it may offer what it has, and puts aside what it may not; the
 * decisions are absence.ts's. Bounded: when too few answer in time the node serves what it has, since nobody else is
 * there to say otherwise, and a cart must be writable while one replica lives.
 */
import type { Clock, Registry } from '@trolley/cluster';
import type { Logger } from 'pino';
import type { Engine } from '../engine.ts';
import { haveEnoughTold, untrustedGroups } from './absence.ts';
import type { RepairPeers } from './repair-peers.ts';
import { pause } from './throttle.ts';

const PATIENCE_MS = 15_000;
const POLL_MS = 100;

/** What settling works with. */
export interface SettleAbsenceOptions {
  readonly engine: Engine;
  readonly registry: Registry;
  readonly peers: RepairPeers;
  readonly clock: Clock;
  readonly logger: Logger;
}

type Drops = readonly (readonly [pg: number, atMs: number])[];

/**
 * Resolves when the node may serve what it then has.
 * @param sinceMs since when it may have missed that tombstones were dropped.
 * @throws ReadOnlyError when something must be put aside and the disk takes no writes.
 */
export async function settleAbsence(options: SettleAbsenceOptions, sinceMs: number): Promise<void> {
  const { engine, logger } = options;
  const since = new Date(sinceMs).toISOString();
  logger.info({ since }, 'away for long; asking the other replicas what was deleted for good meanwhile');
  const told = await askOthers(options);
  await engine.noteTombstoneDrops([...told.values()].flat());
  const untrusted = untrustedGroups(sinceMs, told.values());
  if (untrusted.length === 0) return;
  // First of all: a crash from here on leaves groups to be fetched, never some that look whole.
  await engine.markIncomplete(untrusted);
  const reason = `tombstones were dropped after ${since}, when this node last took part`;
  const file = await engine.setAside(untrusted, reason);
  let records = 0;
  for (const pg of untrusted) records += await dropGroup(engine, pg);
  logger.warn({ since, groups: untrusted.length, records, file }, 'what may have been deleted for good was set aside');
}

async function askOthers({ engine, registry, peers, clock, logger }: SettleAbsenceOptions) {
  const told = new Map<string, Drops>();
  const deadlineMs = clock.monotonicMs() + PATIENCE_MS;
  for (;;) {
    const unasked = peers.up.filter(({ id }) => !told.has(id));
    await Promise.allSettled(unasked.map(async ({ id, client }) => told.set(id, await client.tombstoneDrops())));
    const map = registry.view.stored?.map;
    if (map !== undefined && haveEnoughTold(map, engine.nodeId, new Set(told.keys()))) return told;
    if (clock.monotonicMs() >= deadlineMs) {
      logger.warn({ told: [...told.keys()] }, 'too few replicas tell what was deleted for good; serving what is here');
      return told;
    }
    await pause(clock, POLL_MS);
  }
}

async function dropGroup(engine: Engine, pg: number): Promise<number> {
  const { entries } = await engine.entriesUnder(pg, [''], undefined, Number.MAX_SAFE_INTEGER);
  const records: (readonly [key: string, text: string])[] = [];
  for (const [key] of entries) {
    const { value } = await engine.readRecord(key);
    if (value !== undefined) records.push([key, value]);
  }
  return engine.dropRecords(records);
}
