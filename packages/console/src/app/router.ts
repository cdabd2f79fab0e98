/*
 * The current route, kept in step with the browser's address.
 */
import { computed, signal } from '@preact/signals';
import { hrefOf, parseRoute, type PageName, type Route } from './route.ts';

const hash = signal(location.hash);

addEventListener('hashchange', () => (hash.value = location.hash));

/** Where one is. */
export const route = computed<Route>(() => parseRoute(hash.value));

/** Goes somewhere; `replace` leaves no step in the history, for what changes while one types. */
function go(page: PageName, query: Readonly<Record<string, string | undefined>>, how?: 'replace'): void {
  const href = hrefOf(page, query);
  if (href === location.hash) return;
  if (how === 'replace') history.replaceState(null, '', href);
  else history.pushState(null, '', href);
  hash.value = href;
}

/** Changes part of what the page shows and keeps the rest. */
export function showOnPage(changes: Readonly<Record<string, string | undefined>>, how?: 'replace'): void {
  const { page, query } = route.value;
  go(page, { ...query, ...changes }, how);
}
