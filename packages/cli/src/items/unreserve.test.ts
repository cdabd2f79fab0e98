import { expect, test } from 'vitest';
import { runCommand } from '../testing/run-command.ts';
import { createSampleGateway } from '../testing/sample-gateway.ts';
import { scriptedPerson } from '../testing/scripted-person.ts';

function held(fake: ReturnType<typeof createSampleGateway>): string[] {
  return [...fake.items.items].filter(([, item]) => item.holder !== null).map(([id]) => id);
}

function withReservations(): ReturnType<typeof createSampleGateway> {
  const fake = createSampleGateway();
  for (const id of ['book-1', 'book-2', 'seat.nine-clocks.r01.s01']) fake.items.take(id, 'ann@example.com');
  fake.items.take('book-3', 'ben@example.com');
  return fake;
}

test('everything is free again, also what was reserved meanwhile', async () => {
  const fake = withReservations();
  let late = true;
  const fetchLate: typeof fetch = (input, init) => {
    if (init?.method === 'DELETE' && late) fake.items.take('book-4', 'eve@example.com');
    if (init?.method === 'DELETE') late = false;
    return fake.fetch(input, init);
  };
  const { code, out } = await runCommand(['unreserve', '--all', '--yes'], { fetch: fetchLate });
  expect(code).toBe(0);
  expect(out).toContain('total\t5\t5\n');
  expect(held(fake)).toEqual([]);
});

test('only what the options let through', async () => {
  const fake = withReservations();
  await runCommand(['unreserve', '--all', '--yes', '--kind', 'seat'], { fetch: fake.fetch });
  expect(held(fake)).toEqual(['book-1', 'book-2', 'book-3']);
  await runCommand(['unreserve', '--all', '--yes', '--email', 'ann@example.com'], { fetch: fake.fetch });
  expect(held(fake)).toEqual(['book-3']);
});

test('a person is asked first', async () => {
  const fake = withReservations();
  const no = scriptedPerson([false]);
  const refused = await runCommand(['unreserve', '--all'], { fetch: fake.fetch, prompter: no, isTTY: true });
  expect(no.asked).toEqual(['Cancel 4 reservations?']);
  expect(refused.code).toBe(1);
  expect(held(fake)).toHaveLength(4);
  const yes = scriptedPerson([true]);
  const { code, out } = await runCommand(['unreserve', '--all'], { fetch: fake.fetch, prompter: yes, isTTY: true });
  expect(code).toBe(0);
  expect(out).toContain('Cancelled 4 of 4 reservations.');
});

test('nothing to do is no failure, and is not asked about', async () => {
  const { code, out } = await runCommand(['unreserve', '--all'], { fetch: createSampleGateway().fetch });
  expect({ code, out }).toEqual({ code: 0, out: 'total\t0\t0\n' });
});

test('what cannot be cancelled is told, and fails', async () => {
  const fake = withReservations();
  const stuck: typeof fetch = (input, init) =>
    init?.method === 'DELETE' && typeof input === 'string' && input.includes('book-3')
      ? Promise.resolve(Response.json({ detail: 'Not now.' }, { status: 409 }))
      : fake.fetch(input, init);
  const { code, out, error } = await runCommand(['unreserve', '--all', '--yes'], { fetch: stuck });
  expect(code).toBe(1);
  expect(out).toContain('Not now. (409)');
  expect(out).toContain('total\t3\t4\n');
  expect(error).toContain('1 of 4 reservations not cancelled.');
});

test('reservations of everybody, of a person, of an item', async () => {
  const fake = withReservations();
  const count = async (...words: string[]): Promise<number> => {
    const { out } = await runCommand(['reservations', '--json', ...words], { fetch: fake.fetch });
    const list: unknown = JSON.parse(out);
    return Array.isArray(list) ? list.length : -1;
  };
  expect(await count()).toBe(4);
  expect(await count('--email', 'ann@example.com')).toBe(3);
  expect(await count('--email', 'ann@example.com', '--kind', 'book')).toBe(2);
  expect(await count('--item', 'book-3')).toBe(1);
  expect(await count('--item', 'book-5')).toBe(0);
});
