/*
 * The one order of names: by UTF-16 code unit. Never by locale, which differs between machines and would
 * make equal records differ in their bytes.
 */

/** Orders two texts by code unit: negative, 0 or positive, as `Array.sort` takes it. */
export function byCodeUnit(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Orders entries by their first element; for entries whose names are distinct. */
export function byName(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return byCodeUnit(a[0], b[0]);
}
