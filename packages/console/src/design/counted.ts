/*
 * Numbers in sentences.
 */

/** A number and what it counts: `1 seat`, `2 seats`. */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}
