/*
 * The header Link: where a listing goes on.
 */

/** The cursor of the next page; undefined on the last. */
export function nextCursor(headers: Headers): string | undefined {
  const [, path] = /^<([^>]*)>; *rel="next"$/.exec(headers.get('link') ?? '') ?? [];
  return new URLSearchParams(path?.split('?')[1]).get('cursor') ?? undefined;
}
