/*
 * The sample catalogue: books that nobody wrote, made from words by a seed. The same on every machine, so that
 * seeding again finds the same books.
 */
import type { Random } from '@trolley/cluster';
import { GENRES, GIVEN_NAMES, PUBLISHERS, SURNAME_HALVES, type GenreWords } from './book-words.ts';
import type { SampleItem } from './sample-item.ts';
import { seededRandom } from './seeded-random.ts';

const CATALOGUE_SEED = 1_210;
const BOOKS = 1_200;
const AUTHORS = 240;
const FIRST_YEAR = 1931;
const LAST_YEAR = 2025;

interface Author {
  readonly name: string;
  readonly genre: GenreWords;
  /** Years in which the author's books came out. */
  readonly from: number;
  readonly to: number;
}

/** The catalogue: 1,200 books with ids from `book-0001` on, no two of the same title and author. */
export function sampleBooks(): readonly SampleItem[] {
  const random = seededRandom(CATALOGUE_SEED);
  const authors = makeAuthors(random);
  const seen = new Set<string>();
  const books: SampleItem[] = [];
  while (books.length < BOOKS) {
    const author = pick(random, authors);
    const title = makeTitle(random, author.genre);
    const work = `${title}\n${author.name}`;
    if (seen.has(work)) continue;
    seen.add(work);
    books.push({
      id: `book-${String(books.length + 1).padStart(4, '0')}`,
      kind: 'book',
      details: {
        title,
        author: author.name,
        genre: author.genre.genre,
        year: between(random, author.from, author.to),
        publisher: pick(random, PUBLISHERS),
      },
    });
  }
  return books;
}

function makeAuthors(random: Random): readonly Author[] {
  const authors = new Map<string, Author>();
  while (authors.size < AUTHORS) {
    const surname = pick(random, SURNAME_HALVES.first) + pick(random, SURNAME_HALVES.second);
    const name = `${pick(random, GIVEN_NAMES)} ${surname}`;
    const from = between(random, FIRST_YEAR, LAST_YEAR - 5);
    const to = Math.min(LAST_YEAR, from + between(random, 5, 40));
    authors.set(name, { name, genre: pick(random, GENRES), from, to });
  }
  return [...authors.values()];
}

function makeTitle(random: Random, { patterns, adjectives, nouns, matters }: GenreWords): string {
  const noun = pick(random, nouns);
  const other = pick(
    random,
    nouns.filter((each) => each !== noun),
  );
  const filled = pick(random, patterns)
    .replaceAll('{adjective}', pick(random, adjectives))
    .replaceAll('{noun}', noun)
    .replaceAll('{other}', other)
    .replaceAll('{of}', pick(random, matters));
  return capitalised(filled.replaceAll(/\bA (?=[AEIOU])/g, 'An '));
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function pick<T>(random: Random, choices: readonly T[]): T {
  const chosen = choices[Math.floor(random() * choices.length)];
  if (chosen === undefined) throw new RangeError('there is nothing to pick from');
  return chosen;
}

/** A whole number, both bounds included. */
function between(random: Random, low: number, high: number): number {
  return low + Math.floor(random() * (high - low + 1));
}
