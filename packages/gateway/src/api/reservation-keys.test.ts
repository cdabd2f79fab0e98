/*
 * What an Idempotency-Key promises of reservations: the same answer again, whatever became of them since, and none to a
 * request that asks for something else.
 */
import { describe, expect, it } from 'vitest';
import { createLibraryApi, type Reserved } from '../testing/library-api.ts';
import { whileTimePasses } from '../testing/pass-time.ts';
import { problemIn } from '../testing/test-api.ts';

const ANN = 'ann@example.com';
const BOB = 'bob@example.com';

type Answer = { readonly reserved: readonly Reserved[] };

async function answerOf(response: Response): Promise<Answer> {
  expect(response.status).toBe(201);
  return JSON.parse(await response.text());
}

describe('an atomic request under a key', () => {
  it.each([['one'], ['all']])('I37: reserves nothing anew after %s of it was cancelled', async (cancelled) => {
    const { reserve, remove, itemsOf, claims } = await createLibraryApi();
    const first = await answerOf(await reserve(ANN, ['a', 'b'], { atomic: true, holdSeconds: 60 }, 'k'));
    await claims.background.idle();
    for (const { id } of first.reserved.slice(0, cancelled === 'one' ? 1 : 2)) await remove(`/reservations/${id}`);
    const before = await itemsOf(ANN);
    expect(await answerOf(await reserve(ANN, ['a', 'b'], { atomic: true, holdSeconds: 60 }, 'k'))).toEqual(first);
    expect(await itemsOf(ANN)).toEqual(before);
  });

  it('I37: is answered as it was when others hold the items by now', async () => {
    const { reserve, remove, mustReserve, holderOf } = await createLibraryApi();
    const first = await answerOf(await reserve(ANN, ['a', 'b'], { atomic: true }, 'k'));
    for (const { id } of first.reserved) await remove(`/reservations/${id}`);
    await mustReserve(BOB, ['b']);
    expect(await answerOf(await reserve(ANN, ['b', 'a'], { atomic: true }, 'k'))).toMatchObject({
      reserved: first.reserved.toReversed(),
    });
    expect(await holderOf('a')).toBeUndefined();
  });

  it('that was refused is judged anew', async () => {
    const { reserve, mustReserve, remove } = await createLibraryApi();
    const { id } = await mustReserve(BOB, ['b']);
    expect((await reserve(ANN, ['a', 'b'], { atomic: true }, 'k')).status).toBe(409);
    await remove(`/reservations/${id}`);
    expect((await reserve(ANN, ['a', 'b'], { atomic: true }, 'k')).status).toBe(201);
  });

  it('I37: is carried out once when its first gateway was cut short', async () => {
    const { reserve, registers, itemsOf, clock, claims } = await createLibraryApi();
    registers.failure = ({ method, changeId }) =>
      method === 'change' && changeId === 'commit' ? 'unknown-not-applied' : undefined;
    const twice = () => whileTimePasses(clock, reserve(ANN, ['a', 'b'], { atomic: true }, 'k'));
    expect((await twice()).status).toBe(503);
    registers.failure = () => undefined;
    clock.advance(11_000);
    await answerOf(await twice());
    await claims.background.idle();
    expect(await itemsOf(ANN)).toEqual(['a', 'b']);
  });
});

describe('a key that was used', () => {
  const first = { items: ['a'], more: { holdSeconds: 60 } };
  it.each([
    ['another item', { items: ['b'], more: { holdSeconds: 60 } }],
    ['one item more', { items: ['a', 'b'], more: { holdSeconds: 60 } }],
    ['another time', { items: ['a'], more: { holdSeconds: 61 } }],
    ['no time', { items: ['a'], more: {} }],
    ['all or none', { items: ['a'], more: { holdSeconds: 60, atomic: true } }],
  ])('I37: is refused for %s', async (_, { items, more }) => {
    const { reserve, itemsOf } = await createLibraryApi();
    await reserve(ANN, first.items, first.more, 'k');
    const response = await reserve(ANN, items, more, 'k');
    expect(response.status).toBe(422);
    expect((await problemIn(response)).code).toBe('IDEMPOTENCY_KEY_REUSED');
    expect(await itemsOf(ANN)).toEqual(['a']);
  });

  it('I37: for all or none is refused for the same items one by one', async () => {
    const { reserve } = await createLibraryApi();
    await reserve(ANN, ['a', 'b'], { atomic: true }, 'k');
    expect((await reserve(ANN, ['a', 'b'], { atomic: false }, 'k')).status).toBe(422);
    expect((await reserve(ANN, ['b', 'a'], { atomic: true }, 'k')).status).toBe(201);
  });
});

describe('a change under a key', () => {
  const KEY = { 'idempotency-key': 'k' };

  it('I37: to another item is answered as it was, also after that was given up', async () => {
    const { mustReserve, patch, remove, itemsOf, holderOf } = await createLibraryApi();
    const { id } = await mustReserve(ANN, ['a']);
    const first: Reserved = JSON.parse(await (await patch(`/reservations/${id}`, { item: 'b' }, KEY)).text());
    expect(await itemsOf(ANN)).toEqual(['b']);
    const again = await patch(`/reservations/${id}`, { item: 'b' }, KEY);
    expect(again.status).toBe(200);
    expect(await again.json()).toEqual(first);
    await remove(`/reservations/${first.id}`);
    expect(await (await patch(`/reservations/${id}`, { item: 'b' }, KEY)).json()).toEqual(first);
    expect(await holderOf('b')).toBeUndefined();
  });

  it('I37: of the person is made once', async () => {
    const { mustReserve, patch, holderOf } = await createLibraryApi();
    const { id } = await mustReserve(ANN, ['a']);
    const first = await (await patch(`/reservations/${id}`, { email: BOB }, KEY)).json();
    await patch(`/reservations/${id}`, { email: ANN });
    expect(await (await patch(`/reservations/${id}`, { email: BOB }, KEY)).json()).toEqual(first);
    expect(await holderOf('a')).toBe(ANN);
  });

  it('I37: is refused for another change', async () => {
    const { mustReserve, patch, holderOf } = await createLibraryApi();
    const { id } = await mustReserve(ANN, ['a']);
    await patch(`/reservations/${id}`, { email: BOB }, KEY);
    for (const changes of [{ email: ANN }, { item: 'b' }, { confirm: true }]) {
      expect((await patch(`/reservations/${id}`, changes, KEY)).status).toBe(422);
    }
    expect(await holderOf('a')).toBe(BOB);
    const moved: Reserved = JSON.parse(
      await (await patch(`/reservations/${id}`, { item: 'c' }, { 'idempotency-key': 'other' })).text(),
    );
    expect((await patch(`/reservations/${id}`, { item: 'd' }, { 'idempotency-key': 'other' })).status).toBe(422);
    expect(await holderOf('c')).toBe(moved.email);
  });
});
