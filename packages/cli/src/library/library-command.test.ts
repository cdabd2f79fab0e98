import { expect, test } from 'vitest';
import { runCommand, type Ran } from '../testing/run-command.ts';
import { createSampleGateway } from '../testing/sample-gateway.ts';

const ANN = 'ann@example.com';

function library(fake: ReturnType<typeof createSampleGateway>, ...words: string[]): Promise<Ran> {
  return runCommand(['library', ...words], { fetch: fake.fetch, environment: { TROLLEY_EMAIL: ANN } });
}

/** The first columns of the lines. */
function ids({ out }: Ran, column = 1): (string | undefined)[] {
  return out
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t')[column]);
}

test('list shows the books with their details and whether they are available', async () => {
  const fake = createSampleGateway();
  fake.items.take('book-1', 'ben@example.com');
  fake.items.take('book-3', ANN);
  const { code, out, error } = await library(fake, 'list');
  expect({ code, error }).toEqual({ code: 0, error: '' });
  expect(out.split('\n').slice(0, 3)).toEqual([
    'book\tbook-1\tNine Tides\tAda Hazelmere\tNovel\t1987\tWren Hall\treserved',
    'book\tbook-2\tThe Locked Ledger\tBruno Émberfall\tNovel\t2001\tWren Hall\tavailable',
    'book\tbook-3\tLedger of Rain\tAda Hazelmere\tNovel\t2013\tWren Hall\tyours',
  ]);
});

test('list narrows down: available, taken, words anywhere, in the title, in the author', async () => {
  const fake = createSampleGateway();
  fake.items.take('book-2', ANN);
  expect(ids(await library(fake, 'list', '--available'))).toEqual(['book-1', 'book-3', 'book-4', 'book-5']);
  expect(ids(await library(fake, 'list', '--taken'))).toEqual(['book-2']);
  expect(ids(await library(fake, 'list', '--search', 'ledger'))).toEqual(['book-2', 'book-3', 'book-4']);
  expect(ids(await library(fake, 'list', '--title', 'LEDGER'))).toEqual(['book-2', 'book-3']);
  expect(ids(await library(fake, 'list', '--author', 'ledger'))).toEqual(['book-4']);
  expect(ids(await library(fake, 'list', '--search', 'ledger', '--available', '--limit', '1'))).toEqual(['book-3']);
  const none = await library(fake, 'list', '--search', 'no such words');
  expect(none).toEqual({ code: 0, out: '', error: '' });
});

test('a listing goes through all pages, and a screen gets the first 50 books', async () => {
  const fake = createSampleGateway();
  for (let number = 100; number < 350; number += 1) {
    fake.items.items.set(`book-${number}`, { kind: 'book', details: { title: `T${number}` }, holder: null });
  }
  expect(JSON.parse((await library(fake, 'list', '--json')).out)).toHaveLength(255);
  const screen = await runCommand(['library', 'list'], { fetch: fake.fetch, isTTY: true });
  expect(screen.out).toContain('The first 50 books; there are more.');
});

test('reserve tells what became of each book and how many it really were; fails unless all', async () => {
  const fake = createSampleGateway();
  fake.items.take('book-2', 'ben@example.com');
  const { code, out, error } = await library(fake, 'reserve', 'book-1', 'book-2', 'book-9', 'book-1');
  expect(code).toBe(1);
  expect(out).toMatch(/^outcome\tbook-1\treserved\tbook-1~\w+$/m);
  expect(out).toContain('outcome\tbook-2\trefused\tsomebody else has it\n');
  expect(out).toContain('outcome\tbook-9\trefused\tthere is no such item\n');
  expect(out).toContain('total\t1\t3\n');
  expect(error).toContain('2 of 3 books not reserved.');
  expect(fake.items.items.get('book-1')?.holder?.email).toBe(ANN);

  const all = await library(fake, 'reserve', 'book-3', '--json');
  expect(all.code).toBe(0);
  expect(JSON.parse(all.out)).toMatchObject({ wanted: 1, reserved: [{ item: 'book-3', email: ANN }], refused: [] });
});

test('many books are reserved in parts, with progress on a screen, and all are accounted for', async () => {
  const fake = createSampleGateway();
  const seats = [...fake.items.items.keys()].filter((id) => id.startsWith('seat'));
  const { code, out, error } = await runCommand(['library', 'reserve', ...seats, '--email', ANN], {
    fetch: fake.fetch,
    isTTY: true,
  });
  expect(code).toBe(0);
  expect(out).toContain('Reserved 120 of 120 books.');
  expect(error).toContain('Reserving 120 of 120');
  expect(fake.mostAtOnce).toBeLessThanOrEqual(4);
});

test('an id that no item can have does not spoil the others; spelling does not matter', async () => {
  const fake = createSampleGateway();
  const { code, out } = await library(fake, 'reserve', '../etc', 'BOOK-1', 'book-1');
  expect(code).toBe(1);
  expect(out).toContain('total\t1\t2\n');
  expect(out).toContain('outcome\t../etc\trefused\tthere is no such item\n');
});

test('what a gateway does not say is told as not known, with exit code 1', async () => {
  const fake = createSampleGateway();
  const lost: typeof fetch = (input, init) =>
    init?.method === 'PATCH' || (typeof input === 'string' && input.includes('/reservations/'))
      ? Promise.resolve(Response.json({ code: 'OUTCOME_UNKNOWN', detail: 'no majority' }, { status: 503 }))
      : fake.fetch(input, init);
  fake.items.take('book-2', ANN);
  const changed = await runCommand(['library', 'change', 'book-2', '--to-book', 'book-1'], { fetch: lost });
  expect(changed.code).toBe(1);
  expect(changed.error).toContain('It is not known whether the reservation was changed: no majority (503)');
});

test('all or none takes none of them while one is taken', async () => {
  const fake = createSampleGateway();
  fake.items.take('book-2', 'ben@example.com');
  const { code, out } = await library(fake, 'reserve', '--all-or-none', 'book-1', 'book-2');
  expect(code).toBe(1);
  expect(out).toContain('total\t0\t2\n');
  expect(out).toContain('outcome\tbook-1\trefused\tfree, and left so, as not all were\n');
  expect(fake.items.items.get('book-1')?.holder).toBeNull();
});

test.each([true, false])('a claim answered with 503 (applied: %s) is repeated and counts once', async (applied) => {
  const fake = createSampleGateway();
  fake.trouble = { left: 2, applied };
  const claimed: string[] = [];
  fake.items.onClaim = (item) => claimed.push(item);
  const { code, out } = await library(fake, 'reserve', 'book-1');
  expect(code).toBe(0);
  expect(out).toContain('total\t1\t1\n');
  expect(claimed).toEqual(['book-1']);
});

test('where the gateway does not know how a claim ended, the reservation is asked about', async () => {
  const fake = createSampleGateway();
  fake.items.undecided.add('book-1');
  const { code, out } = await library(fake, 'reserve', 'book-1', 'book-3');
  expect(code).toBe(0);
  expect(out).toContain('total\t2\t2\n');
});

test('reservations are seen, changed to another book or person, and cancelled', async () => {
  const fake = createSampleGateway();
  const holder = (id: string) => fake.items.items.get(id)?.holder?.email;
  await library(fake, 'reserve', 'book-1', 'book-2');
  fake.items.take('seat.nine-clocks.r01.s01', ANN);
  expect(ids(await library(fake, 'reservations'))).toEqual(['book-1', 'book-2']);
  expect((await library(fake, 'reservations', '--email', 'eve@example.com')).out).toBe('');
  const changed = await library(fake, 'change', 'book-1', '--to-book', 'book-5');
  expect(changed).toMatchObject({ code: 0, error: '' });
  expect(changed.out).toMatch(/^changed\tbook-5\tann@example.com\tbook-5~/);
  expect([holder('book-1'), holder('book-5')]).toEqual([undefined, ANN]);
  await library(fake, 'change', 'book-5', '--to-email', 'Ben@Example.com');
  expect(holder('book-5')).toBe('ben@example.com');
  expect((await library(fake, 'who', 'book-5', 'book-1')).out).toBe(
    'whose\tbook-5\tGoodnight, Goose\tben@example.com\t2026-05-04 10:20\nwhose\tbook-1\tNine Tides\tnobody\t-\n',
  );
  const everybody = await library(fake, 'reservations', '--everybody');
  expect(ids(everybody, 3)).toEqual([ANN, 'ben@example.com']);

  const reservation = fake.items.items.get('book-2')?.holder?.reservation ?? '';
  const cancelled = await library(fake, 'cancel', reservation, 'book-5', 'book-4');
  expect(cancelled.code).toBe(1);
  expect(cancelled.out).toContain('total\t2\t3\n');
  expect(cancelled.error).toContain('1 of 3 reservations not cancelled.');
  expect([holder('book-2'), holder('book-5')]).toEqual([undefined, undefined]);
});

test('a hold says until when, and lasts once it is confirmed', async () => {
  const fake = createSampleGateway();
  await library(fake, 'reserve', 'book-1', '--hold', '600');
  expect(ids(await library(fake, 'reservations'), 5)).toEqual(['2026-05-04 11:00']);
  const confirmed = await library(fake, 'confirm', 'book-1', 'book-2');
  expect(confirmed.out).toContain('outcome\tbook-1\tconfirmed\t\n');
  expect(confirmed.out).toContain('total\t1\t2\n');
  expect(confirmed.code).toBe(1);
  expect(ids(await library(fake, 'reservations'), 5)).toEqual(['-']);
});

test('a change to a book that somebody has is refused in words of the gateway, and changes nothing', async () => {
  const fake = createSampleGateway();
  fake.items.take('book-2', 'ben@example.com');
  await library(fake, 'reserve', 'book-1');
  const { code, error } = await library(fake, 'change', 'book-1', '--to-book', 'book-2');
  expect(code).toBe(1);
  expect(error).toContain('Somebody else has it. (409)');
  expect(fake.items.items.get('book-1')?.holder?.email).toBe(ANN);
});

test('books are added and removed; one that somebody has stays', async () => {
  const fake = createSampleGateway();
  const added = await library(
    fake,
    'add',
    '--title',
    'Tides',
    '--author',
    'Ada Reed',
    '--year',
    '1987',
    '--id',
    'tides',
  );
  expect(added).toEqual({ code: 0, out: 'added\ttides\tTides, by Ada Reed\n', error: '' });
  expect(fake.items.items.get('tides')?.details).toEqual({ title: 'Tides', author: 'Ada Reed', year: 1987 });
  expect((await library(fake, 'add', '--title', 'Tides', '--id', 'tides')).error).toContain('tides already');
  expect((await library(fake, 'add', '--title', 'Tides')).out).toMatch(/^added\tmade-up-\d+\tTides\n$/);
  fake.items.take('book-1', 'ben@example.com');
  const removed = await library(fake, 'remove', 'tides', 'book-1', 'book-9');
  expect(removed.code).toBe(1);
  expect(removed.out).toContain('outcome\ttides\tremoved\t\n');
  expect(removed.out).toContain('outcome\tbook-1\tnot removed\tsomebody has it\n');
  expect(removed.out).toContain('total\t1\t3\n');
  expect(fake.items.items.has('tides')).toBe(false);
});

test.each([
  [['library'], 'Usage: trolley library'],
  [['library', 'lend'], 'too many arguments'],
  [['library', 'reserve'], "missing required argument 'books'"],
  [['library', 'reserve', 'book-1'], '--email ann@example.com'],
  [['library', 'reserve', 'book-1', '--email', 'ann'], 'is not an e-mail address'],
  [['library', 'reserve', 'book-1', '--hold', '0'], 'from 1 to 86400'],
  [['library', 'list', '--available', '--taken'], 'cannot be used with'],
  [['library', 'list', '--limit', '-1'], 'whole number'],
  [['library', 'change', 'book-1'], 'Change it to what?'],
  [['library', 'add'], "required option '--title"],
  [['library', 'reservations'], 'For whom?'],
  [['theatre', 'plan'], "missing required argument 'play'"],
  [['theatre', 'book', 'nine-clocks', 'M1', '--email', 'a@b.ch'], 'has no seat "M1"'],
  [['unreserve'], 'Say --all'],
  [['unreserve', '--all'], 'Add --yes'],
])('%j is wrong usage: exit code 2 and %s', async (words, expected) => {
  const fake = createSampleGateway();
  fake.items.take('book-5', ANN);
  const { code, out, error } = await runCommand(words, { fetch: fake.fetch });
  expect(error).toContain(expected);
  expect(out).toBe('');
  expect(code).toBe(2);
});
