import { expect, test } from 'vitest';
import { runCommand, type Ran } from '../testing/run-command.ts';
import { createSampleGateway } from '../testing/sample-gateway.ts';

const ANN = 'ann@example.com';
type Fake = ReturnType<typeof createSampleGateway>;

function theatre(fake: Fake, words: string[], isTTY = false): Promise<Ran> {
  const environment = { TROLLEY_EMAIL: ANN, NO_COLOR: '1' };
  return runCommand(['theatre', ...words], { fetch: fake.fetch, environment, isTTY });
}

function withSomeSeats(): Fake {
  const fake = createSampleGateway();
  fake.items.take('seat.nine-clocks.r01.s01', 'ben@example.com');
  fake.items.take('seat.nine-clocks.r03.s07', ANN);
  fake.items.take('seat.nine-clocks.r12.s10', ANN);
  const pending = fake.items.items.get('seat.nine-clocks.r12.s10')?.holder;
  if (pending) pending.pending = true;
  return fake;
}

test('the plays, their rooms, and how many seats are free', async () => {
  const fake = withSomeSeats();
  expect(await theatre(fake, ['plays'])).toEqual({
    code: 0,
    out: 'play\tnine-clocks\tNine Clocks\tOld Foundry\t117\t120\n',
    error: '',
  });
  const json = await theatre(fake, ['plays', '--json']);
  expect(JSON.parse(json.out)).toEqual([
    { play: 'nine-clocks', title: 'Nine Clocks', room: 'Old Foundry', seats: 120, free: 117 },
  ]);
});

test('the plan is legible without colours', async () => {
  const { out } = await theatre(withSomeSeats(), ['plan', 'Nine Clocks'], true);
  expect(out).toMatchInlineSnapshot(`
    "Nine Clocks  Old Foundry, 117 of 120 seats free

       ========== S T A G E ===========
         1  2  3  4  5    6  7  8  9 10
      A  X  ·  ·  ·  ·    ·  ·  ·  ·  ·  A
      B  ·  ·  ·  ·  ·    ·  ·  ·  ·  ·  B
      C  ·  ·  ·  ·  ·    ·  @  ·  ·  ·  C
      D  ·  ·  ·  ·  ·    ·  ·  ·  ·  ·  D
      E  ·  ·  ·  ·  ·    ·  ·  ·  ·  ·  E
      F  ·  ·  ·  ·  ·    ·  ·  ·  ·  ·  F
      G  ·  ·  ·  ·  ·    ·  ·  ·  ·  ·  G
      H  ·  ·  ·  ·  ·    ·  ·  ·  ·  ·  H
      I  ·  ·  ·  ·  ·    ·  ·  ·  ·  ·  I
      J  ·  ·  ·  ·  ·    ·  ·  ·  ·  ·  J
      K  ·  ·  ·  ·  ·    ·  ·  ·  ·  ·  K
      L  ·  ·  ·  ·  ·    ·  ·  ·  ·  ?  L

      · free   X taken   @ yours   ? being decided
    "
  `);
});

test('with colours the plan says the same', async () => {
  const fake = withSomeSeats();
  const { out } = await runCommand(['theatre', 'plan', 'nine-clocks'], { fetch: fake.fetch, isTTY: true });
  expect(out).toContain('\u001B[31m  X\u001B[39m');
});

test('in a pipe the plan is a line for each seat, and as JSON all of it', async () => {
  const fake = withSomeSeats();
  const { out } = await theatre(fake, ['plan', 'nine-clocks']);
  const lines = out.trimEnd().split('\n');
  expect(lines).toHaveLength(120);
  expect(lines[0]).toBe('seat\tA1\ttaken\tben@example.com\tseat.nine-clocks.r01.s01');
  expect(lines[1]).toBe('seat\tA2\tfree\t-\tseat.nine-clocks.r01.s02');
  const json: unknown = JSON.parse((await theatre(fake, ['plan', 'nine-clocks', '--json'])).out);
  expect(json).toMatchObject({ play: 'nine-clocks', room: 'Old Foundry' });
});

test('whose each taken seat is, is listed when asked for', async () => {
  const { out } = await theatre(withSomeSeats(), ['plan', 'nine-clocks', '--who'], true);
  expect(out).toMatch(/A1 .*taken .*ben@example.com/);
});

test('several seats are booked at once, changed and cancelled by the names that people call them', async () => {
  const fake = createSampleGateway();
  const holder = (id: string) => fake.items.items.get(`seat.nine-clocks.${id}`)?.holder?.email;
  const booked = await theatre(fake, ['book', 'nine-clocks', 'C7', 'c8', 'seat.nine-clocks.r03.s09']);
  expect(booked).toMatchObject({ code: 0, error: '' });
  expect(booked.out).toContain('total\t3\t3\n');
  expect([holder('r03.s07'), holder('r03.s08'), holder('r03.s09')]).toEqual([ANN, ANN, ANN]);
  await theatre(fake, ['change', 'nine-clocks', 'C7', '--to-seat', 'D1']);
  expect([holder('r03.s07'), holder('r04.s01')]).toEqual([undefined, ANN]);
  const mine = await theatre(fake, ['reservations']);
  expect(mine.out).toContain('\tD1, Nine Clocks\t');
  const who = await theatre(fake, ['who', 'nine-clocks', 'D1']);
  expect(who.out).toContain(ANN);
  const cancelled = await theatre(fake, ['cancel', 'nine-clocks', 'C8', 'C9', 'A1']);
  expect(cancelled.code).toBe(1);
  expect(cancelled.out).toContain('total\t2\t3\n');
  expect(holder('r03.s08')).toBeUndefined();
});

test('a play that is not on is told with those that are', async () => {
  const { code, error } = await theatre(createSampleGateway(), ['plan', 'hamlet']);
  expect(code).toBe(1);
  expect(error).toContain('no play "hamlet"');
  expect(error).toContain('nine-clocks');
});
