import { PassThrough, Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { createPrompter } from './clack-prompter.ts';
import type { Prompter } from './prompter.ts';
import { eventually } from './testing/eventually.ts';

const ENTER = '\r';
const ESCAPE = '\u001B';
const DOWN = '\u001B[B';

/** A prompter, and a person who waits for the question to be shown before each key. */
function atTheKeyboard(): { prompter: Prompter; press: (question: string, keys: string[]) => Promise<void> } {
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined });
  let shown = '';
  const output = Object.assign(
    new Writable({
      write: (chunk, _, done) => {
        shown += String(chunk);
        done();
      },
    }),
    { isTTY: true, columns: 80, rows: 24 },
  );
  return {
    prompter: createPrompter(input, output),
    press: async (question, keys) => {
      await eventually(() => expect(shown).toContain(question));
      for (const key of keys) {
        const before = shown.length;
        input.write(key);
        await eventually(() => expect(shown.length).toBeGreaterThan(before));
      }
    },
  };
}

const fruit = [
  { value: 'a', label: 'Apple' },
  { value: 'p', label: 'Pear', hint: 'green' },
  { value: 'q', label: 'Quince' },
];

test('one is chosen with the arrows', async () => {
  const { prompter, press } = atTheKeyboard();
  const answer = prompter.choose('Which?', fruit);
  await press('Which?', [DOWN, ENTER]);
  expect(await answer).toBe('p');
});

test('some are found by typing and marked', async () => {
  const { prompter, press } = atTheKeyboard();
  const answer = prompter.chooseSome('Which?', fruit);
  await press('Which?', ['qui', '\t', ENTER]);
  expect(await answer).toEqual(['q']);
});

test('a text is asked for until nothing is wrong with it', async () => {
  const { prompter, press } = atTheKeyboard();
  const answer = prompter.ask('Who?', { problemWith: (text) => (text.includes('@') ? undefined : 'No @ in it.') });
  await press('Who?', ['ann', ENTER]);
  await press('No @ in it.', ['@x', ENTER]);
  expect(await answer).toBe('ann@x');
});

test('yes or no; nothing is taken for yes', async () => {
  const { prompter, press } = atTheKeyboard();
  const no = prompter.confirm('Really?');
  await press('Really?', [ENTER]);
  expect(await no).toBe(false);
  const yes = prompter.confirm('Now?');
  await press('Now?', ['y']);
  expect(await yes).toBe(true);
});

test.each([ESCAPE, '\u0003'])('%j goes back from every question', async (key) => {
  const { prompter, press } = atTheKeyboard();
  const questions = [
    () => prompter.choose('One?', fruit),
    () => prompter.chooseSome('Some?', fruit),
    () => prompter.ask('Text?'),
    () => prompter.confirm('Sure?'),
  ];
  for (const [index, ask] of questions.entries()) {
    const answer = ask();
    await press(['One?', 'Some?', 'Text?', 'Sure?'][index] ?? '', [key]);
    expect(await answer).toBeUndefined();
  }
});
