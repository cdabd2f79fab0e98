import { expect, test } from 'vitest';
import { ReplyCounter } from './replies.ts';

type Asked = readonly [method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, status: number, code?: string];

function unexpectedOf(...all: readonly Asked[]): Readonly<Record<string, number>> {
  const counter = new ReplyCounter();
  for (const [method, path, status, code] of all) {
    counter.note({ method, path }, { status, body: code === undefined ? undefined : { code } });
  }
  return Object.fromEntries(counter.unexpected);
}

test('successes, outages and the refusals that a request may meet are as they should be', () => {
  const found = unexpectedOf(
    ['POST', '/reservations', 201],
    ['POST', '/reservations', 409, 'NOTHING_RESERVED'],
    ['POST', '/reservations', 409, 'NOT_ALL_FREE'],
    ['POST', '/reservations', 503, 'OUTCOME_UNKNOWN'],
    ['GET', '/items/a', 502],
    ['PATCH', '/reservations/a~b', 409, 'TAKEN'],
    ['PATCH', '/reservations/a~b', 409, 'RESERVATION_BUSY'],
    ['DELETE', '/reservations/a~b', 404, 'RESERVATION_NOT_FOUND'],
  );
  expect(found).toEqual({});
});

test('a bug, and a refusal that the request cannot meet, are counted by what was asked', () => {
  const found = unexpectedOf(
    ['GET', '/items/a', 500, 'INTERNAL'],
    ['GET', '/items/b', 500, 'INTERNAL'],
    ['GET', '/items/a', 404, 'ITEM_NOT_FOUND'],
    ['GET', '/reservations?email=a', 400, 'INVALID_INPUT'],
    ['POST', '/reservations', 409, 'TAKEN'],
    ['DELETE', '/reservations/a~b', 404],
  );
  expect(found).toEqual({
    'GET /items/:id: 500 INTERNAL': 2,
    'GET /items/:id: 404 ITEM_NOT_FOUND': 1,
    'GET /reservations: 400 INVALID_INPUT': 1,
    'POST /reservations: 409 TAKEN': 1,
    'DELETE /reservations/:id: 404': 1,
  });
});

test('there is a bound to how many kinds of answers are told apart', () => {
  const codes = Array.from({ length: 300 }, (_, index): Asked => ['GET', '/items/a', 500, `CODE_${index}`]);
  const found = unexpectedOf(...codes);
  expect(Object.keys(found)).toHaveLength(201);
  expect(found['other answers']).toBe(100);
});
