/*
 * The plays of the theatre, as its seats tell of them.
 */
import { CommandFailure } from '../failure.ts';
import { detailOf, type Item } from '../items/item-answers.ts';
import type { ItemsClient } from '../items/items-client.ts';
import { printable } from '../printable.ts';
import { cell, type TableContents } from '../table.ts';
import { parseSeatId, seatIdPrefix, type Place } from '../items/seat.ts';

export const SEAT_KIND = 'seat';

/** A seat and the item that stands for it. */
export interface Seat {
  readonly place: Place;
  readonly item: Item;
}

export interface Play {
  /** Stands in the ids of its seats. */
  readonly slug: string;
  readonly title: string;
  readonly room: string;
  /** By row and seat. */
  readonly seats: readonly Seat[];
}

/** All plays, by slug. @throws CommandFailure when there is none */
export async function findPlays(client: ItemsClient): Promise<readonly Play[]> {
  const plays = await playsOf(client.list({ kind: SEAT_KIND }));
  if (plays.length > 0) return plays;
  throw new CommandFailure('There are no plays.', '`trolley seed theatre` puts six on.');
}

/** The play that is meant by its slug or its title. @throws CommandFailure when there is none */
export async function findPlay(client: ItemsClient, name: string): Promise<Play> {
  const slug = name.trim().toLowerCase();
  if (/^[a-z0-9_-]+$/.test(slug)) {
    const [bySlug] = await playsOf(client.list({ kind: SEAT_KIND, text: seatIdPrefix(slug) }), slug);
    if (bySlug !== undefined) return bySlug;
  }
  const plays = await findPlays(client);
  const byTitle = plays.find((play) => play.title.toLowerCase() === slug);
  if (byTitle !== undefined) return byTitle;
  const slugs = plays.map((play) => play.slug).join(', ');
  throw new CommandFailure(`There is no play "${printable(name)}".`, `The plays are ${printable(slugs)}.`);
}

async function playsOf(items: AsyncIterable<Item>, only?: string): Promise<readonly Play[]> {
  const plays = new Map<string, { slug: string; title: string; room: string; seats: Seat[] }>();
  for await (const item of items) {
    const named = parseSeatId(item.id);
    if (named === undefined || (only !== undefined && named.play !== only)) continue;
    const slug = named.play;
    const play = plays.get(slug) ?? {
      slug,
      title: detailOf(item, 'play') || slug,
      room: detailOf(item, 'room') || '-',
      seats: [],
    };
    play.seats.push({ place: named.place, item });
    plays.set(slug, play);
  }
  return [...plays.values()];
}

/** How many of a play's seats are free. */
export function freeSeats({ seats }: Play): number {
  return seats.filter(({ item }) => item.holder === null).length;
}

/** The plays as a table. */
export function playsTable(plays: readonly Play[]): TableContents {
  return {
    kind: 'play',
    headings: ['Play', 'Title', 'Room', 'Free', 'Seats'],
    rows: plays.map((play) => [
      cell(play.slug, 'strong'),
      cell(play.title),
      cell(play.room),
      cell(freeSeats(play), freeSeats(play) > 0 ? 'good' : 'bad'),
      cell(play.seats.length),
    ]),
  };
}
