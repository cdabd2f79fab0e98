/*
 * What the shop shows, as the address has it: `#/shop?search=juice&page=2&user=ann@example.com&also=ben@example.com`.
 */
import { pageNumber } from '../paging/page-number.ts';
import { parseEmail, personIn } from '../people/person.ts';

/** What the shop shows. */
export interface ShopState {
  readonly search: string;
  readonly page: number;
  readonly user: string;
  /** Who shops beside the first; undefined when nobody does. */
  readonly also: string | undefined;
}

/** Reads the query of the address; what makes no sense in it is left out. */
export function shopState(query: Readonly<Record<string, string>>): ShopState {
  const user = personIn(query['user']);
  const also = parseEmail(query['also']);
  return {
    search: (query['search'] ?? '').trim().slice(0, 200),
    page: pageNumber(query['page']),
    user,
    also: also === user ? undefined : also,
  };
}

/** Somebody to shop beside this one. */
export function anybodyBut(user: string): string {
  return user === 'ben@example.org' ? 'ann@example.com' : 'ben@example.org';
}
