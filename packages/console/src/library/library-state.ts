/*
 * What the library shows, as the address has it: `#/library?search=ledger&in=title&available=yes&page=2`.
 */
import { pageNumber } from '../paging/page-number.ts';
import { personIn } from '../people/person.ts';

/** Where the words of a search must stand. */
export const SEARCH_FIELDS = ['anywhere', 'title', 'author'] as const;
export type SearchField = (typeof SEARCH_FIELDS)[number];

/** What the library shows. */
export interface LibraryState {
  readonly search: string;
  readonly field: SearchField;
  readonly availableOnly: boolean;
  readonly page: number;
  readonly user: string;
  /** The reservation that is to become one of another book; undefined when none is. */
  readonly change: string | undefined;
  /** Whether books can be removed. */
  readonly keeper: boolean;
}

/** Reads the query of the address; what makes no sense in it is left out. */
export function libraryState(query: Readonly<Record<string, string>>): LibraryState {
  return {
    search: (query['search'] ?? '').trim().slice(0, 200),
    field: SEARCH_FIELDS.find((field) => field === query['in']) ?? 'anywhere',
    availableOnly: query['available'] === 'yes',
    page: pageNumber(query['page']),
    user: personIn(query['user']),
    change: query['change'],
    keeper: query['keeper'] === 'yes',
  };
}
