import { describe, expect, it } from 'vitest';
import { ShopWorld } from '../testing/shop-world.ts';
import { orderIdByKey } from './order-ids.ts';

const ANN = 'ann@example.com';

async function createShop() {
  const world = new ShopWorld();
  await world.stock('apple', 9);
  await world.customer(ANN, { apple: 3 });
  return world;
}

/** The id of an order that a gateway made. */
async function ordered(world: ShopWorld, key: string): Promise<string> {
  const gateway = world.gateway();
  const outcome = await world.run(gateway.checkOut(ANN, key));
  await world.run(gateway.background.idle());
  if (outcome.type !== 'ordered') throw new Error(`the checkout came to ${outcome.type}`);
  return outcome.id;
}

describe('orders', () => {
  it('are found by id and by person, newest first', async () => {
    const world = await createShop();
    const { orders } = world.gateway();
    const ids: string[] = [];
    for (const key of ['1', '2', '3']) {
      await world.addToCart(ANN, { apple: 1 });
      ids.unshift(await ordered(world, key));
      await world.run(world.clock.sleep(2_000));
    }
    expect((await world.run(orders.ofPerson(ANN, 10, 'r'))).map(({ id }) => id)).toEqual(ids);
    expect((await world.run(orders.ofPerson(ANN, 2, 'r'))).map(({ id }) => id)).toEqual(ids.slice(0, 2));
    expect(await world.run(orders.ofPerson('nobody@example.com', 10, 'r'))).toEqual([]);
    expect(await world.run(orders.find(ids[2] ?? '', 'r'))).toMatchObject({ email: ANN, state: 'confirmed' });
    expect(await world.run(orders.find('0'.repeat(32), 'r'))).toBeUndefined();
  });

  it('that came to nothing are not shown, and leave the list in time', async () => {
    const world = await createShop();
    await world.run(Promise.allSettled([world.gateway(4).checkOut(ANN, 'k')]));
    expect(world.orders()).toMatchObject([{ order: { state: 'pending' } }]);
    const { orders, persons, background } = world.gateway();
    await world.run(world.clock.sleep(11_000));
    expect(await world.run(orders.ofPerson(ANN, 10, 'r'))).toEqual([]);
    expect(await world.run(orders.find(orderIdByKey('k', ANN), 'r'))).toBeUndefined();
    expect(await world.run(persons.read(ANN, 'order', 'r'))).toHaveLength(1);
    await world.run(world.clock.sleep(600_000));
    await world.run(orders.ofPerson(ANN, 10, 'r'));
    await world.run(background.idle());
    expect(await world.run(persons.read(ANN, 'order', 'r'))).toHaveLength(0);
  });
});

describe('cancelling', () => {
  it('I42: gives the stock back once, and again tells the same', async () => {
    const world = await createShop();
    const id = await ordered(world, 'k');
    const { orders } = world.gateway();
    expect(await world.run(orders.cancel(id, 'r'))).toMatchObject({ state: 'cancelled' });
    expect(world.registers.valueOf('stock:apple')).toMatchObject({ sold: 0 });
    expect(await world.run(orders.cancel(id, 'r'))).toMatchObject({ state: 'cancelled' });
    expect(world.registers.valueOf('stock:apple')).toMatchObject({ sold: 0 });
    expect(world.cartOf(ANN)).toEqual({});
    await world.sweep();
    expect(world.audit()).toEqual([]);
  });

  it('I42: by several at once gives the stock back once', async () => {
    for (let seed = 1; seed <= 10; seed += 1) {
      const world = new ShopWorld({ seed, turnsMax: 9 });
      await world.stock('apple', 9);
      await world.customer(ANN, { apple: 3 });
      const id = await ordered(world, 'k');
      await world.customer('bob@example.com', { apple: 5 });
      await world.run(world.gateway().checkOut('bob@example.com'));
      await world.run(Promise.all([1, 2, 3].map(async () => world.gateway().orders.cancel(id, 'r'))));
      expect(world.registers.valueOf('stock:apple')).toMatchObject({ sold: 5, holds: [] });
      await world.sweep();
      expect(world.audit()).toEqual([]);
    }
  });

  it('I42: is told as under way when the stock cannot be given back yet, and is completed later', async () => {
    for (const failure of ['quorum-not-met', 'unknown-not-applied', 'unknown-applied'] as const) {
      const world = await createShop();
      const id = await ordered(world, 'k');
      world.registers.failure = ({ changeId = '' }) => (changeId.startsWith('return:') ? failure : undefined);
      expect(await world.run(world.gateway().orders.cancel(id, 'r'))).toMatchObject({ state: 'cancelling' });
      world.registers.failure = () => undefined;
      await world.sweep();
      expect(world.audit()).toEqual([]);
      expect(await world.run(world.gateway().orders.find(id, 'r'))).toMatchObject({ state: 'cancelled' });
    }
  });

  it('of an order that a dead gateway confirmed finishes that first', async () => {
    const world = await createShop();
    // Takes its turn, notes, begins, holds and confirms, but sells nothing.
    const dying = world.gateway(6);
    await world.run(Promise.allSettled([dying.checkOut(ANN, 'k')]));
    const id = orderIdByKey('k', ANN);
    expect(world.orders()).toMatchObject([{ id, order: { state: 'confirmed', settled: false } }]);
    expect(await world.run(world.gateway().orders.cancel(id, 'r'))).toMatchObject({ state: 'cancelled' });
    expect(world.cartOf(ANN)).toEqual({});
    await world.sweep();
    expect(world.audit()).toEqual([]);
  });

  it('of an order that is left pending waits until it can be undone', async () => {
    const world = await createShop();
    await world.run(Promise.allSettled([world.gateway(4).checkOut(ANN, 'k')]));
    expect(await world.run(world.gateway().orders.cancel(orderIdByKey('k', ANN), 'r'))).toBeUndefined();
    expect(world.orders()).toEqual([]);
  });

  it('does not give back to a product that was deleted and made anew', async () => {
    const world = await createShop();
    const id = await ordered(world, 'k');
    const gateway = world.gateway();
    world.store.records.delete('product:apple');
    await world.run(gateway.availability.forget('apple', { requestId: 'r', isDegraded: false }));
    await world.stock('apple', 9);
    await world.addToCart(ANN, { apple: 9 });
    await ordered(world, 'l');
    await world.run(gateway.orders.cancel(id, 'r'));
    expect(world.registers.valueOf('stock:apple')).toMatchObject({ sold: 9 });
  });
});
