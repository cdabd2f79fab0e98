/*
 * Clients that change a few registers, each through whichever gateway, one operation after the other, and again with
 * the same id when nobody can say what became of it. What they are told goes into the history.
 */
import type { Registers } from '../../packages/gateway/src/registers.ts';
import { StoreError } from '../../packages/gateway/src/store.ts';
import { pick } from '../support/seeded-random.ts';
import type { Held, RegisterAction } from '../support/register-model.ts';
import { claimOf, type Begun, type Claim, type ClaimHistory } from './claim-history.ts';
import type { SimulatedCluster } from './simulated-cluster.ts';

const THINK_MS = 60;
/** Times that a client asks for one change. */
const ASKS_MAX = 2;
const ASK_AGAIN_SHARE = 0.7;

/** What all claimants share. */
export interface ClaimingOptions {
  readonly cluster: SimulatedCluster;
  readonly history: ClaimHistory;
  readonly keys: readonly string[];
  readonly isOver: () => boolean;
}

/** What one who asked was told. */
type Told =
  | { readonly type: 'done'; readonly found: Claim }
  /** It was said that nothing was done, or that nobody knows. */
  | { readonly type: 'refused' | 'unknown' };

type Ask = (registers: Registers) => Promise<Claim>;

/** One claimant's life. `name` makes what it puts into registers unique. */
export async function claim(name: string, options: ClaimingOptions): Promise<void> {
  const { cluster, keys, isOver } = options;
  const seen = new Map<string, Held>();
  for (let count = 1; !isOver(); count += 1) {
    const key = pick(cluster.random, keys);
    const found = await claimOnce(key, { token: `${name}-${count}`, guess: seen.get(key) ?? null }, options);
    if (found !== undefined) seen.set(key, found);
    await cluster.time.sleep(cluster.random() * THINK_MS);
  }
}

async function claimOnce(
  key: string,
  { token, guess }: { readonly token: string; readonly guess: Held },
  options: ClaimingOptions,
): Promise<Held | undefined> {
  const choice = options.cluster.random();
  if (choice < 0.2) return look(key, false, options);
  if (choice < 0.25) return look(key, true, options);
  if (choice < 0.3) return change(key, token, { type: 'change', from: undefined, to: null }, options);
  if (choice < 0.6) return change(key, token, { type: 'change', from: guess, to: token }, options);
  return change(key, token, { type: 'change', from: undefined, to: token }, options);
}

/** Releases a register. `id` is as unique as the names of claimants. */
export async function release(key: string, id: string, options: ClaimingOptions): Promise<void> {
  await change(key, id, { type: 'change', from: undefined, to: null }, options);
}

/** @returns what was found; undefined when nobody answered */
export async function look(key: string, settle: boolean, options: ClaimingOptions): Promise<Held | undefined> {
  const { cluster, history } = options;
  const begun = history.begin(key, { type: 'read' });
  const told = await askOne(cluster, async (registers) => {
    const { value } = await registers.read(key, { requestId: 'look', settle });
    return claimOf(value);
  });
  if (told.type !== 'done') return undefined;
  history.returned(begun, told.found);
  return told.found?.token ?? null;
}

/** @returns what the register holds afterwards, for all that this client knows */
async function change(
  key: string,
  id: string,
  action: Extract<RegisterAction, { type: 'change' }>,
  { cluster, history }: ClaimingOptions,
): Promise<Held | undefined> {
  const begun = history.begin(key, action);
  const ask: Ask = async (registers) => {
    const result = await registers.change(key, { id, decide: (value) => decide(value, action) }, { requestId: id });
    return claimOf(result);
  };
  // One that compares may bring another result when it changed nothing the first time.
  const isTwin = action.from === undefined && cluster.random() < 0.05;
  const told = isTwin
    ? await Promise.all([askOne(cluster, ask), askOne(cluster, ask)])
    : await askUntilKnown(cluster, ask);
  return conclude(begun, action, told, history);
}

function decide(value: Parameters<typeof claimOf>[0], { from, to }: Extract<RegisterAction, { type: 'change' }>) {
  const found = claimOf(value);
  const before = found?.token ?? null;
  if (from !== undefined && from !== before) return { type: 'keep', result: found } as const;
  return { type: 'write', value: to === null ? null : { token: to, after: before }, result: found } as const;
}

async function askUntilKnown(cluster: SimulatedCluster, ask: Ask): Promise<readonly Told[]> {
  const told: Told[] = [];
  while (told.length < ASKS_MAX) {
    const last = await askOne(cluster, ask);
    told.push(last);
    if (last.type !== 'unknown' || cluster.random() > ASK_AGAIN_SHARE) break;
  }
  return told;
}

async function askOne({ random, gateways }: SimulatedCluster, ask: Ask): Promise<Told> {
  try {
    return { type: 'done', found: await pick(random, gateways).use(({ registers }) => ask(registers)) };
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return { type: error.code === 'OUTCOME_UNKNOWN' ? 'unknown' : 'refused' };
  }
}

function conclude(
  begun: Begun,
  action: Extract<RegisterAction, { type: 'change' }>,
  told: readonly Told[],
  history: ClaimHistory,
): Held | undefined {
  const [done, ...others] = told.flatMap((each) => (each.type === 'done' ? [each] : []));
  if (done === undefined) {
    if (told.some(({ type }) => type === 'unknown')) history.lost(begun);
    return undefined;
  }
  const result = JSON.stringify(done.found);
  if (others.some(({ found }) => JSON.stringify(found) !== result)) {
    history.violated(`${JSON.stringify(action)} brought two results`);
  }
  history.returned(begun, done.found);
  const before = done.found?.token ?? null;
  return action.from === undefined || action.from === before ? action.to : before;
}
