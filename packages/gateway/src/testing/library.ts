/*
 * Items and reservations on registers and lists in memory, used by any number of gateways, of which some die. For
 * tests of what is left behind, and of how it is got over.
 */
import { createManualClock } from '@trolley/cluster/testing';
import { listOf, openKey, personKey } from '@trolley/records';
import { pino } from 'pino';
import { seededRandom } from '../../../../tests/support/seeded-random.ts';
import { createClaims, type Claims } from '../claims.ts';
import { bundleKey, itemKey } from '../items/item-ids.ts';
import { itemIn } from '../items/item.ts';
import type { Reservation } from '../items/reservation.ts';
import { OPEN_LISTS } from '../lists/open-work.ts';
import { mortal } from './crash.ts';
import { FakeRegisters } from './fake-registers.ts';
import { FakeStore } from './fake-store.ts';
import { whileTimePasses } from './pass-time.ts';

/** What stands beside all calls of these tests. */
const REQUEST = 'test';

/** A library of these items. */
export async function createLibrary(itemIds: readonly string[], seed: number) {
  const store = new FakeStore();
  const registers = new FakeRegisters();
  const clock = createManualClock();
  const random = seededRandom(seed);
  const logger = pino({ level: 'silent' });

  /** A gateway that dies after so many changes. */
  function openGateway(afterChanges = Infinity) {
    const world = mortal({ store, registers }, { afterChanges, random: seededRandom(seed + 1) });
    const claims = createClaims({ ...world, clock, random, logger, metrics: { openWorkSwept: () => {} } });
    return { ...claims, isDead: world.isDead };
  }
  const librarian = openGateway();
  for (const id of itemIds) await librarian.items.items.create({ id, kind: 'book', details: {} }, undefined, REQUEST);
  registers.delayTurns = () => Math.floor(random() * 4);

  const pass = <T>(work: Promise<T>): Promise<T> => whileTimePasses(clock, work);

  /** Each person's reservations as their lists and as the items tell them; they must not differ. */
  async function reservations(people: readonly string[], { items: parts }: Claims = librarian) {
    const byList = new Map<string, readonly Reservation[]>();
    for (const email of people) byList.set(email, await pass(parts.reservations.ofPerson(email, REQUEST)));
    const byItem = (await Promise.all(itemIds.map((id) => pass(parts.reservations.ofItem(id, REQUEST))))).flat();
    return { byList, byItem };
  }

  /** What is still to be settled: marks, bundles, and open work. */
  function leftOver(): readonly string[] {
    const marked = itemIds.filter((id) => (itemIn(registers.valueOf(itemKey(id)))?.holder?.mark ?? null) !== null);
    const bundles = [...registers.cells].filter(([key, { value }]) => key.startsWith(bundleKey('')) && value !== null);
    const open = Array.from({ length: OPEN_LISTS }, (_, shard) => entriesIn(openKey(shard)));
    return [...marked, ...bundles.map(([key]) => key), ...open.flat()];
  }

  function entriesIn(key: string): readonly string[] {
    const record = store.records.get(key);
    return record === undefined ? [] : [...listOf(record).keys()];
  }

  return {
    store,
    registers,
    clock,
    librarian,
    openGateway,
    pass,
    reservations,
    leftOver,
    listed: (email: string) => entriesIn(personKey(email)),
  };
}
