import { afterEach, expect, test, vi } from 'vitest';
import { afterAllPauses, fakeGateway, type FakeAnswer } from '../testing/fake-gateway.ts';

const ANN = 'ann@example.com';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function reservation(item: string, rest: object = {}) {
  return { id: `${item}~1`, item, email: ANN, since: '2026-01-01T00:00:00.000Z', ...rest };
}

/** What becomes of a wish for these items, and what was asked for it. */
async function reserved(answers: readonly FakeAnswer[], items: readonly string[], atomic = false) {
  const seen = fakeGateway(answers);
  const { reserve } = await import('./reserve.ts');
  const outcome = await afterAllPauses(reserve({ email: ANN, items, atomic }));
  return { outcome, paths: seen.map(({ method, path }) => `${method} ${path}`) };
}

test('what is had and what is not is accounted for', async () => {
  const refused = [
    { item: 'b', reason: 'TAKEN' },
    { item: 'c', reason: 'NOT_FOUND' },
  ];
  const holder = { reservation: 'b~2', email: 'ben@example.com' };
  const { outcome } = await reserved(
    [
      { status: 201, body: { reserved: [reservation('a')], refused } },
      { status: 200, body: { id: 'b', holder } },
    ],
    ['a', 'b', 'c'],
  );
  expect(outcome).toMatchObject({ value: { had: ['a'], refused } });
});

test('what one has oneself was not taken by somebody else', async () => {
  const { outcome } = await reserved(
    [
      { status: 409, body: { code: 'NOTHING_RESERVED', refused: [{ item: 'a', reason: 'TAKEN' }] } },
      { status: 200, body: { id: 'a', holder: { reservation: 'a~1', email: ANN } } },
    ],
    ['a'],
  );
  expect(outcome).toMatchObject({ value: { had: [], refused: [{ item: 'a', reason: 'YOURS_ALREADY' }] } });
});

test('of all or none, what was free is said to have been left', async () => {
  const { outcome } = await reserved(
    [
      { status: 409, body: { code: 'NOT_ALL_FREE', refused: [{ item: 'b', reason: 'TAKEN' }] } },
      { status: 200, body: { id: 'b', holder: null } },
    ],
    ['a', 'b'],
    true,
  );
  expect(outcome).toMatchObject({
    value: {
      had: [],
      refused: [
        { item: 'b', reason: 'TAKEN' },
        { item: 'a', reason: 'NOT_ALL_FREE' },
      ],
    },
  });
});

test('what is not decided is asked about until it is', async () => {
  const { outcome, paths } = await reserved(
    [
      { status: 201, body: { reserved: [reservation('a', { pending: true })], refused: [] } },
      { status: 200, body: reservation('a', { pending: true }) },
      'cut',
      { status: 200, body: reservation('a') },
    ],
    ['a'],
  );
  expect(outcome).toMatchObject({ value: { had: ['a'], refused: [] } });
  expect(paths.slice(1)).toEqual(Array.from({ length: 3 }, () => 'GET /reservations/a~1'));
});

test('an outcome that is not known is settled by asking; that there is no reservation is final', async () => {
  const refused = [{ item: 'a', reason: 'UNKNOWN', reservation: 'a~1' }];
  const { outcome } = await reserved([{ status: 201, body: { reserved: [], refused } }, { status: 404 }], ['a']);
  expect(outcome).toMatchObject({ value: { had: [], refused: [{ item: 'a', reason: 'NOT_RESERVED' }] } });
});

test('when nothing is known the error is passed on', async () => {
  const lost: FakeAnswer = { status: 503, body: { code: 'OUTCOME_UNKNOWN' } };
  const { outcome } = await reserved([lost, lost, lost, lost], ['a']);
  expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'OUTCOME_UNKNOWN' } });
});
