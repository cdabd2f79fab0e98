/*
 * Where in the console one is, as text in the address: `#/cluster?key=product:apple`. What a page shows is
 * in its route, so that it can be linked to and survives a reload.
 */

/** The pages, in the order of the navigation. */
export const PAGES = ['cluster', 'shop', 'library', 'theatre', 'stress'] as const;

/** A page's name. */
export type PageName = (typeof PAGES)[number];

/** A page and what it shows. */
export interface Route {
  readonly page: PageName;
  readonly query: Readonly<Record<string, string>>;
}

/** Reads the part of an address after the `#`; what it does not know leads to the first page. */
export function parseRoute(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#?\/?/, '').split(/\?(.*)/s);
  const page = PAGES.find((name) => name === path) ?? PAGES[0];
  return { page, query: Object.fromEntries(new URLSearchParams(search)) };
}

/** The address of a route, for links. Empty values are left out. */
export function hrefOf(page: PageName, query: Readonly<Record<string, string | undefined>> = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== undefined && value !== '') parameters.set(name, value);
  // Keys such as product:apple stay legible.
  const search = parameters.toString().replaceAll('%3A', ':').replaceAll('%40', '@');
  return search === '' ? `#/${page}` : `#/${page}?${search}`;
}
