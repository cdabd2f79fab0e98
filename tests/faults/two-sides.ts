/*
 * Keys that are written on both sides of a partition, with what came of each request and what must be left of all of
 * them. Sends requests one after the other for each key, and many keys at once.
 */
import { get, type Answer } from '../support/client.ts';
import { listOf } from '../support/json.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { NaiveReplica } from './naive-replica.ts';
import { contentOf, creation, step, type Request, type ShopKey } from './shop-keys.ts';
import { inTurn } from './steady-load.ts';

const KEYS_AT_ONCE = 200;
const ANSWER_TIMEOUT_MS = 30_000;

/** A key, what is done to it before the partition and on each side of it. */
export interface Plan {
  readonly key: Pick<ShopKey, 'kind' | 'name'>;
  readonly before: readonly Request[];
  readonly left: readonly Request[];
  readonly right: readonly Request[];
  /** What it held before, on either side, and in the end. */
  readonly held: Readonly<Record<'before' | 'left' | 'right' | 'end', ReadonlyMap<string, number> | undefined>>;
}

/** Draws what is done to so many carts and as many products. */
export function drawPlans(count: number, seed: number): readonly Plan[] {
  const random = seededRandom(seed);
  const indices = Array.from({ length: count }, (_, index) => index);
  return indices.flatMap((index) => [
    drawPlan(random, { kind: 'cart', name: `cart${index}@example.com` }),
    drawPlan(random, { kind: 'product', name: `product${index}` }),
  ]);
}

function drawPlan(random: () => number, key: Pick<ShopKey, 'kind' | 'name'>): Plan {
  const start: ShopKey = { ...key, replica: new NaiveReplica() };
  const before = random() < 0.9 ? creation(random, start) : [];
  const sides = { left: { ...key, replica: start.replica.copy() }, right: { ...key, replica: start.replica.copy() } };
  const steps = (side: ShopKey) => Array.from({ length: Math.floor(random() * 3) }, () => step(random, side));
  const [left, right] = [steps(sides.left), steps(sides.right)];
  const end = { ...key, replica: sides.left.replica.mergedWith(sides.right.replica) };
  return {
    key,
    before,
    left,
    right,
    held: {
      before: contentOf(start),
      left: contentOf(sides.left),
      right: contentOf(sides.right),
      end: contentOf(end),
    },
  };
}

/** How the answers to some requests counted their replicas: each Trolley-Quorum, and how often. */
export type Quorums = ReadonlyMap<string, number>;

/** Does to every key what was drawn for one phase, and insists on each answer. */
export async function carryOut(
  url: string,
  plans: readonly Plan[],
  phase: 'before' | 'left' | 'right',
): Promise<Quorums> {
  const quorums = new Map<string, number>();
  await inTurn(plans, KEYS_AT_ONCE, async (plan) => {
    for (const request of plan[phase]) {
      const response = await send(url, request);
      const quorum = response.headers.get('trolley-quorum') ?? 'none';
      quorums.set(quorum, (quorums.get(quorum) ?? 0) + 1);
      if (response.status === request.status) continue;
      const reason = `${JSON.stringify(request)} was answered with ${response.status} ${await response.text()}`;
      throw new Error(`${phase}: ${reason}`);
    }
  });
  return quorums;
}

/** Sends a request; the caller reads the answer's body, if it has any worth reading. */
export async function send(
  url: string,
  { method, path, body }: Pick<Request, 'method' | 'path' | 'body'>,
): Promise<Response> {
  const response = await fetch(`${url}${path}`, {
    method,
    signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return new Response(response.status === 204 ? null : text, { status: response.status, headers: response.headers });
}

/** Names a key as listings do. */
export function nameOf({ key }: Plan): string {
  return `${key.kind} ${key.name}`;
}

/** What is held under a key, to compare and to show; undefined when there is nothing. */
export function textOf(held: Iterable<readonly [string, number]> | undefined): string | undefined {
  return held && JSON.stringify([...held].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** What a gateway lists: for each kind and name, the text of what is held. */
export async function listedBy(url: string): Promise<ReadonlyMap<string, string | undefined>> {
  const listed = new Map<string, string | undefined>();
  for (const { email, cart } of await listAll(url, '/userslist')) {
    listed.set(`cart ${String(email)}`, textOf(Object.entries(Object(cart))));
  }
  for (const { name, quantity } of await listAll(url, '/productslist')) {
    listed.set(`product ${String(name)}`, textOf([['quantity', Number(quantity)]]));
  }
  return listed;
}

async function listAll(url: string, path: string): Promise<readonly Record<string, unknown>[]> {
  const all: Record<string, unknown>[] = [];
  for (let next: string | undefined = path; next !== undefined;) {
    const answer: Answer = await get(url, next);
    all.push(...listOf(answer, 'body'));
    next = /<([^>]+)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1];
  }
  return all;
}
