/*
 * `trolley library` and `trolley theatre` against a cluster of real processes: the data that `trolley seed` makes, what
 * only one person can get, and the numbers that are told beside what is really held, also while a node is killed.
 */
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launch, trolley, type Finished, type Launcher } from '../support/launcher.ts';

const TEST_TIMEOUT_MS = 120_000;
const ROWS = 'ABCDEFGHIJKL'.split('');

let folder: string;
let launcher: Launcher;
let url: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(await realpath(tmpdir()), 'trolley-library-'));
  launcher = launch(folder, ['--port', '0', '--no-seed']);
  url = await launcher.ready();
}, TEST_TIMEOUT_MS);

afterAll(async () => {
  if (launcher?.running()) await launcher.end('SIGTERM');
  await rm(folder, { recursive: true, force: true });
});

function run(...words: string[]): Promise<Finished> {
  return trolley(folder, words, url);
}

/** The lines of a kind, as their columns. */
function rows({ stdout }: Finished, kind: string): string[][] {
  const lines = stdout.split('\n').map((line) => line.split('\t'));
  return lines.filter(([first]) => first === kind);
}

test(
  'seeding makes 1,200 books and 720 seats, once',
  async () => {
    expect((await run('seed', 'library')).stdout).toBe('Seeded 1200 books.\n');
    expect((await run('seed', 'theatre')).stdout).toBe('Seeded 720 seats.\n');
    expect((await run('seed', 'theatre')).stdout).toContain('720 were there already');
    expect(rows(await run('library', 'list'), 'book')).toHaveLength(1_200);
    const plays = rows(await run('theatre', 'plays'), 'play');
    expect(plays.map((columns) => columns.slice(4))).toEqual(Array.from({ length: 6 }, () => ['120', '120']));
    const found = rows(await run('library', 'list', '--available', '--search', 'SHORT history salt'), 'book');
    expect(found.length).toBeGreaterThan(0);
    for (const columns of found) expect(columns.join(' ')).toMatch(/short history.*salt/i);
  },
  TEST_TIMEOUT_MS,
);

test(
  'two people who want the whole room share it without a seat sold twice, while a node is killed',
  async () => {
    const seats = ROWS.flatMap((row) => Array.from({ length: 10 }, (_, index) => `${row}${index + 1}`));
    const book = (email: string, wanted: readonly string[]) =>
      run('theatre', 'book', 'nine-clocks', ...wanted, '--email', email);
    const [ann, ben, killed] = await Promise.all([
      book('ann@example.com', seats),
      book('ben@example.com', seats.toReversed()),
      run('kill', 'node-2'),
    ]);
    expect(killed.code).toBe(0);
    const soldTo = (ran: Finished) =>
      rows(ran, 'outcome')
        .filter(([, , outcome]) => outcome === 'reserved')
        .map(([, item = '']) => item);
    expect([...soldTo(ann), ...soldTo(ben)].toSorted()).toHaveLength(120);
    expect(new Set([...soldTo(ann), ...soldTo(ben)]).size).toBe(120);
    for (const [email, sold] of [
      ['ann@example.com', soldTo(ann)],
      ['ben@example.com', soldTo(ben)],
    ] as const) {
      const listed = rows(await run('theatre', 'reservations', '--email', email), 'reservation');
      expect(listed.map(([, item = '']) => item).toSorted()).toEqual(sold.toSorted());
    }
    const plan = rows(await run('theatre', 'plan', 'nine-clocks', '--email', 'ann@example.com'), 'seat');
    expect(plan.filter(([, , state]) => state === 'yours')).toHaveLength(soldTo(ann).length);
    expect(plan.filter(([, , state]) => state === 'taken')).toHaveLength(soldTo(ben).length);
    expect((await run('restart', 'node-2')).code).toBe(0);
  },
  TEST_TIMEOUT_MS,
);

test(
  'books are reserved, changed, given away and cancelled',
  async () => {
    const ann = ['--email', 'ann@example.com'];
    expect((await run('library', 'reserve', 'book-0001', 'book-0002', ...ann)).stdout).toContain('total\t2\t2\n');
    const refused = await run('library', 'reserve', 'book-0002', 'book-0003', '--email', 'ben@example.com');
    expect(refused).toMatchObject({ code: 1, stdout: expect.stringContaining('total\t1\t2\n') });
    const taken = await run('library', 'change', 'book-0001', '--to-book', 'book-0003');
    expect(taken).toMatchObject({ code: 1, stderr: expect.stringContaining('(409)') });
    expect((await run('library', 'change', 'book-0001', '--to-book', 'book-0004')).code).toBe(0);
    expect((await run('library', 'change', 'book-0002', '--to-email', 'carl@example.com')).code).toBe(0);
    const whose = await run('library', 'who', 'book-0001', 'book-0002', 'book-0003', 'book-0004');
    const names = rows(whose, 'whose').map((columns) => columns[3]);
    expect(names).toEqual(['nobody', 'carl@example.com', 'ben@example.com', 'ann@example.com']);
    expect((await run('library', 'remove', 'book-0004')).stdout).toContain('somebody has it');
    expect((await run('library', 'cancel', 'book-0004')).stdout).toContain('total\t1\t1\n');
    expect((await run('library', 'remove', 'book-0004')).code).toBe(0);
    expect((await run('library', 'reserve', 'book-0005', '--hold', '600', ...ann)).code).toBe(0);
    const untilWhen = async () =>
      rows(await run('library', 'reservations', ...ann), 'reservation').map((row) => row[5]);
    expect(await untilWhen()).toEqual([expect.stringMatching(/^\d{4}-/)]);
    expect((await run('library', 'confirm', 'book-0005')).code).toBe(0);
    expect(await untilWhen()).toEqual(['-']);
  },
  TEST_TIMEOUT_MS,
);

test(
  'unreserve frees everything',
  async () => {
    expect((await run('unreserve', '--all')).code).toBe(2);
    expect(rows(await run('reservations'), 'reservation')).toHaveLength(123);
    expect((await run('unreserve', '--all', '--yes')).stdout).toContain('total\t123\t123\n');
    expect((await run('reservations')).stdout).toBe('');
  },
  TEST_TIMEOUT_MS,
);
