import { describe, expect, it } from 'vitest';
import { pause } from '../pause.ts';
import { createLibraryApi, type Reserved } from '../testing/library-api.ts';
import { whileTimePasses } from '../testing/pass-time.ts';
import { problemIn } from '../testing/test-api.ts';

const ANN = 'ann@example.com';
const BOB = 'bob@example.com';

describe('finding reservations', () => {
  it('shows a person’s, newest first', async () => {
    const { mustReserve, find, clock } = await createLibraryApi();
    for (const item of ['b', 'a', 'c']) {
      await mustReserve(ANN, [item]);
      clock.advance(1_000);
    }
    expect((await find(`email=${ANN}`)).map(({ item }) => item)).toEqual(['c', 'a', 'b']);
    expect(await find(`email=${ANN}&item=a`)).toHaveLength(1);
    expect(await find(`email=${BOB}&item=a`)).toEqual([]);
    expect(await find(`email=${BOB}`)).toEqual([]);
    expect(await find('item=nothing')).toEqual([]);
  });

  it('shows one by its id', async () => {
    const { mustReserve, get } = await createLibraryApi();
    const reservation = await mustReserve(ANN, ['a']);
    expect(await (await get(`/reservations/${reservation.id}`)).json()).toEqual(reservation);
    for (const id of ['a~0123456789abcdef', 'nothing~0123456789abcdef', 'a', '~', '__proto__']) {
      expect((await problemIn(await get(`/reservations/${id}`))).code).toBe('RESERVATION_NOT_FOUND');
    }
  });

  it('takes off a list, after a while, what the items do not confirm', async () => {
    const { mustReserve, patch, find, listed, claims, clock } = await createLibraryApi();
    const { id } = await mustReserve(ANN, ['a']);
    await patch(`/reservations/${id}`, { email: BOB });
    expect(await find(`email=${ANN}`)).toEqual([]);
    await claims.background.idle();
    expect(listed(ANN)).toHaveLength(1);
    clock.advance(601_000);
    await find(`email=${ANN}`);
    await find(`email=${BOB}`);
    await claims.background.idle();
    expect(listed(ANN)).toEqual([]);
    expect(listed(BOB)).toHaveLength(1);
  });
});

describe('cancelling', () => {
  it('frees the item, once', async () => {
    const { mustReserve, remove, itemsOf, holderOf, listed, claims } = await createLibraryApi();
    const { id } = await mustReserve(ANN, ['a']);
    expect((await remove(`/reservations/${id}`)).status).toBe(204);
    expect(await holderOf('a')).toBeUndefined();
    expect(await itemsOf(ANN)).toEqual([]);
    await claims.background.idle();
    expect(listed(ANN)).toEqual([]);
    expect((await problemIn(await remove(`/reservations/${id}`))).code).toBe('RESERVATION_NOT_FOUND');
  });
});

describe('changing a reservation', () => {
  it('to another item gives up the old for the new', async () => {
    const { mustReserve, patch, itemsOf, holderOf, get, listed, claims } = await createLibraryApi();
    const { id } = await mustReserve(ANN, ['a'], { holdSeconds: 60 });
    const response = await patch(`/reservations/${id}`, { item: 'B' });
    const changed: Reserved = JSON.parse(await response.text());
    expect(response.status).toBe(200);
    expect(changed).toMatchObject({ item: 'b', email: ANN, expires: '2023-11-14T22:14:20.000Z', replaces: id });
    expect(response.headers.get('location')).toBe(`/reservations/${changed.id}`);
    expect(await itemsOf(ANN)).toEqual(['b']);
    expect(await holderOf('a')).toBeUndefined();
    expect((await get(`/reservations/${id}`)).status).toBe(404);
    await claims.background.idle();
    expect(listed(ANN)).toEqual([`reservation:${changed.id}`]);
  });

  it('I33: keeps the old when the new cannot be had', async () => {
    const { mustReserve, patch, itemsOf } = await createLibraryApi();
    const { id } = await mustReserve(ANN, ['a']);
    await mustReserve(BOB, ['b']);
    const taken = await patch(`/reservations/${id}`, { item: 'b' });
    expect([taken.status, (await problemIn(taken)).code]).toEqual([409, 'TAKEN']);
    const missing = await patch(`/reservations/${id}`, { item: 'nothing' });
    expect([missing.status, (await problemIn(missing)).code]).toEqual([404, 'ITEM_NOT_FOUND']);
    expect(await itemsOf(ANN)).toEqual(['a']);
  });

  it('to another person shows it on the one list and not on the other', async () => {
    const { mustReserve, patch, itemsOf, holderOf } = await createLibraryApi();
    const { id } = await mustReserve(ANN, ['a']);
    const response = await patch(`/reservations/${id}`, { email: BOB });
    expect(await response.json()).toMatchObject({ id, email: BOB });
    expect([await itemsOf(ANN), await itemsOf(BOB), await holderOf('a')]).toEqual([[], ['a'], BOB]);
    await patch(`/reservations/${id}`, { email: ANN });
    expect([await itemsOf(ANN), await itemsOf(BOB)]).toEqual([['a'], []]);
  });

  it('takes an item, a person and a confirmation at once', async () => {
    const { mustReserve, patch, itemsOf } = await createLibraryApi();
    const { id } = await mustReserve(ANN, ['a'], { holdSeconds: 60 });
    const response = await patch(`/reservations/${id}`, { item: 'c', email: BOB, confirm: true });
    expect(await response.json()).toMatchObject({ item: 'c', email: BOB, expires: null, replaces: id });
    expect([await itemsOf(ANN), await itemsOf(BOB)]).toEqual([[], ['c']]);
  });

  it('to the item that it is of changes nothing', async () => {
    const { mustReserve, patch } = await createLibraryApi();
    const reservation = await mustReserve(ANN, ['a']);
    const response = await patch(`/reservations/${reservation.id}`, { item: 'a' });
    expect(await response.json()).toEqual(reservation);
  });

  it('that is not there is a 404', async () => {
    const { patch, registers } = await createLibraryApi();
    const before = registers.count('change');
    for (const changes of [{ item: 'b' }, { email: BOB }, { confirm: true }]) {
      expect((await patch('/reservations/a~0123456789abcdef', changes)).status).toBe(404);
    }
    expect(registers.count('change')).toBe(before);
  });

  it('I33: by several at once moves it once', async () => {
    const { mustReserve, patch, itemsOf, registers, clock } = await createLibraryApi();
    const { id } = await mustReserve(ANN, ['a']);
    let turn = 0;
    registers.delayTurns = () => (turn += 5) % 3;
    const changes = ['b', 'c', 'd'].map(async (item) => patch(`/reservations/${id}`, { item }));
    const responses = await whileTimePasses(clock, Promise.all(changes));
    expect(responses.map(({ status }) => String(status)).toSorted()).toEqual(['200', '404', '404']);
    expect(await itemsOf(ANN)).toHaveLength(1);
  });
});

describe('a change of item whose outcome is not known', () => {
  it('I26: names both reservations to ask about, of which one is there', async () => {
    const { mustReserve, patch, registers, get, clock } = await createLibraryApi();
    const { id } = await mustReserve(ANN, ['a']);
    let bundleChanges = 0;
    registers.failure = ({ method, key }) => {
      if (method === 'change' && key.startsWith('bundle:')) bundleChanges += 1;
      return bundleChanges === 2 && key.startsWith('bundle:') ? 'unknown-applied' : undefined;
    };
    const response = await patch(`/reservations/${id}`, { item: 'b' });
    expect(response.status).toBe(503);
    const body: { code: string; reservations: string[] } = JSON.parse(await response.text());
    expect(body).toMatchObject({ code: 'OUTCOME_UNKNOWN', reservations: [id, expect.stringMatching(/^b~/)] });
    registers.failure = () => undefined;
    clock.advance(1_000);
    const statuses = await Promise.all(
      body.reservations.map(async (one) => (await get(`/reservations/${one}`)).status),
    );
    expect(statuses).toEqual([404, 200]);
  });
});

describe('a hold', () => {
  it('lapses when its time is up, at the gateway that made it', async () => {
    const { mustReserve, claims, clock, registers, listed } = await createLibraryApi();
    await mustReserve(ANN, ['a'], { holdSeconds: 60 });
    clock.advance(59_999);
    await claims.background.idle();
    expect(registers.valueOf('item:a')).toMatchObject({ holder: { email: ANN } });
    clock.advance(1);
    await claims.background.idle();
    expect(registers.valueOf('item:a')).toMatchObject({ holder: null });
    expect(listed(ANN)).toEqual([]);
  });

  it('I36: lapses for whoever sees it, when that gateway is gone', async () => {
    const { mustReserve, claims, clock, itemsOf, find, reserve } = await createLibraryApi();
    for (const item of ['a', 'b', 'c']) await mustReserve(ANN, [item], { holdSeconds: 60 });
    await claims.stop();
    clock.advance(60_000);
    expect(await find('item=a')).toEqual([]);
    expect((await reserve(BOB, ['b'])).status).toBe(201);
    expect(await itemsOf(ANN)).toEqual([]);
  });

  it('I36: is free in listings once its time is up, and ended by them, when that gateway is gone', async () => {
    const { mustReserve, claims, clock, get, registers } = await createLibraryApi();
    await mustReserve(ANN, ['a'], { holdSeconds: 60 });
    await claims.stop();
    clock.advance(60_000);
    expect(await (await get('/items?available=false')).json()).toEqual([]);
    await claims.background.idle();
    expect(registers.valueOf('item:a')).toMatchObject({ holder: null });
  });

  it('I36: is free in a listing of what is free', async () => {
    const { mustReserve, claims, clock, get } = await createLibraryApi();
    await mustReserve(ANN, ['a'], { holdSeconds: 60 });
    await claims.stop();
    clock.advance(60_000);
    const page = await get('/items?available=true&limit=1');
    expect(await page.json()).toMatchObject([{ id: 'a', holder: null }]);
  });

  it('is come back to when there was no room to end it', async () => {
    const { mustReserve, claims, clock, registers } = await createLibraryApi();
    const { id } = await mustReserve(ANN, ['a'], { holdSeconds: 60 });
    const busy = pause(clock, 60_000);
    claims.background.run(`lapse ${id}`, () => busy);
    clock.advance(60_000);
    await claims.background.idle();
    expect(registers.valueOf('item:a')).toMatchObject({ holder: { email: ANN } });
    clock.advance(5_000);
    await claims.background.idle();
    expect(registers.valueOf('item:a')).toMatchObject({ holder: null });
  });

  it('I36: that is confirmed does not lapse, though its time was up before', async () => {
    const { mustReserve, patch, claims, clock, holderOf } = await createLibraryApi();
    const first = await mustReserve(ANN, ['a'], { holdSeconds: 60 });
    expect(await (await patch(`/reservations/${first.id}`, { confirm: true })).json()).toMatchObject({ expires: null });
    clock.advance(3_600_000);
    await claims.background.idle();
    expect(await holderOf('a')).toBe(ANN);
  });

  it('I36: that has lapsed cannot be confirmed', async () => {
    const { mustReserve, patch, clock, claims } = await createLibraryApi();
    const { id } = await mustReserve(ANN, ['a'], { holdSeconds: 60 });
    clock.advance(60_000);
    await claims.background.idle();
    expect((await patch(`/reservations/${id}`, { confirm: true })).status).toBe(404);
  });

  it('is tried again when no majority could be reached', async () => {
    const { mustReserve, clock, claims, registers } = await createLibraryApi();
    await mustReserve(ANN, ['a'], { holdSeconds: 60 });
    registers.failure = () => 'quorum-not-met';
    clock.advance(60_000);
    await claims.background.idle();
    registers.failure = () => undefined;
    clock.advance(5_000);
    await claims.background.idle();
    expect(registers.valueOf('item:a')).toMatchObject({ holder: null });
  });
});
