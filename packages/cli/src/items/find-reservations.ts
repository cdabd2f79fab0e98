/*
 * Finds the reservations that somebody means: by their own ids, by the items they hold, or by person.
 */
import type { Reservation } from './item-answers.ts';
import type { ItemsClient } from './items-client.ts';

/** What one word led to. */
export interface MeantReservation {
  readonly word: string;
  readonly reservation: Reservation | undefined;
}

/** The reservation that each word means: the id of one, or of an item. @throws CommandFailure */
export async function meantReservations(
  client: ItemsClient,
  words: readonly string[],
): Promise<readonly MeantReservation[]> {
  const meant: MeantReservation[] = [];
  for (const word of new Set(words)) meant.push({ word, reservation: await meantReservation(client, word) });
  return meant;
}

/** Only the id of a reservation holds a `~`. */
async function meantReservation(client: ItemsClient, word: string): Promise<Reservation | undefined> {
  if (word.includes('~')) return client.reservation(word);
  const [held] = await client.reservations({ item: word });
  return held;
}
