/*
 * An engine in a process of its own, so that its memory and its pauses are its own: opens the data directory that is
 * named on the command line and does what its parent asks.
 */
import { pino } from 'pino';
import { systemClock } from '@trolley/cluster';
import { nodeDisk, openEngine, type Engine } from '@trolley/dbnode/storage';
import { applyChange, decodeRecord, encodeRecord, type RecordText } from '@trolley/records';
import { additionTo, cartKey, cartPicker, cartText } from './carts.ts';
import { cpuMs, LoopWatch } from './loop-watch.ts';
import type { CheckpointFigures, MemoryFigures, Opened, Request, Until, WriteFigures } from './subject-messages.ts';

const PG_COUNT = 256;
const FILL_AT_ONCE = 2_000;
const OTHER_ACTOR = 'node-2.bench1';
const MEGABYTE = 1_000_000;

let seed = 1;

const engine = await open(process.argv[2] ?? '');
process.on('message', (request: Request) => {
  void answer(request).then(
    (result) => process.send?.(result),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      process.exit(1);
    },
  );
});
// Without its parent nobody would ever end it.
process.on('disconnect', () => process.exit(0));

async function open(dataDir: string): Promise<Engine> {
  const startMs = performance.now();
  const opened = await openEngine({
    dataDir,
    disk: nodeDisk,
    clock: systemClock,
    random: Math.random,
    logger: pino({ level: 'error' }),
    pgCount: PG_COUNT,
    nodeId: 'node-1',
  });
  const { records, journalEntries } = opened.recovery;
  const residentMb = process.memoryUsage().rss / MEGABYTE;
  const message: Opened = { tookMs: performance.now() - startMs, records, journalEntries, residentMb };
  process.send?.(message);
  return opened;
}

async function answer(request: Request): Promise<unknown> {
  switch (request.type) {
    case 'fill':
      return fill(request.carts, request.lines);
    case 'change':
      return change(request.carts, request.concurrent, request.until);
    case 'merge':
      return mergeNewer(request.carts, request.concurrent, request.writes);
    case 'checkpoint':
      return checkpoint(request.carts, request.concurrent);
    case 'memory':
      return memory();
    case 'close':
      await engine.close();
      return null;
    default:
      return request satisfies never;
  }
}

async function fill(carts: number, lines: number): Promise<WriteFigures> {
  let next = 0;
  return writing(FILL_AT_ONCE, () => {
    if (next >= carts) return undefined;
    const cart = next++;
    return engine.merge(cartKey(cart), cartText(cart, lines, OTHER_ACTOR));
  });
}

async function change(carts: number, concurrent: number, until: Until): Promise<WriteFigures> {
  const pick = cartPicker(carts, seed++);
  const before = engine.statistics.checkpoints;
  let begun = 0;
  const isDone = (): boolean =>
    'writes' in until ? begun >= until.writes : engine.statistics.checkpoints - before >= until.checkpoints;
  return writing(concurrent, () => {
    if (isDone()) return undefined;
    begun += 1;
    return addTo(pick());
  });
}

async function addTo(cart: number): Promise<void> {
  const outcome = await engine.change(cartKey(cart), additionTo(cart), undefined);
  if (outcome.type !== 'applied') throw new Error(`an addition was ${outcome.type}`);
}

/** As replicas get them: each record is one write ahead of what is held by then. */
async function mergeNewer(carts: number, concurrent: number, writes: number): Promise<WriteFigures> {
  const pick = cartPicker(carts, seed++);
  const newest = new Map<string, RecordText>();
  const newer: (readonly [key: string, text: RecordText])[] = [];
  while (newer.length < writes) {
    const cart = pick();
    const key = cartKey(cart);
    const held = newest.get(key) ?? (await engine.readRecord(key)).value;
    if (held === undefined) throw new Error(`cart ${cart} is gone`);
    const environment = { actor: OTHER_ACTOR, nowMs: 0 };
    const text = encodeRecord(applyChange(decodeRecord(held), additionTo(cart), environment).record);
    newest.set(key, text);
    newer.push([key, text]);
  }
  const entries = newer.values();
  return writing(concurrent, () => {
    const next = entries.next().value;
    return next === undefined ? undefined : engine.merge(...next);
  });
}

/** Keeps so many writes under way, until there is no next one. */
async function writing(concurrent: number, next: () => Promise<unknown> | undefined): Promise<WriteFigures> {
  const commitsBefore = engine.statistics.commits;
  const watch = new LoopWatch();
  const startMs = performance.now();
  const startCpuMs = cpuMs();
  let writes = 0;
  const one = async (): Promise<void> => {
    for (let write = next(); write !== undefined; write = next()) {
      await write;
      writes += 1;
    }
  };
  await Promise.all(Array.from({ length: concurrent }, one));
  const usedMs = cpuMs() - startCpuMs;
  const wallMs = performance.now() - startMs;
  const commits = engine.statistics.commits - commitsBefore;
  return { writes, wallMs, cpuMs: usedMs, commits, hold: watch.stop() };
}

async function checkpoint(carts: number, concurrent: number): Promise<CheckpointFigures> {
  await touchAll(carts);
  const watch = new LoopWatch();
  const startMs = performance.now();
  const startCpuMs = cpuMs();
  let isDone = false;
  const pick = cartPicker(carts, seed++);
  const additions = writing(concurrent, () => (isDone ? undefined : addTo(pick())));
  await engine.checkpoint();
  const tookMs = performance.now() - startMs;
  const usedMs = cpuMs() - startCpuMs;
  const hold = watch.stop();
  isDone = true;
  return { tookMs, cpuMs: usedMs, writes: (await additions).writes, hold };
}

/** Has every placement group changed, so that a checkpoint writes all of them. */
async function touchAll(carts: number): Promise<void> {
  const pick = cartPicker(carts, seed++);
  await Promise.all(Array.from({ length: Math.min(carts, PG_COUNT * 20) }, async () => addTo(pick())));
}

function memory(): MemoryFigures {
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  return { residentMb: rss / MEGABYTE, heapMb: heapUsed / MEGABYTE };
}
