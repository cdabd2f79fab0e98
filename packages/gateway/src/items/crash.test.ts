/*
 * A gateway dies after each of the changes that a request makes, in turn: whatever it leaves behind, lists and items
 * agree at once, and nothing hangs once ten seconds have passed.
 */
import type { Once } from '@trolley/records';
import { describe, expect, it } from 'vitest';
import type { Claims } from '../claims.ts';
import { CrashedError } from '../testing/crash.ts';
import { createLibrary } from '../testing/library.ts';
import type { Reservation } from './reservation.ts';

const ANN = 'ann@example.com';
const BOB = 'bob@example.com';
const PEOPLE = [ANN, BOB];
const ITEMS = ['a', 'b', 'c', 'd'];
const REQUEST = 'test';

/** No request makes more changes than this. */
const CHANGES_MAX = 60;

type Library = Awaited<ReturnType<typeof createLibrary>>;

/** A request, and what Ann may hold after it, as items. */
interface Scenario {
  readonly title: string;
  /** What she and Bob hold before. */
  readonly ann: readonly string[];
  readonly bob: readonly string[];
  readonly request: (claims: Claims, annHolds: readonly Reservation[]) => Promise<unknown>;
  /** What she holds when it was carried out, and when it came to nothing. */
  readonly after: readonly string[];
  readonly without: readonly string[];
  /** Whether it may also come to something in between. */
  readonly isPartial?: boolean;
  /** Whether Bob may hold it instead. */
  readonly bobAfter?: readonly string[];
}

const request = (items: readonly string[], more: { holdMs?: number; once?: Once } = {}) => ({
  email: ANN,
  items,
  holdMs: more.holdMs ?? null,
  once: more.once,
  requestId: REQUEST,
});

const ONCE: Once = { id: 'k', fingerprint: 'f', expiresAtMs: Number.MAX_SAFE_INTEGER };

const idOf = (reservations: readonly Reservation[], item: string): string =>
  reservations.find((reservation) => reservation.item === item)?.id ?? '';

const scenarios: readonly Scenario[] = [
  {
    title: 'reserving one item',
    ann: [],
    bob: [],
    request: ({ items }) => items.reserver.reserveEach(request(['a'])),
    after: ['a'],
    without: [],
  },
  {
    title: 'reserving several items',
    ann: [],
    bob: ['b'],
    request: ({ items }) => items.reserver.reserveEach(request(['a', 'b', 'c', 'd'])),
    after: ['a', 'c', 'd'],
    without: [],
    isPartial: true,
  },
  {
    title: 'reserving all or none',
    ann: [],
    bob: [],
    request: ({ items }) => items.reserver.reserveAll(request(['a', 'b', 'c'])),
    after: ['a', 'b', 'c'],
    without: [],
  },
  {
    title: 'reserving all or none under a key',
    ann: [],
    bob: [],
    request: ({ items }) => items.reserver.reserveAll(request(['a', 'b', 'c'], { once: ONCE })),
    after: ['a', 'b', 'c'],
    without: [],
  },
  {
    title: 'changing to another item',
    ann: ['b', 'd'],
    bob: [],
    request: ({ items }, held) => items.changer.change(idOf(held, 'b'), { item: 'a' }, REQUEST),
    after: ['a', 'd'],
    without: ['b', 'd'],
  },
  {
    title: 'changing to another item under a key',
    ann: ['b', 'd'],
    bob: [],
    request: ({ items }, held) =>
      items.changer.change(idOf(held, 'b'), { item: 'a' }, REQUEST, { key: 'k', fingerprint: 'f' }),
    after: ['a', 'd'],
    without: ['b', 'd'],
  },
  {
    title: 'changing to an item that is taken meanwhile',
    ann: ['a'],
    bob: ['b'],
    request: ({ items }, held) => items.changer.change(idOf(held, 'a'), { item: 'b' }, REQUEST),
    after: ['a'],
    without: ['a'],
  },
  {
    title: 'passing a reservation on',
    ann: ['a', 'b'],
    bob: ['c'],
    request: ({ items }, held) => items.changer.change(idOf(held, 'a'), { email: BOB }, REQUEST),
    after: ['b'],
    without: ['a', 'b'],
    bobAfter: ['a', 'c'],
  },
  {
    title: 'changing item and person at once',
    ann: ['a', 'b'],
    bob: [],
    request: ({ items }, held) => items.changer.change(idOf(held, 'a'), { item: 'c', email: BOB }, REQUEST),
    after: ['b'],
    without: ['a', 'b'],
    bobAfter: ['c'],
  },
  {
    title: 'cancelling',
    ann: ['a', 'b'],
    bob: [],
    request: ({ items }, held) => items.changer.cancel(idOf(held, 'a'), REQUEST),
    after: ['b'],
    without: ['a', 'b'],
  },
];

describe.each(scenarios)('a gateway that dies while $title', (scenario) => {
  it.each([1, 2, 3])(
    'I31, I32, I33, I34, I35: leaves nothing behind that a sweep does not settle (seed %i)',
    async (seed) => {
      await expectToRecover(scenario, seed, async ({ librarian, clock, pass }) => {
        clock.advance(70_000);
        await pass(librarian.sweeper.sweep());
      });
    },
  );

  it.each([4, 5])('I35: leaves no marks that whoever meets them does not settle (seed %i)', async (seed) => {
    await expectToRecover(scenario, seed, async ({ clock, reservations, leftOver }) => {
      clock.advance(10_000);
      await reservations(PEOPLE);
      expect(leftOver().filter((name) => ITEMS.includes(name))).toEqual([]);
    });
  });
});

/** Lets the gateway die after its first change, after its second, and so on, until it lives to the end. */
async function expectToRecover(
  scenario: Scenario,
  seed: number,
  recover: (library: Library) => Promise<void>,
): Promise<void> {
  for (let changes = 1; changes < CHANGES_MAX; changes += 1) {
    const library = await createLibrary(ITEMS, seed * 1_000 + changes);
    const outcome = await liveUntil(library, scenario, changes);
    await expectAgreement(library);
    await recover(library);
    await expectAgreement(library);
    await expectOneOf(library, scenario, outcome);
    await expectNothingHangs(library);
    if (outcome === 'lived') return;
  }
  throw new Error('the request makes too many changes');
}

async function liveUntil(
  library: Library,
  scenario: Scenario,
  changes: number,
): Promise<'lived' | 'answered' | 'died'> {
  const { librarian, openGateway, pass, reservations } = library;
  for (const [email, items] of [
    [ANN, scenario.ann],
    [BOB, scenario.bob],
  ] as const) {
    if (items.length > 0) await pass(librarian.items.reserver.reserveEach({ ...request(items), email }));
  }
  await librarian.background.idle();
  const { byList } = await reservations([ANN]);
  const gateway = openGateway(changes);
  let isAnswered = false;
  try {
    await pass(scenario.request(gateway, byList.get(ANN) ?? []));
    isAnswered = true;
    await pass(gateway.background.idle());
  } catch (error) {
    if (!(error instanceof CrashedError)) throw error;
  }
  await pass(gateway.stop());
  if (!gateway.isDead()) return 'lived';
  return isAnswered ? 'answered' : 'died';
}

async function expectAgreement({ reservations }: Library): Promise<void> {
  const { byList, byItem } = await reservations(PEOPLE);
  for (const email of PEOPLE) {
    const theirs = byItem.filter((reservation) => reservation.email === email);
    expect(byList.get(email)?.toSorted(byId)).toEqual(theirs.toSorted(byId));
  }
}

async function expectOneOf({ reservations }: Library, scenario: Scenario, outcome: string): Promise<void> {
  const { byList } = await reservations(PEOPLE);
  const [ann, bob] = PEOPLE.map((email) => (byList.get(email) ?? []).map(({ item }) => item).toSorted());
  const { after, without, isPartial, bobAfter } = scenario;
  const isDone = JSON.stringify(ann) === JSON.stringify(after);
  if (outcome !== 'died') {
    expect(ann).toEqual(after);
  } else if (isPartial === true) {
    expect(after).toEqual(expect.arrayContaining(ann ?? []));
  } else {
    expect([after, without]).toContainEqual(ann);
  }
  expect(bob).toEqual(isDone && bobAfter !== undefined ? bobAfter : scenario.bob);
}

/** Everything can be given up and had again, and the lists come to hold what is held and no more. */
async function expectNothingHangs(library: Library): Promise<void> {
  const { librarian, pass, reservations, leftOver, clock, listed } = library;
  clock.advance(70_000);
  await pass(librarian.sweeper.sweep());
  await pass(librarian.background.idle());
  expect(leftOver()).toEqual([]);

  const { byItem } = await reservations(PEOPLE);
  for (const { id } of byItem) expect(await pass(librarian.items.changer.cancel(id, REQUEST))).toBe('cancelled');
  const { reserved } = await pass(librarian.items.reserver.reserveEach({ ...request(ITEMS), email: BOB }));
  expect(reserved.map(({ item }) => item)).toEqual(ITEMS);
  clock.advance(700_000);
  await reservations(PEOPLE);
  await pass(librarian.background.idle());
  expect(listed(ANN)).toEqual([]);
  expect(listed(BOB)).toEqual(reserved.map(({ id }) => `reservation:${id}`).toSorted());
}

function byId(a: Reservation, b: Reservation): number {
  return a.id < b.id ? -1 : 1;
}
