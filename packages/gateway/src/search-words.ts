/*
 * What a search for words finds: texts that hold each of them, whatever the case and the accents. Pure.
 */

/** Longest search. */
export const SEARCH_LENGTH_MAX = 200;

/** The words of a text, without case and accents. */
export function searchWords(text: string): readonly string[] {
  return plain(text)
    .split(/\s+/)
    .filter((word) => word !== '');
}

/** Whether each of the words, which are as `searchWords` gives them, stands in one of the texts. */
export function haveWords(texts: readonly string[], words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const plainTexts = texts.map(plain);
  return words.every((word) => plainTexts.some((text) => text.includes(word)));
}

function plain(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase().normalize('NFC');
}
