/*
 * What the theatre shows, as the address has it: `#/theatre?room=lighthouse&user=ann@example.com`.
 */
import { personIn } from '../people/person.ts';

/** What the theatre shows. */
export interface TheatreState {
  /** The play whose room is shown; undefined for all of them. */
  readonly room: string | undefined;
  readonly user: string;
}

/** Reads the query of the address; what makes no sense in it is left out. */
export function theatreState(query: Readonly<Record<string, string>>): TheatreState {
  const room = query['room'];
  const isName = /^[a-z0-9][a-z0-9_-]{0,79}$/.test(room ?? '');
  return { room: isName ? room : undefined, user: personIn(query['user']) };
}
