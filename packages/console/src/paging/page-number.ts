/*
 * The number of a page as the address has it.
 */

/** Far more than anybody turns; each page before it may have to be read. */
const PAGE_MAX = 10_000;

/** A page's number, from 1; 1 for what is none. */
export function pageNumber(text: string | undefined): number {
  return /^[1-9]\d{0,5}$/.test(text ?? '') ? Math.min(Number(text), PAGE_MAX) : 1;
}

/** How the address has it: the first page is not mentioned. */
export function pageText(number: number): string | undefined {
  return number === 1 ? undefined : String(number);
}
