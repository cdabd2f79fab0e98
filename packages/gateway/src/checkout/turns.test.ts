/*
 * Checkouts of one cart under different keys at the same time: it is ordered once, whatever is cut short.
 */
import { describe, expect, it } from 'vitest';
import { ListFullError } from '../lists/list-writer.ts';
import { StoreError } from '../store.ts';
import { ShopWorld } from '../testing/shop-world.ts';

const ANN = 'ann@example.com';

async function createShop(seed: number) {
  const world = new ShopWorld({ seed, turnsMax: 6 });
  await world.stock('apple', 100);
  await world.customer(ANN, { apple: 3 });
  return world;
}

function ordered(world: ShopWorld): number {
  const standing = world.orders().filter(({ order }) => order.state === 'confirmed');
  return standing.flatMap(({ order }) => order.lines).reduce((sum, { quantity }) => sum + quantity, 0);
}

/** Has the next change of an order fail. */
function refuseOrders({ registers }: ShopWorld): void {
  const change = registers.change.bind(registers);
  registers.change = async (key, asked) => {
    if (!key.startsWith('order:')) return change(key, asked);
    registers.change = change;
    throw new StoreError('NO_REPLICA', 'no replica answers');
  };
}

const seeds = Array.from({ length: 20 }, (_, seed) => seed + 1);

describe('checkouts of one cart at the same time', () => {
  it.each(seeds)('I40: under several keys order it once (seed %i)', async (seed) => {
    const world = await createShop(seed);
    const keys = ['key-1', 'key-2', 'key-3', undefined];
    const outcomes = await world.run(Promise.all(keys.map((key) => world.gateway().checkOut(ANN, key))));
    expect(outcomes.map(({ type }) => type).toSorted()).toEqual(['cart-empty', 'cart-empty', 'cart-empty', 'ordered']);
    expect(ordered(world)).toBe(3);
    await world.sweep();
    expect(world.cartOf(ANN)).toEqual({});
    expect(world.audit()).toEqual([]);
    expect([...world.registers.cells].filter(([key, { value }]) => key.startsWith('turn:') && value !== null)).toEqual(
      [],
    );
  });

  it.each(seeds)('I40: order it once though gateways die and calls are slow (seed %i)', async (seed) => {
    const world = await createShop(seed);
    world.slowPercent = 5;
    const dying = world.gateway(seed % 14);
    const others = ['key-2', 'key-3'].map((key) => world.gateway().checkOut(ANN, key));
    await world.run(Promise.allSettled([dying.checkOut(ANN, 'key-1'), ...others]));
    world.slowPercent = 0;
    await world.sweep();
    await world.run(world.gateway().checkOut(ANN, 'key-4'));
    await world.sweep();
    expect(ordered(world)).toBe(3);
    expect(world.cartOf(ANN)).toEqual({});
    expect(world.audit()).toEqual([]);
  });

  it.each([
    ['cannot be put on the list of orders', 'list'],
    ['cannot be begun', 'order'],
  ])('do not wait for an attempt that %s', async (_, what) => {
    const world = await createShop(1);
    const refusing = world.gateway();
    if (what === 'list') refusing.persons.add = async () => Promise.reject(new ListFullError('the list is full'));
    else refuseOrders(world);
    await expect(world.run(refusing.checkOut(ANN, 'key-1'))).rejects.toThrow(what === 'list' ? 'full' : 'no replica');
    await world.run(refusing.background.idle());
    const sinceMs = world.clock.nowMs();
    expect(await world.run(world.gateway().checkOut(ANN, 'key-2'))).toMatchObject({ type: 'ordered' });
    expect(world.clock.nowMs() - sinceMs).toBeLessThan(1_000);
  });

  it('leave to the next what was put in after the order', async () => {
    const world = await createShop(1);
    const first = await world.run(world.gateway().checkOut(ANN, 'key-1'));
    await world.addToCart(ANN, { apple: 4 });
    const second = await world.run(world.gateway().checkOut(ANN, 'key-2'));
    expect([first, second]).toMatchObject([
      { order: { lines: [{ quantity: 3 }] } },
      { order: { lines: [{ quantity: 4 }] } },
    ]);
  });
});
