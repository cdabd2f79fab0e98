/*
 * Puts up the items of a stress test, reads what became of them and of people's lists, tries them once more, and takes
 * them down again. All through the public calls, each repeated while a gateway is away.
 */
import type { Clock } from '@trolley/cluster';
import { CommandFailure } from '../failure.ts';
import { refusalText, type GatewayReply } from '../gateway-client.ts';
import { forEachParallel } from '../parallel.ts';
import { pause } from '../pause.ts';
import { readItem, readReservations, readReserved } from './answers.ts';
import { isSameEvidence, isSettled, type Evidence, type ItemState, type Listed } from './evidence.ts';
import { isOutageOrBusy, type GatewayPool } from './gateway-pool.ts';
import type { Probe } from './judge-test.ts';
import type { StressPlan } from './stress-plan.ts';

const CONCURRENT_REQUESTS = 16;
const KIND = 'stress';
/** Requests that a crash cut short are finished by others in well under this time. */
const SETTLE_TIMEOUT_MS = 60_000;
const SETTLE_INTERVAL_MS = 1_000;
const PROBED_ITEMS_MAX = 100;
const REMOVAL_ATTEMPTS_MAX = 6;

export interface StageTools {
  readonly pool: GatewayPool;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Called after each item, list and so on. */
  readonly onProgress: (doing: string, done: number, total: number) => void;
}

/** Makes the items. @throws CommandFailure when one cannot be made */
export async function putUp(plan: StressPlan, tools: StageTools): Promise<void> {
  await forEach('Making items', plan.items, tools, async (id) => {
    const headers = { 'idempotency-key': `${id}-item` };
    const { reply } = await tools.pool.send({ method: 'POST', path: '/items', body: { id, kind: KIND }, headers });
    if (reply?.status === 201 || tools.signal.aborted) return;
    throw new CommandFailure(`The item ${id} could not be made: ${answerText(reply)}`);
  });
}

/** Reads everything until nothing changes any more and nothing is in the middle of something; bounded. */
export async function gatherEvidence(plan: StressPlan, tools: StageTools): Promise<Evidence> {
  const endMs = tools.clock.monotonicMs() + SETTLE_TIMEOUT_MS;
  let last = await readEvidence(plan, tools);
  for (;;) {
    await pause(tools.clock, SETTLE_INTERVAL_MS, tools.signal);
    const evidence = await readEvidence(plan, tools);
    if (isSettled(evidence) && isSameEvidence(evidence, last)) return evidence;
    if (tools.signal.aborted || tools.clock.monotonicMs() > endMs) return evidence;
    last = evidence;
  }
}

async function readEvidence({ items, people }: StressPlan, tools: StageTools): Promise<Evidence> {
  const states = new Map<string, ItemState>(items.map((item) => [item, { kind: 'unread' }]));
  const lists = new Map<string, readonly Listed[] | undefined>(people.map((email) => [email, undefined]));
  await forEach('Reading items', items, tools, async (item) => {
    states.set(item, await readState(item, tools));
  });
  await forEach('Reading lists', people, tools, async (email) => {
    const { reply } = await tools.pool.send({ method: 'GET', path: `/reservations?${query({ email })}` });
    lists.set(email, reply?.status === 200 ? readReservations(reply.body) : undefined);
  });
  return { items: states, lists };
}

async function readState(item: string, { pool }: StageTools): Promise<ItemState> {
  const { reply } = await pool.send({ method: 'GET', path: itemPath(item) });
  if (reply?.status === 404) return { kind: 'gone' };
  return reply?.status === 200 ? readItem(reply.body) : { kind: 'unread' };
}

/** Has everybody give up items, of all parts of the test, and reserves each once more. */
export async function probe(plan: StressPlan, tools: StageTools): Promise<Probe> {
  const [email = ''] = plan.people;
  let result: Probe = 'reserved';
  await forEach('Trying items', sampleOf(plan.items), tools, async (item) => {
    if (!(await release(item, tools))) result = 'failed';
    const headers = { 'idempotency-key': `${item}-probe` };
    const body = { email, items: [item] };
    const { reply } = await tools.pool.send({ method: 'POST', path: '/reservations', body, headers }, isOutageOrBusy);
    const isReserved = reply?.status === 201 && readReserved(reply.body)?.reserved.length === 1;
    if (!isReserved) result = 'failed';
  });
  return tools.signal.aborted ? 'not-made' : result;
}

/** All items, or so many at equal distances. */
function sampleOf(items: readonly string[]): readonly string[] {
  const stride = Math.max(1, items.length / PROBED_ITEMS_MAX);
  return items.filter((_, index) => Math.floor(index / stride) !== Math.floor((index - 1) / stride));
}

/** Removes the items. @returns those that are still there */
export async function takeDown(plan: StressPlan, tools: StageTools): Promise<readonly string[]> {
  const left: string[] = [];
  await forEach('Removing items', plan.items, tools, async (item) => {
    if (!(await remove(item, tools))) left.push(item);
  });
  return left;
}

async function remove(item: string, tools: StageTools): Promise<boolean> {
  for (let attempt = 1; attempt <= REMOVAL_ATTEMPTS_MAX; attempt += 1) {
    const { reply } = await tools.pool.send({ method: 'DELETE', path: itemPath(item) }, isOutageOrBusy);
    if (reply?.status === 204 || reply?.status === 404) return true;
    if (tools.signal.aborted) return false;
    await release(item, tools);
  }
  return false;
}

/** Gives an item up, whoever holds it. @returns whether it is free */
async function release(item: string, tools: StageTools): Promise<boolean> {
  for (let attempt = 1; attempt <= REMOVAL_ATTEMPTS_MAX; attempt += 1) {
    const state = await readState(item, tools);
    if (state.kind === 'free' || state.kind === 'gone') return true;
    if (tools.signal.aborted) return false;
    if (state.kind === 'unread') continue;
    const path = `/reservations/${encodeURIComponent(state.holder.id)}`;
    await tools.pool.send({ method: 'DELETE', path }, isOutageOrBusy);
  }
  return false;
}

async function forEach(
  doing: string,
  all: readonly string[],
  { signal, onProgress }: StageTools,
  work: (each: string) => Promise<void>,
): Promise<void> {
  let done = 0;
  await forEachParallel(all, CONCURRENT_REQUESTS, async (each) => {
    if (signal.aborted) return;
    await work(each);
    done += 1;
    onProgress(doing, done, all.length);
  });
}

function itemPath(item: string): string {
  return `/items/${encodeURIComponent(item)}`;
}

function query(values: Readonly<Record<string, string>>): string {
  return new URLSearchParams(values).toString();
}

function answerText(reply: GatewayReply | undefined): string {
  return reply === undefined ? 'no gateway answers.' : refusalText(reply);
}
