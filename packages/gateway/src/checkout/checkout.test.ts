import { describe, expect, it } from 'vitest';
import { StoreError } from '../store.ts';
import { NEVER, ShopWorld } from '../testing/shop-world.ts';

const ANN = 'ann@example.com';
const KEY = 'key-1';

async function createShop(options: ConstructorParameters<typeof ShopWorld>[0] = {}) {
  const world = new ShopWorld(options);
  await world.stock('apple', 5);
  await world.stock('pear', 2);
  await world.customer(ANN, { apple: 3, pear: 1 });
  return world;
}

describe('a checkout', () => {
  it('sells all of the cart, and empties it', async () => {
    const world = await createShop();
    const gateway = world.gateway();
    const outcome = await world.run(gateway.checkOut(ANN));
    expect(outcome).toMatchObject({
      type: 'ordered',
      order: { email: ANN, state: 'confirmed', lines: [{ product: 'apple', quantity: 3 }, { product: 'pear' }] },
    });
    await world.run(gateway.background.idle());
    expect(world.cartOf(ANN)).toEqual({});
    expect(world.audit()).toEqual([]);
    expect(world.registers.valueOf('stock:apple')).toMatchObject({ sold: 3, holds: [] });
  });

  it('I41: leaves in the cart what was added meanwhile', async () => {
    const world = await createShop();
    const gateway = world.gateway();
    let added = 0;
    world.store.failure = ({ change }) => {
      // On its way to the cart just before the order's lines are taken out of it.
      if (change?.action.type === 'take-from-cart' && added++ === 0) void world.addToCart(ANN, { apple: 2, kiwi: 1 });
      return undefined;
    };
    await world.run(gateway.checkOut(ANN));
    expect(world.cartOf(ANN)).toEqual({ apple: 2, kiwi: 1 });
  });

  it('I38: takes nothing when one line is short, and says which', async () => {
    const world = await createShop();
    await world.addToCart(ANN, { pear: 2 });
    const gateway = world.gateway();
    expect(await world.run(gateway.checkOut(ANN))).toEqual({
      type: 'short',
      lines: [{ product: 'pear', wanted: 3, available: 2 }],
    });
    expect(world.cartOf(ANN)).toEqual({ apple: 3, pear: 3 });
    expect(world.orders()).toEqual([]);
    expect(world.audit()).toEqual([]);
  });

  it('of a product that is gone, or named like a member of an object, is short of it', async () => {
    const world = await createShop();
    await world.customer('bob@example.com', JSON.parse('{"__proto__": 1, "constructor": 2}'));
    const gateway = world.gateway();
    expect(await world.run(gateway.checkOut('bob@example.com'))).toEqual({
      type: 'short',
      lines: [
        { product: '__proto__', wanted: 1, available: 0 },
        { product: 'constructor', wanted: 2, available: 0 },
      ],
    });
    await world.stock('__proto__', 1);
    await world.stock('constructor', 2);
    const outcome = await world.run(gateway.checkOut('bob@example.com'));
    expect(outcome).toMatchObject({ type: 'ordered', order: { lines: [{ product: '__proto__', quantity: 1 }, {}] } });
  });

  it('of nobody and of an empty cart is refused', async () => {
    const world = await createShop();
    await world.customer('bob@example.com', {});
    const gateway = world.gateway();
    expect(await world.run(gateway.checkOut('nobody@example.com'))).toEqual({ type: 'no-user' });
    expect(await world.run(gateway.checkOut('bob@example.com'))).toEqual({ type: 'cart-empty' });
    expect(world.registers.count('change')).toBe(0);
  });

  it('I40: that is sent again with its key brings the same order, at any gateway', async () => {
    const world = await createShop();
    const first = await world.run(world.gateway().checkOut(ANN, KEY));
    await world.addToCart(ANN, { apple: 1 });
    const again = await world.run(world.gateway().checkOut(ANN, KEY));
    expect(again).toMatchObject({ type: 'ordered', id: first.type === 'ordered' ? first.id : '' });
    expect(world.cartOf(ANN)).toEqual({ apple: 1 });
    expect(world.orders()).toHaveLength(1);
    expect(await world.run(world.gateway().checkOut(ANN, 'key-2'))).toMatchObject({ type: 'ordered' });
    expect(world.orders()).toHaveLength(2);
  });

  it('that was refused is tried anew with the same key', async () => {
    const world = await createShop();
    await world.addToCart(ANN, { apple: 3 });
    expect(await world.run(world.gateway().checkOut(ANN, KEY))).toMatchObject({ type: 'short' });
    await world.stock('apple', 1);
    expect(await world.run(world.gateway().checkOut(ANN, KEY))).toMatchObject({ type: 'ordered' });
    await world.sweep();
    expect(world.audit()).toEqual([]);
  });

  it('costs the cluster no write when the stock is sold', async () => {
    const world = await createShop();
    await world.run(world.gateway().checkOut(ANN));
    await world.customer('bob@example.com', { pear: 2 });
    const [changes, writes] = [world.registers.count('change'), world.store.count('change')];
    expect(await world.run(world.gateway().checkOut('bob@example.com'))).toMatchObject({ type: 'short' });
    expect([world.registers.count('change'), world.store.count('change')]).toEqual([changes, writes]);
  });

  it('waits for stock that is held, and gets what a dead gateway held', async () => {
    const world = await createShop();
    const dying = world.gateway(5);
    await world.run(Promise.allSettled([dying.checkOut(ANN)]));
    expect(world.registers.valueOf('stock:apple')).toMatchObject({ holds: [{ quantity: 3 }] });
    await world.customer('bob@example.com', { apple: 5 });
    expect(await world.run(world.gateway().checkOut('bob@example.com'))).toMatchObject({ type: 'ordered' });
    await world.sweep();
    expect(world.audit()).toEqual([]);
    expect(world.cartOf(ANN)).toEqual({ apple: 3, pear: 1 });
  });

  it('is told as made once it is confirmed, though the rest is left to others', async () => {
    const world = await createShop();
    world.store.failure = ({ change }) =>
      change?.action.type === 'take-from-cart' ? new StoreError('QUORUM_NOT_MET', 'away') : undefined;
    expect(await world.run(world.gateway().checkOut(ANN, KEY))).toMatchObject({ type: 'ordered' });
    expect(world.cartOf(ANN)).toEqual({ apple: 3, pear: 1 });
    world.store.failure = () => undefined;
    await world.sweep();
    expect(world.cartOf(ANN)).toEqual({});
    expect(world.audit()).toEqual([]);
  });

  it('I41: does not order again what an earlier order has yet to take out of the cart', async () => {
    for (const key of ['key-2', undefined]) {
      const world = await createShop();
      world.store.failure = ({ change }) =>
        change?.action.type === 'take-from-cart' ? new StoreError('QUORUM_NOT_MET', 'away') : undefined;
      expect(await world.run(world.gateway().checkOut(ANN, KEY))).toMatchObject({ type: 'ordered' });
      await expect(world.run(world.gateway().checkOut(ANN, key))).rejects.toMatchObject({ code: 'QUORUM_NOT_MET' });
      world.store.failure = () => undefined;
      expect(await world.run(world.gateway().checkOut(ANN, key))).toEqual({ type: 'cart-empty' });
      expect(world.orders()).toHaveLength(1);
      await world.sweep();
      expect(world.audit()).toEqual([]);
    }
  });

  it('I41: takes nothing from the cart while some of it cannot be sold yet, however often that is tried', async () => {
    const world = await createShop();
    world.registers.failure = ({ key, changeId = '' }) =>
      key === 'stock:pear' && changeId.startsWith('sell:') ? 'quorum-not-met' : undefined;
    expect(await world.run(world.gateway().checkOut(ANN, KEY))).toMatchObject({ type: 'ordered' });
    await world.sweep();
    expect(world.store.calls.filter(({ change }) => change?.action.type === 'take-from-cart')).toEqual([]);
    world.registers.failure = () => undefined;
    await world.sweep();
    expect(world.cartOf(ANN)).toEqual({});
    expect(world.audit()).toEqual([]);
  });

  it('I26: is told as unknown, with its id, when the decision is', async () => {
    for (const failure of ['unknown-applied', 'unknown-not-applied', 'unknown-later'] as const) {
      const world = await createShop();
      world.registers.failure = ({ changeId = '' }) => (changeId.startsWith('confirm:') ? failure : undefined);
      const outcome = await world.run(world.gateway().checkOut(ANN, KEY));
      expect(outcome).toMatchObject({ type: 'unknown', id: expect.stringMatching(/^[a-f0-9]{32}$/) });
      world.registers.failure = () => undefined;
      await world.sweep();
      expect(world.audit()).toEqual([]);
      // Late by less than the time after which it is undone.
      expect(world.orders()).toHaveLength(failure === 'unknown-not-applied' ? 0 : 1);
      expect(await world.run(world.gateway().checkOut(ANN, KEY))).toMatchObject({ type: 'ordered' });
      expect(world.orders()).toHaveLength(1);
    }
  });

  it('I39: orders nothing of a product whose quantity was lowered before its hold was placed', async () => {
    const world = await createShop();
    const change = world.registers.change.bind(world.registers);
    world.registers.change = async (key, wanted) => {
      // The quantity is read by now, and the hold waits for its turn.
      if (key === 'stock:apple' && wanted.id.startsWith('hold:') && world.registers.valueOf(key) === null) {
        await world.stock('apple', -3);
      }
      const result = await change(key, wanted);
      return result;
    };
    expect(await world.run(world.gateway().checkOut(ANN, KEY))).toEqual({
      type: 'short',
      lines: [{ product: 'apple', wanted: 3, available: 2 }],
    });
    expect(world.cartOf(ANN)).toEqual({ apple: 3, pear: 1 });
    await world.sweep();
    expect(world.audit().filter((fault) => !fault.endsWith('of 2 of apple were taken'))).toEqual([]);
  });

  it('is told as not made when it is not known whether it was noted', async () => {
    for (const list of ['open:', 'person:']) {
      const world = await createShop();
      world.store.failure = ({ key, change }) =>
        change?.action.type === 'list-add' && key.startsWith(list)
          ? new StoreError('OUTCOME_UNKNOWN', 'away')
          : undefined;
      await expect(world.run(world.gateway().checkOut(ANN, KEY))).rejects.toMatchObject({ code: 'QUORUM_NOT_MET' });
      expect(world.orders()).toEqual([]);
      world.store.failure = () => undefined;
      await world.sweep();
      expect(world.audit()).toEqual([]);
    }
  });

  it('I38: takes nothing when stock cannot be asked, also of what arrives late', async () => {
    for (const failure of ['quorum-not-met', 'unknown-applied', 'unknown-later'] as const) {
      const world = await createShop();
      world.registers.failure = ({ key, changeId = '' }) =>
        key === 'stock:pear' && changeId.startsWith('hold:') ? failure : undefined;
      await expect(world.run(world.gateway().checkOut(ANN, KEY))).rejects.toMatchObject({ code: 'QUORUM_NOT_MET' });
      world.registers.failure = () => undefined;
      await world.run(world.clock.sleep(1));
      expect(world.registers.valueOf('stock:pear')).toMatchObject({ holds: [], sold: 0 });
      await world.sweep();
      expect(world.audit()).toEqual([]);
    }
  });

  it('I41: does not trust a cart to remember an order for ever', async () => {
    const world = await createShop();
    world.store.failure = ({ change }) =>
      change?.action.type === 'take-from-cart' ? new StoreError('QUORUM_NOT_MET', 'away') : undefined;
    await world.run(world.gateway().checkOut(ANN, KEY));
    world.store.failure = () => undefined;
    await world.run(world.clock.sleep(86_400_000));
    await world.sweep();
    expect(world.cartOf(ANN)).toEqual({ apple: 3, pear: 1 });
    expect(world.audit()).toEqual([]);
  });
});

describe('checkouts at the same time', () => {
  it('I39: sell exactly what there is', async () => {
    const world = new ShopWorld({ turnsMax: 9 });
    await world.stock('ticket', 20);
    const gateways = [world.gateway(), world.gateway(), world.gateway()];
    const emails = Array.from({ length: 60 }, (_, index) => `c${index}@example.com`);
    for (const email of emails) await world.customer(email, { ticket: 1 });
    const outcomes = await world.run(
      Promise.all(emails.map(async (email, index) => gateways[index % 3]?.checkOut(email, `key ${index}`))),
    );
    expect(outcomes.filter((outcome) => outcome?.type === 'ordered')).toHaveLength(20);
    expect(outcomes.filter((outcome) => outcome?.type === 'short')).toHaveLength(40);
    await world.sweep();
    expect(world.audit()).toEqual([]);
    expect(world.registers.valueOf('stock:ticket')).toMatchObject({ sold: 20, holds: [] });
  });

  it('of carts that want the same two products in turn do not both come away empty', async () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const world = new ShopWorld({ seed, turnsMax: 9 });
      await world.stock('left shoe', 1);
      await world.stock('right shoe', 1);
      const shoes = { 'left shoe': 1, 'right shoe': 1 };
      for (const email of ['a@example.com', 'b@example.com']) await world.customer(email, shoes);
      const both = ['a@example.com', 'b@example.com'].map(async (email) => world.gateway().checkOut(email));
      const outcomes = await world.run(Promise.all(both));
      expect(outcomes.map(({ type }) => type).toSorted()).toEqual(['ordered', 'short']);
    }
  });

  it('I40: with one key get one answer, also when the cart is empty by the time it is looked at', async () => {
    const world = await createShop();
    const read = world.store.read.bind(world.store);
    const gate: { open?: () => void } = {};
    const opened = new Promise<void>((resolve) => (gate.open = resolve));
    let carts = 0;
    world.store.read = async (key, options) => {
      if (key.startsWith('user:') && (carts += 1) === 1) await opened;
      return read(key, options);
    };
    // It asks for the order, which is not there yet, and is slow to get the cart.
    const late = world.gateway().checkOut(ANN, KEY);
    const made = await world.run(world.gateway().checkOut(ANN, KEY));
    gate.open?.();
    expect(made.type).toBe('ordered');
    expect(await world.run(late)).toMatchObject({ type: 'ordered', id: made.type === 'ordered' ? made.id : '' });
  });

  it('of one cart without a key get one answer, also when it is emptied between two looks at it', async () => {
    const world = await createShop();
    const read = world.store.read.bind(world.store);
    let carts = 0;
    let made: unknown;
    world.store.read = async (key, options) => {
      if (key.startsWith('user:') && (carts += 1) === 2) made = await world.gateway().checkOut(ANN);
      return read(key, options);
    };
    const outcome = await world.run(world.gateway().checkOut(ANN));
    expect(outcome).toMatchObject({ type: 'ordered' });
    expect(made).toMatchObject({ type: 'ordered', id: outcome.type === 'ordered' ? outcome.id : '' });
  });

  it('I40: with one key, or of one cart without any, make one order', async () => {
    for (const key of [KEY, undefined]) {
      for (let seed = 1; seed <= 40; seed += 1) {
        const world = await createShop({ seed, turnsMax: 40 });
        const outcomes = await world.run(
          Promise.all([1, 2, 3].map(async () => world.gateway(NEVER).checkOut(ANN, key))),
        );
        const ids = outcomes.map((outcome) => (outcome.type === 'ordered' ? outcome.id : outcome.type));
        expect(new Set(ids).size).toBe(1);
        await world.sweep();
        expect(world.audit()).toEqual([]);
        expect(world.orders()).toHaveLength(1);
        expect(world.cartOf(ANN)).toEqual({});
      }
    }
  });
});
