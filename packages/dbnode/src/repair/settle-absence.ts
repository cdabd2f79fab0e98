/*
 * Asks the other nodes, before this one serves, whether it may offer what it has, and puts aside what it may not; the
 * decisions are absence.ts's. Bounded: when too few answer in time the node serves what it has, since nobody else is
 * there to say otherwise, and a cart must be writable while one replica lives.
 */
import { REPAIR_BATCH_MAX, type Clock, type Registry, type TombstoneDrops } from '@trolley/cluster';
import type { Logger } from 'pino';
import type { DigestEntries, Engine } from '../engine.ts';
import { haveEnoughTold, untrustedGroups } from './absence.ts';
import type { RepairPeer, RepairPeers } from './repair-peers.ts';
import { pause } from './throttle.ts';

const PATIENCE_MS = 15_000;
const POLL_MS = 20;
/** Passes over a group to drop; what is written to it meanwhile takes another. */
const DROP_PASSES_MAX = 100;

/** What settling works with. */
export interface SettleAbsenceOptions {
  readonly engine: Engine;
  readonly registry: Registry;
  readonly peers: RepairPeers;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The number of placement groups in which the engine files its records. */
  readonly pgCount: number;
}

/** What the node knows of its own part. */
export interface Absence {
  /** Since when it may have missed that tombstones were dropped. */
  readonly sinceMs: number;
  readonly graceMs: number;
  /** When it took part in dropping tombstones itself, as far as what it has is what it had then. */
  readonly ownDrops: TombstoneDrops['drops'];
}

/**
 * Resolves, when the node may serve what it then has, to the epoch of the map by which that is so; undefined when it knows
 * of none.
 * @throws ReadOnlyError when something must be put aside and the disk takes no writes.
 */
export async function settleAbsence(options: SettleAbsenceOptions, absence: Absence): Promise<number | undefined> {
  const { engine, logger, pgCount } = options;
  const { sinceMs, graceMs, ownDrops } = absence;
  const since = new Date(sinceMs).toISOString();
  logger.info({ since }, 'away for long; asking the other replicas what was deleted for good meanwhile');
  const { told, epoch } = await askOthers(options);
  const held = heldGroups(engine, pgCount);
  const untrusted = untrustedGroups(told.values(), held, { presentAtMs: sinceMs, graceMs, ownDrops });
  if (untrusted.length > 0) {
    // First of all: a crash from here on leaves groups to be fetched, never some that look whole.
    await engine.markIncomplete(untrusted);
    const reason = `tombstones were dropped after ${since}, when this node last took part`;
    const file = await engine.setAside(untrusted, reason);
    let records = 0;
    for (const pg of untrusted) records += await dropGroup(engine, pg);
    logger.warn(
      { since, groups: untrusted.length, records, file },
      'what may have been deleted for good was set aside',
    );
  }
  // Last of all: what is noted here counts as this node's own part, after a crash too.
  await engine.noteTombstoneDrops([...told.values()].flatMap(({ drops }) => drops));
  return epoch;
}

async function askOthers(options: SettleAbsenceOptions) {
  const { engine, registry, peers, clock, logger, pgCount } = options;
  const deadlineMs = clock.monotonicMs() + PATIENCE_MS;
  let telling = new Telling(undefined);
  for (;;) {
    const map = registry.view.stored?.map;
    // Who was asked under an older map may have dropped more since: whoever knows the newer takes no part in that.
    if (map?.epoch !== telling.epoch) telling = new Telling(map?.epoch);
    const { told } = telling;
    // By a map that counts other groups nobody can tell; the node must start anew to follow it.
    const isUsable = map?.pgCount === pgCount;
    if (isUsable && haveEnoughTold(map, engine.nodeId, told, heldGroups(engine, pgCount))) return telling;
    if (clock.monotonicMs() >= deadlineMs) {
      logger.warn({ told: [...told.keys()] }, 'too few replicas tell what was deleted for good; serving what is here');
      return telling;
    }
    for (const peer of peers.up) telling.ask(peer);
    await pause(clock, POLL_MS);
  }
}

/** What others tell under one map. Each is asked on its own: one that hangs keeps nobody waiting. */
class Telling {
  readonly epoch: number | undefined;
  readonly told = new Map<string, TombstoneDrops>();
  readonly #asking = new Set<string>();

  constructor(epoch: number | undefined) {
    this.epoch = epoch;
  }

  /** Asks a node that has not told yet, unless it is being asked. */
  ask({ id, client }: RepairPeer): void {
    if (this.told.has(id) || this.#asking.has(id)) return;
    this.#asking.add(id);
    void client
      .tombstoneDrops()
      .then(
        (drops) => void this.told.set(id, drops),
        // Asked again, as long as there is time.
        () => undefined,
      )
      .finally(() => this.#asking.delete(id));
  }
}

/** The groups of which there is anything here. */
function heldGroups(engine: Engine, pgCount: number): readonly number[] {
  return Array.from({ length: pgCount }, (_, pg) => pg).filter((pg) => engine.digest(pg).count > 0);
}

async function dropGroup(engine: Engine, pg: number): Promise<number> {
  let dropped = 0;
  for (let pass = 1; pass <= DROP_PASSES_MAX && engine.digest(pg).count > 0; pass += 1) {
    for (let after: string | undefined; ;) {
      const page = await engine.entriesUnder(pg, [''], after, REPAIR_BATCH_MAX);
      dropped += await dropThese(engine, page.entries);
      after = page.entries.at(-1)?.[0];
      if (!page.more || after === undefined) break;
    }
  }
  return dropped;
}

async function dropThese(engine: Engine, entries: DigestEntries['entries']): Promise<number> {
  const records: (readonly [key: string, text: string])[] = [];
  for (const [key] of entries) {
    const { value } = await engine.readRecord(key);
    if (value !== undefined) records.push([key, value]);
  }
  return engine.dropRecords(records);
}
