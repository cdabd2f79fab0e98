/*
 * Text fit for a person. Text from elsewhere (names, logs, answers) could move the cursor, change the
 * colours or break a line of tab-separated output.
 */

/** Replaces control characters, line ends and direction marks by a visible stand-in. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu, '\uFFFD');
}

/** A number of things, in the plural where that is due. */
export function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}

const SIZE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** A size in bytes, in the unit that reads best. */
export function sizeText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1_000 && unit < SIZE_UNITS.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${SIZE_UNITS[unit] ?? ''}`;
}
