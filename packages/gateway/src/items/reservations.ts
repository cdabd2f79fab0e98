/*
 * Finding reservations: one by its id, or a person's. A person's list only leads to items; what is shown is what the
 * items say. Entries that lead nowhere are taken off the list in the background, once they have had time to be made
 * true.
 */
import type { Clock } from '@trolley/cluster';
import type { Background } from '../background.ts';
import { ENTRY_UNCONFIRMED_MAX_MS, type PersonEntry, type PersonLists } from '../lists/person-lists.ts';
import { mapParallel } from '../parallel.ts';
import { parseReservationId } from './item-ids.ts';
import type { ItemRegisters } from './item-registers.ts';
import type { Holder } from './item.ts';
import { reservationOf, type Reservation } from './reservation.ts';

/** What finding works with. */
export interface ReservationsDependencies {
  readonly items: ItemRegisters;
  readonly persons: PersonLists;
  readonly background: Background;
  readonly clock: Clock;
}

/** Finds reservations. */
export class Reservations {
  readonly #dependencies: ReservationsDependencies;

  constructor(dependencies: ReservationsDependencies) {
    this.#dependencies = dependencies;
  }

  /** The reservation; undefined only when it is not there, nor will be by anything that was under way. @throws StoreError */
  async find(id: string, requestId: string): Promise<Reservation | undefined> {
    const holder = await this.#dependencies.items.holderOf(id, requestId);
    return holder === undefined ? undefined : reservationOf(holder);
  }

  /** Who holds the item. @throws StoreError */
  async ofItem(item: string, requestId: string): Promise<readonly Reservation[]> {
    const found = await this.#dependencies.items.look(item, requestId);
    const holder = found?.item.holder ?? null;
    return holder === null ? [] : [reservationOf(holder)];
  }

  /** All that a person holds, newest first. @throws StoreError */
  async ofPerson(email: string, requestId: string): Promise<readonly Reservation[]> {
    const { persons } = this.#dependencies;
    const entries = await persons.read(email, 'reservation', requestId);
    const checked = await mapParallel(entries, async (entry) => {
      const holder = await this.#seenHolderOf(entry.id, requestId);
      return { entry, reservation: holder?.email === email ? reservationOf(holder) : undefined };
    });
    const unconfirmed = checked.filter(({ reservation }) => reservation === undefined).map(({ entry }) => entry);
    this.#cleanLater(email, unconfirmed, requestId);
    return checked.flatMap(({ reservation }) => reservation ?? []).toSorted(newestFirst);
  }

  /** Takes off a person's list, in the background, what leads nowhere. */
  cleanList(email: string, requestId: string): void {
    this.#dependencies.background.run(`check the list of ${email}`, () => this.ofPerson(email, requestId));
  }

  /** Without settling what is under way: a listing shows what was so at some moment. */
  async #seenHolderOf(reservation: string, requestId: string): Promise<Holder | undefined> {
    const item = parseReservationId(reservation)?.item;
    const found = item === undefined ? undefined : await this.#dependencies.items.look(item, requestId);
    const holder = found?.item.holder ?? undefined;
    return holder?.reservation === reservation ? holder : undefined;
  }

  #cleanLater(email: string, unconfirmed: readonly PersonEntry[], requestId: string): void {
    const { background, clock, persons } = this.#dependencies;
    const latestSeconds = (clock.nowMs() - ENTRY_UNCONFIRMED_MAX_MS) / 1_000;
    const old = unconfirmed.filter(({ sinceSeconds }) => sinceSeconds <= latestSeconds);
    if (old.length === 0) return;
    background.run(`clean the list of ${email}`, async () => {
      const gone = await mapParallel(old, async (entry) => {
        // Settled: whatever was to make the entry true has done so by now, or never will.
        const holder = await this.#dependencies.items.holderOf(entry.id, requestId);
        return holder?.email === email ? [] : [entry];
      });
      await persons.remove(email, 'reservation', gone.flat(), requestId);
    });
  }
}

function newestFirst(a: Reservation, b: Reservation): number {
  if (a.sinceMs !== b.sinceMs) return b.sinceMs - a.sinceMs;
  return a.id < b.id ? -1 : 1;
}
