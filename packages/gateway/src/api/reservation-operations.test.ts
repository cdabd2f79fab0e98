import { describe, expect, it } from 'vitest';
import type { ReserveOutcome } from '../items/reserve.ts';
import { createLibraryApi, type Reserved } from '../testing/library-api.ts';
import { whileTimePasses } from '../testing/pass-time.ts';
import { problemIn } from '../testing/test-api.ts';

const ANN = 'ann@example.com';
const BOB = 'bob@example.com';

describe('reserving', () => {
  it('says of each item what happened', async () => {
    const { reserve, mustReserve, itemsOf } = await createLibraryApi();
    await mustReserve(BOB, ['b']);
    const response = await reserve(' ANN@example.com', ['A', 'b', 'nothing', 'c']);
    expect(response.status).toBe(201);
    expect(await response.json()).toEqual({
      reserved: ['a', 'c'].map((item) => ({
        id: expect.stringMatching(`^${item}~[a-z0-9]{16}$`),
        item,
        email: ANN,
        since: '2023-11-14T22:13:20.000Z',
        expires: null,
      })),
      refused: [
        { item: 'b', reason: 'TAKEN' },
        { item: 'nothing', reason: 'NOT_FOUND' },
      ],
    });
    expect(await itemsOf(ANN)).toEqual(['a', 'c']);
  });

  it('of nothing that can be had is a 409 which says why, and costs no write', async () => {
    const { reserve, mustReserve, registers, store } = await createLibraryApi();
    await mustReserve(BOB, ['b']);
    const before = [registers.count('change'), store.count('change')];
    const response = await reserve(ANN, ['b', 'nothing']);
    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({
      code: 'NOTHING_RESERVED',
      refused: [
        { item: 'b', reason: 'TAKEN' },
        { item: 'nothing', reason: 'NOT_FOUND' },
      ],
    });
    expect([registers.count('change'), store.count('change')]).toEqual(before);
  });

  it('I30: lets one of many have an item, whoever asks at once', async () => {
    const { reserve, registers, holderOf } = await createLibraryApi();
    let turn = 0;
    registers.delayTurns = () => (turn += 7) % 5;
    const people = Array.from({ length: 20 }, (_, index) => `p${index}@example.com`);
    const responses = await Promise.all(people.map((email) => reserve(email, ['a'])));
    const winners = people.filter((_, index) => responses[index]?.status === 201);
    expect(winners).toHaveLength(1);
    expect(await holderOf('a')).toBe(winners[0]);
  });

  it('takes the losers’ entries off their lists', async () => {
    const { reserve, registers, claims, listed } = await createLibraryApi();
    registers.delayTurns = () => 3;
    const responses = await Promise.all([reserve(ANN, ['a']), reserve(BOB, ['a'])]);
    await claims.background.idle();
    const loser = responses[0]?.status === 409 ? ANN : BOB;
    expect([...listed(ANN), ...listed(BOB)]).toHaveLength(1);
    expect(listed(loser)).toEqual([]);
  });

  it('I34: puts the list before the claim', async () => {
    const { reserve, store, registers, itemsOf } = await createLibraryApi();
    const claimsBefore = registers.count('change');
    store.failure = ({ method }) => {
      if (method !== 'change') return undefined;
      expect(registers.count('change')).toBe(claimsBefore);
      return undefined;
    };
    await reserve(ANN, ['a', 'b']);
    expect(registers.count('change')).toBe(claimsBefore + 2);
    expect(await itemsOf(ANN)).toEqual(['a', 'b']);
  });
});

describe('an outcome that is not known', () => {
  it('I26: is told with the reservations to ask about', async () => {
    const { reserve, registers, get, clock } = await createLibraryApi();
    registers.failure = ({ method }) => (method === 'change' ? 'unknown-applied' : undefined);
    const response = await reserve(ANN, ['a']);
    expect(response.status).toBe(503);
    const body: { code: string; reservations: string[] } = JSON.parse(await response.text());
    expect(body).toMatchObject({ code: 'OUTCOME_UNKNOWN', reservations: [expect.stringMatching(/^a~/)] });
    registers.failure = () => undefined;
    clock.advance(1_000);
    expect((await get(`/reservations/${body.reservations[0]}`)).status).toBe(200);
  });

  it('of some is told beside what is known', async () => {
    const { reserve, registers } = await createLibraryApi();
    registers.failure = ({ method, key }) =>
      method === 'change' && key === 'item:b' ? 'unknown-not-applied' : undefined;
    const response = await reserve(ANN, ['a', 'b']);
    expect(response.status).toBe(201);
    expect(await response.json()).toMatchObject({
      reserved: [{ item: 'a' }],
      refused: [{ item: 'b', reason: 'UNKNOWN', reservation: expect.stringMatching(/^b~/) }],
    });
  });

  it('is not claimed of what is known to have failed', async () => {
    const { reserve, registers } = await createLibraryApi();
    registers.failure = ({ method }) => (method === 'change' ? 'quorum-not-met' : undefined);
    expect((await problemIn(await reserve(ANN, ['a', 'b']))).code).toBe('QUORUM_NOT_MET');
    expect((await problemIn(await reserve(ANN, ['a', 'b'], { atomic: true }))).code).toBe('QUORUM_NOT_MET');
  });

  it('of an atomic request names all of its reservations', async () => {
    const { reserve, registers, itemsOf, clock } = await createLibraryApi();
    let bundleChanges = 0;
    registers.failure = ({ method, key }) => {
      if (method === 'change' && key.startsWith('bundle:')) bundleChanges += 1;
      return bundleChanges === 2 && key.startsWith('bundle:') ? 'unknown-applied' : undefined;
    };
    const response = await reserve(ANN, ['a', 'b'], { atomic: true });
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({
      reservations: [expect.stringMatching(/^a~/), expect.stringMatching(/^b~/)],
    });
    registers.failure = () => undefined;
    clock.advance(1_000);
    expect(await itemsOf(ANN)).toEqual(['a', 'b']);
  });
});

describe('Idempotency-Key', () => {
  it('I37: makes a request reserve once, also after the reservation was cancelled', async () => {
    const { reserve, remove, holderOf } = await createLibraryApi();
    const first: { reserved: Reserved[] } = JSON.parse(await (await reserve(ANN, ['a'], {}, 'k')).text());
    expect(await (await reserve(ANN, ['a'], {}, 'k')).json()).toEqual(first);
    await remove(`/reservations/${first.reserved[0]?.id}`);
    expect(await (await reserve(ANN, ['a'], {}, 'k')).json()).toEqual(first);
    expect(await holderOf('a')).toBeUndefined();
    await reserve(BOB, ['a']);
    expect(await (await reserve(ANN, ['a'], {}, 'k')).json()).toEqual(first);
    expect(await holderOf('a')).toBe(BOB);
  });

  it('of another person is another request', async () => {
    const { reserve } = await createLibraryApi();
    await reserve(ANN, ['a'], {}, 'k');
    expect((await reserve(BOB, ['a'], {}, 'k')).status).toBe(409);
    expect((await reserve(BOB, ['b'], {}, 'k')).status).toBe(201);
  });

  it('I37: makes an atomic request reserve once, also when it is sent twice at the same time', async () => {
    const { reserve, itemsOf, claims, clock } = await createLibraryApi();
    const twins = [1, 2].map(() => reserve(ANN, ['a', 'b'], { atomic: true }, 'k'));
    const responses = await whileTimePasses(clock, Promise.all(twins));
    const again = await reserve(ANN, ['a', 'b'], { atomic: true }, 'k');
    const bodies = await Promise.all([...responses, again].map((response) => response.json()));
    expect(bodies[1]).toEqual(bodies[0]);
    expect(bodies[2]).toEqual(bodies[0]);
    expect(await itemsOf(ANN)).toEqual(['a', 'b']);
    await claims.background.idle();
  });
});

describe('an atomic request', () => {
  it('reserves all', async () => {
    const { reserve, itemsOf, registers, claims } = await createLibraryApi();
    const response = await reserve(ANN, ['c', 'a', 'b'], { atomic: true });
    expect(response.status).toBe(201);
    expect(await response.json()).toMatchObject({
      reserved: [{ item: 'c' }, { item: 'a' }, { item: 'b' }],
      refused: [],
    });
    expect(await itemsOf(ANN)).toEqual(['a', 'b', 'c']);
    await claims.background.idle();
    const bundles = [...registers.cells].filter(([key, { value }]) => key.startsWith('bundle:') && value !== null);
    expect(bundles).toEqual([]);
  });

  it('I32: reserves nothing when one cannot be had', async () => {
    const { reserve, mustReserve, itemsOf, holderOf } = await createLibraryApi();
    await mustReserve(BOB, ['b']);
    const response = await reserve(ANN, ['a', 'b', 'nothing'], { atomic: true });
    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({
      code: 'NOT_ALL_FREE',
      refused: [
        { item: 'b', reason: 'TAKEN' },
        { item: 'nothing', reason: 'NOT_FOUND' },
      ],
    });
    expect(await itemsOf(ANN)).toEqual([]);
    expect(await holderOf('a')).toBeUndefined();
  });

  it('I32: gives back what it took when another was faster', async () => {
    const { reserve, registers, holderOf, listed, claims } = await createLibraryApi();
    let slowTurns = 0;
    registers.delayTurns = () => {
      const turns = slowTurns;
      slowTurns = 0;
      return turns;
    };
    let rival: Promise<ReserveOutcome> | undefined;
    registers.failure = ({ method, key }) => {
      if (method !== 'change' || !key.startsWith('bundle:') || rival !== undefined) return undefined;
      const request = { email: BOB, items: ['b'], holdMs: null, once: undefined, requestId: 'rival' };
      rival = claims.items.reserver.reserveEach(request);
      slowTurns = 500;
      return undefined;
    };
    const response = await reserve(ANN, ['a', 'b'], { atomic: true });
    expect((await rival)?.reserved).toHaveLength(1);
    expect(await response.json()).toMatchObject({ code: 'NOT_ALL_FREE', refused: [{ item: 'b', reason: 'TAKEN' }] });
    await claims.background.idle();
    expect([await holderOf('a'), await holderOf('b')]).toEqual([undefined, BOB]);
    expect(listed(ANN)).toEqual([]);
  });

  it('lets one of those who want the same have it', async () => {
    const { reserve, registers, itemsOf } = await createLibraryApi();
    let turn = 0;
    registers.delayTurns = () => (turn += 3) % 4;
    const people = Array.from({ length: 10 }, (_, index) => `p${index}@example.com`);
    const responses = await Promise.all(people.map((email) => reserve(email, ['a', 'b', 'c'], { atomic: true })));
    const winners = people.filter((_, index) => responses[index]?.status === 201);
    expect(winners).toHaveLength(1);
    expect(await itemsOf(winners[0] ?? '')).toEqual(['a', 'b', 'c']);
  });
});
