/*
 * Many people at three gateways want the same few items, while gateways die and registers fail in every way they can.
 * Whatever somebody was told has to be so: what was reserved is held until it is given up, what was refused or failed
 * changed nothing, and what is not known is the one or the other. In the end lists and items agree, and nothing hangs.
 */
import { expect, it } from 'vitest';
import { pick, seededRandom } from '../../../../tests/support/seeded-random.ts';
import type { Claims } from '../claims.ts';
import { StoreError } from '../store.ts';
import { CrashedError } from '../testing/crash.ts';
import type { RegisterFailure } from '../testing/fake-registers.ts';
import { createLibrary } from '../testing/library.ts';
import { ReservationsUnknownError } from './reserve.ts';

const ITEMS = ['a', 'b', 'c', 'd', 'e', 'f'];
const PEOPLE = Array.from({ length: 8 }, (_, index) => `p${index}@example.com`);
const REQUESTS_EACH = 12;
const FAILURES: readonly RegisterFailure[] = [
  'quorum-not-met',
  'unknown-applied',
  'unknown-not-applied',
  'unknown-later',
];
const REQUEST = 'test';

type Library = Awaited<ReturnType<typeof createLibrary>>;
type Random = () => number;

/** What somebody knows to hold: reservations by item. `others`: what it may be instead, since an outcome is not known. */
interface Knowledge {
  readonly held: Map<string, string>;
  others: readonly (readonly string[])[];
}

it.each(Array.from({ length: 40 }, (_, seed) => seed))(
  'I30, I31, I34: what people are told is so (seed %i)',
  async (seed) => {
    const library = await createLibrary(ITEMS, seed);
    const { registers, clock, librarian, pass, reservations, leftOver } = library;
    const random = seededRandom(seed + 7);
    const gateways = [10 + random() * 60, 40 + random() * 100, Infinity].map((changes) =>
      library.openGateway(Math.floor(changes)),
    );
    const failureRate = pick(random, [0, 0.02, 0.1]);
    registers.failure = ({ method }) =>
      method === 'change' && random() < failureRate ? pick(random, FAILURES) : undefined;

    const known = await pass(
      Promise.all(PEOPLE.map(async (email) => live(email, () => pick(random, gateways), random))),
    );
    registers.failure = () => undefined;
    for (const gateway of gateways) await pass(gateway.stop());
    clock.advance(70_000);
    await pass(librarian.sweeper.sweep());
    await pass(librarian.background.idle());
    clock.advance(70_000);
    await reservations(PEOPLE);
    await pass(librarian.sweeper.sweep());
    await pass(librarian.background.idle());

    expect(leftOver()).toEqual([]);
    const { byList, byItem } = await reservations(PEOPLE);
    for (const [index, email] of PEOPLE.entries()) {
      const theirs = byItem.filter((reservation) => reservation.email === email).map(({ item }) => item);
      expect((byList.get(email) ?? []).map(({ item }) => item).toSorted()).toEqual(theirs.toSorted());
      const { held, others } = known[index] ?? { held: new Map<string, string>(), others: [] };
      expect([Array.from(held.keys()).toSorted(), ...others]).toContainEqual(theirs.toSorted());
    }
    await expectAllCanBeHad(library);
  },
);

/** Makes requests one after another, until one comes to nobody knows what. */
async function live(email: string, gateway: () => Claims, random: Random): Promise<Knowledge> {
  const knowledge: Knowledge = { held: new Map<string, string>(), others: [] };
  for (let count = 0; count < REQUESTS_EACH && knowledge.others.length === 0; count += 1) {
    const [mine] = [...knowledge.held];
    const request = mine === undefined || random() < 0.4 ? reserve : pick(random, [move, cancel]);
    await request({ email, claims: gateway(), random, knowledge });
  }
  return knowledge;
}

interface Step {
  readonly email: string;
  readonly claims: Claims;
  readonly random: Random;
  readonly knowledge: Knowledge;
}

function newKey(random: Random): string {
  return random().toFixed(9).slice(2);
}

async function reserve({ email, claims, random, knowledge }: Step): Promise<void> {
  const { held } = knowledge;
  const items = ITEMS.filter((item) => !held.has(item) && random() < 0.4);
  const isAtomic = random() < 0.5;
  const once =
    random() < 0.5 ? { id: newKey(random), fingerprint: 'f', expiresAtMs: Number.MAX_SAFE_INTEGER } : undefined;
  const request = { email, items, holdMs: null, once, requestId: REQUEST };
  const before = [...held.keys()];
  try {
    const { reserver } = claims.items;
    const { reserved, refused } = await (isAtomic ? reserver.reserveAll(request) : reserver.reserveEach(request));
    if (isAtomic) expect([0, items.length]).toContain(reserved.length);
    for (const { id, item } of reserved) held.set(item, id);
    const unknown = refused.filter(({ reason }) => reason === 'UNKNOWN').map(({ item }) => item);
    if (unknown.length > 0) knowledge.others = subsetsOf(unknown).map((more) => [...held.keys(), ...more].toSorted());
  } catch (error) {
    if (!isOutcomeUnknown(error)) return;
    const possible = isAtomic ? [items] : subsetsOf(items);
    knowledge.others = [[], ...possible].map((more) => [...before, ...more].toSorted());
  }
}

async function move({ claims, random, knowledge }: Step): Promise<void> {
  const { held } = knowledge;
  const once = random() < 0.5 ? { key: newKey(random), fingerprint: 'f' } : undefined;
  const [item, id] = pick(random, [...held]);
  const target = pick(
    random,
    ITEMS.filter((candidate) => candidate !== item),
  );
  const moved = [...held.keys()]
    .filter((other) => other !== item)
    .concat(target)
    .toSorted();
  try {
    const outcome = await claims.items.changer.change(id, { item: target }, REQUEST, once);
    expect(['changed', 'taken', 'busy']).toContain(outcome.type);
    if (outcome.type !== 'changed') return;
    held.delete(item);
    held.set(target, outcome.reservation.id);
  } catch (error) {
    if (isOutcomeUnknown(error)) knowledge.others = [moved];
  }
}

async function cancel({ claims, random, knowledge }: Step): Promise<void> {
  const { held } = knowledge;
  const [item, id] = pick(random, [...held]);
  try {
    const outcome = await claims.items.changer.cancel(id, REQUEST);
    expect(['cancelled', 'busy']).toContain(outcome);
    if (outcome === 'cancelled') held.delete(item);
  } catch (error) {
    if (isOutcomeUnknown(error)) knowledge.others = [[...held.keys()].filter((other) => other !== item).toSorted()];
  }
}

/** Anything else that is thrown, but for what says that nothing was changed, is a bug. */
function isOutcomeUnknown(error: unknown): boolean {
  if (error instanceof CrashedError || error instanceof ReservationsUnknownError) return true;
  if (error instanceof StoreError) return error.code === 'OUTCOME_UNKNOWN';
  throw error;
}

function subsetsOf(items: readonly string[]): readonly (readonly string[])[] {
  return items.reduce<readonly (readonly string[])[]>(
    (subsets, item) => [...subsets, ...subsets.map((subset) => [...subset, item])],
    [[]],
  );
}

async function expectAllCanBeHad({ librarian, pass, reservations }: Library): Promise<void> {
  const { byItem } = await reservations(PEOPLE);
  for (const { id } of byItem) expect(await pass(librarian.items.changer.cancel(id, REQUEST))).toBe('cancelled');
  const request = {
    email: 'eve@example.com',
    items: ITEMS,
    holdMs: null,
    once: undefined,
    requestId: REQUEST,
  };
  expect((await pass(librarian.items.reserver.reserveAll(request))).reserved).toHaveLength(ITEMS.length);
}
