import { expect, test } from 'vitest';
import { createFakeGateway } from './testing/fake-gateway.ts';
import { runCommand, type Ran } from './testing/run-command.ts';
import { createSampleGateway } from './testing/sample-gateway.ts';
import { BACK, scriptedPerson, type Answer } from './testing/scripted-person.ts';

const ANN = 'ann@example.com';

interface Turns extends Ran {
  readonly asked: readonly string[];
}

async function turns(
  command: 'library' | 'theatre',
  fake: ReturnType<typeof createFakeGateway>,
  /** Each turn is a choice of the menu and the answers that it asks for. */
  answers: readonly (readonly Answer[])[],
): Promise<Turns> {
  const person = scriptedPerson(answers.flat());
  const environment = { NO_COLOR: '1' };
  const ran = await runCommand([command], { fetch: fake.fetch, isTTY: true, prompter: person, environment });
  return { ...ran, asked: person.asked };
}

test('library: who you are is asked once, until it is an e-mail address', async () => {
  const { code, asked } = await turns('library', createSampleGateway(), [['ann'], ['Ann@Example.com'], ['Leave']]);
  expect(code).toBe(0);
  expect(asked).toEqual(['Who are you?', 'refused: ann', 'Who are you?', 'The library']);
});

test('library: a person reserves, changes, gives away and cancels, and the menu comes back each time', async () => {
  const fake = createSampleGateway();
  const holder = (id: string) => fake.items.items.get(id)?.holder?.email;
  const { code, out, error, asked } = await turns('library', fake, [
    [ANN],
    ['Reserve books', 'ledger', ['book-2', 'book-3']],
    ['My reservations'],
    ['Change a reservation to another book', 'The Locked Ledger', 'nine', 'book-1'],
    ['Give a reservation to somebody else', 'Ledger of Rain', 'ben@example.com'],
    ['Leave'],
  ]);
  expect({ code, error: error.includes('error:') }).toEqual({ code: 0, error: false });
  expect(out).toContain('Reserved 2 of 2 books.');
  expect(out).toContain('2 reservations.');
  expect([holder('book-1'), holder('book-2'), holder('book-3')]).toEqual([ANN, undefined, 'ben@example.com']);
  expect(asked.filter((question) => question === 'The library')).toHaveLength(5);
  const id = fake.items.items.get('book-1')?.holder?.reservation ?? '';
  const cancelled = await turns('library', fake, [[ANN], ['Cancel reservations', [id]], ['Leave']]);
  expect(cancelled.out).toContain('Cancelled 1 of 1 reservation.');
  expect(holder('book-1')).toBeUndefined();
});

test('library: books are found, added, looked up and removed', async () => {
  const fake = createSampleGateway();
  const { out, error } = await turns('library', fake, [
    [ANN],
    ['Find books', 'hazelmere'],
    ['Add a book', 'Tides', 'Ada Reed', '', '19x', '1987', ''],
    ['Find books that are available', 'tides'],
    ['Whose is a book?', 'goose', ['book-5']],
    ['Remove books', 'goose', ['book-5'], true],
  ]);
  expect(error).not.toContain('error:');
  expect(out).toContain('2 books.');
  expect(out).toMatch(/Added made-up-\d+: Tides, by Ada Reed\./);
  expect(out).toContain('nobody');
  expect(fake.items.items.has('book-5')).toBe(false);
});

test('what cannot be done is told, and the menu goes on', async () => {
  const fake = createSampleGateway();
  const { code, error, asked } = await turns('library', fake, [
    [ANN],
    ['Cancel reservations'],
    ['My reservations'],
    ['Leave'],
  ]);
  expect(code).toBe(0);
  expect(error).toContain('error: There are no reservations.');
  expect(asked.filter((question) => question === 'The library')).toHaveLength(3);
});

test('a book that somebody takes meanwhile is refused, and the number is that of those really reserved', async () => {
  const fake = createSampleGateway();
  fake.items.onClaim = (id) => {
    if (id === 'book-2' && fake.items.items.get(id)?.holder === null) fake.items.take(id, 'ben@example.com');
  };
  const { out } = await turns('library', fake, [[ANN], ['Reserve books', 'ledger', ['book-2', 'book-3']], ['Leave']]);
  expect(out).toContain('Reserved 1 of 2 books.');
});

test.each([0, 1, 2, 3])('going back after %i answers does nothing but go back', async (count) => {
  const fake = createSampleGateway();
  const answers = ['Book seats', 'nine-clocks', 'C7 C8', false].slice(0, count + 1);
  const { code } = await turns('theatre', fake, [[ANN], [...answers.slice(0, count), BACK], ['Leave']]);
  expect(code).toBe(0);
  expect([...fake.items.items.values()].every((item) => item.holder === null)).toBe(true);
});

test('theatre: the plan is seen, seats are booked at once, changed and cancelled', async () => {
  const fake = createSampleGateway();
  const { code, out, error, asked } = await turns('theatre', fake, [
    [ANN],
    ['What is on'],
    ["See a room's plan", 'nine-clocks'],
    ['Book seats', 'nine-clocks', 'C7, C99', 'C7, C8', true],
    ['Change a seat', 'C8, Nine Clocks', 'A1'],
    ['My seats'],
    ['Whose is which seat?', 'nine-clocks'],
    ['Leave'],
  ]);
  expect({ code, error: error.includes('error:') }).toEqual({ code: 0, error: false });
  expect(asked).toContain('refused: C7, C99');
  expect(out).toContain('Reserved 2 of 2 seats.');
  expect(out).toContain('2 reservations.');
  expect(out.match(/S T A G E/g)).toHaveLength(5);
  const held = [...fake.items.items].filter(([, item]) => item.holder !== null).map(([id]) => id);
  expect(held).toEqual(['seat.nine-clocks.r01.s01', 'seat.nine-clocks.r03.s07']);
});

test('where nothing is on, the menu says how to change that', async () => {
  const { error } = await turns('theatre', createFakeGateway(), [[ANN], ['What is on'], ['Leave']]);
  expect(error).toContain('trolley seed theatre');
  const library = await turns('library', createFakeGateway(), [[ANN], ['Find books', ''], ['Leave']]);
  expect(library.out).toContain('trolley seed library');
});
