import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pick, seededRandom } from '../../../../tests/support/seeded-random.ts';
import type { RegisterFailure } from '../testing/fake-registers.ts';
import { ShopWorld } from '../testing/shop-world.ts';

const ANN = 'ann@example.com';
const KEY = 'key-1';
const CART = { apple: 3, pear: 1 };
/** More changes than a checkout or a cancellation makes. */
const CHANGES_MAX = 40;

async function createShop(seed = 1) {
  const world = new ShopWorld({ seed, turnsMax: 3 });
  await world.stock('apple', 5);
  await world.stock('pear', 2);
  await world.customer(ANN, CART);
  return world;
}

/** For each number of changes after which a gateway can die; ends with the first that it survives. */
async function forEachCrash(act: (afterChanges: number) => Promise<'died' | 'survived'>): Promise<number> {
  for (let afterChanges = 1; afterChanges < CHANGES_MAX; afterChanges += 1) {
    if ((await act(afterChanges)) === 'survived') return afterChanges - 1;
  }
  throw new Error('the gateway dies whenever it is told to');
}

describe('a gateway that dies in mid-checkout', () => {
  it('I38, I43: after any change leaves an order and a taken cart, or neither', async () => {
    const crashes = await forEachCrash(async (afterChanges) => {
      const world = await createShop(afterChanges);
      const dying = world.gateway(afterChanges);
      await world.run(Promise.allSettled([dying.checkOut(ANN, KEY)]));
      await world.run(dying.background.idle());
      await world.addToCart(ANN, { apple: 1, kiwi: 1 });
      await world.sweep();
      expect(world.audit()).toEqual([]);
      const isOrdered = world.orders().length === 1;
      expect(world.cartOf(ANN)).toEqual(isOrdered ? { apple: 1, kiwi: 1 } : { ...CART, apple: 4, kiwi: 1 });
      const found = await world.run(world.gateway().orders.ofPerson(ANN, 10, 'test'));
      expect(found).toHaveLength(isOrdered ? 1 : 0);
      return dying.isDead() ? 'died' : 'survived';
    });
    expect(crashes).toBeGreaterThanOrEqual(10);
  });

  it('I40, I43: after any change makes one order with whoever is asked again under the same key', async () => {
    await forEachCrash(async (afterChanges) => {
      const world = await createShop(afterChanges);
      const dying = world.gateway(afterChanges);
      await world.run(Promise.allSettled([dying.checkOut(ANN, KEY)]));
      const retried = world.gateway();
      const { sweeper } = world.gateway();
      sweeper.start();
      expect(await world.run(retried.checkOut(ANN, KEY))).toMatchObject({ type: 'ordered' });
      sweeper.stop();
      await world.sweep();
      expect(world.audit()).toEqual([]);
      expect(world.orders()).toHaveLength(1);
      expect(world.cartOf(ANN)).toEqual({});
      return dying.isDead() ? 'died' : 'survived';
    });
  });

  it('I43: after any change of giving up leaves nothing held', async () => {
    const crashes = await forEachCrash(async (afterChanges) => {
      const world = await createShop(afterChanges);
      // Seen to be enough, and taken by the time it is to be held.
      const dying = world.gateway(afterChanges);
      world.store.failure = ({ change }) => {
        if (change?.action.type === 'list-add') world.store.records.delete('product:pear');
        return undefined;
      };
      await world.run(Promise.allSettled([dying.checkOut(ANN, KEY)]));
      await world.run(dying.background.idle());
      await world.sweep();
      expect(world.audit()).toEqual([]);
      expect(world.orders()).toEqual([]);
      expect(world.cartOf(ANN)).toEqual(CART);
      return dying.isDead() ? 'died' : 'survived';
    });
    expect(crashes).toBeGreaterThanOrEqual(6);
  });
});

describe('a gateway that dies in mid-cancellation', () => {
  it('I42, I43: after any change leaves the order standing or all of its stock given back', async () => {
    const crashes = await forEachCrash(async (afterChanges) => {
      const world = await createShop(afterChanges);
      const first = world.gateway();
      const made = await world.run(first.checkOut(ANN, KEY));
      await world.run(first.background.idle());
      const id = made.type === 'ordered' ? made.id : '';
      const dying = world.gateway(afterChanges);
      await world.run(Promise.allSettled([dying.orders.cancel(id, 'test')]));
      await world.run(dying.background.idle());
      await world.sweep();
      expect(world.audit()).toEqual([]);
      const cancelled = await world.run(world.gateway().orders.cancel(id, 'test'));
      expect(cancelled).toMatchObject({ state: 'cancelled' });
      await world.sweep();
      expect(world.audit()).toEqual([]);
      expect(world.registers.valueOf('stock:apple')).toMatchObject({ sold: 0, holds: [] });
      expect(world.cartOf(ANN)).toEqual({});
      return dying.isDead() ? 'died' : 'survived';
    });
    expect(crashes).toBeGreaterThanOrEqual(5);
  });
});

describe('a shop where anything happens', () => {
  const FAILURES: readonly RegisterFailure[] = [
    'quorum-not-met',
    'unknown-applied',
    'unknown-not-applied',
    'unknown-later',
  ];
  const PRODUCTS = ['apple', 'pear', '__proto__'];

  /** Checkouts with and without keys, repeats, cancellations, full carts, dying gateways, calls that go wrong. */
  async function disturb(world: ShopWorld, seed: number, failurePercent: number): Promise<ReadonlySet<string>> {
    const random = seededRandom(seed);
    const swept = (afterChanges: number) => {
      const gateway = world.gateway(afterChanges);
      gateway.sweeper.start();
      return gateway;
    };
    const emails = ['a@example.com', 'b@example.com', 'c@example.com', 'd@example.com'];
    for (const product of PRODUCTS) await world.stock(product, 4 + Math.floor(random() * 5));
    for (const email of emails) await world.customer(email, {});
    world.registers.failure = () => (random() * 100 < failurePercent ? pick(random, FAILURES) : undefined);
    let gateways = [1, 2, 3].map(() => swept(5 + random() * 80));
    const ordered = new Set<string>();
    const shop = async (): Promise<void> => {
      for (let visits = 0; visits < 6; visits += 1) {
        const email = pick(random, emails);
        gateways = gateways.map((gateway) => (gateway.isDead() ? swept(30 + random() * 80) : gateway));
        const gateway = pick(random, gateways);
        const added = [pick(random, PRODUCTS), pick(random, PRODUCTS)].map((name) => [name, 1] as const);
        await world.addToCart(email, Object.fromEntries(added));
        const key = random() < 0.7 ? `key ${Math.floor(random() * 4)}` : undefined;
        try {
          const outcome = await gateway.checkOut(email, key);
          if (outcome.type === 'ordered') ordered.add(outcome.id);
          const [some] = [...ordered];
          if (random() < 0.3 && some !== undefined) await gateway.orders.cancel(some, 'test');
        } catch {
          // A gateway that died or a majority that is away; whoever asked knows no more.
        }
        await world.clock.sleep(random() * 500);
      }
    };
    await world.run(Promise.all(Array.from({ length: 6 }, shop)));
    world.registers.failure = () => undefined;
    world.slowPercent = 0;
    // What is still on its way arrives.
    await world.run(world.clock.sleep(300_000));
    for (const { sweeper } of gateways) sweeper.stop();
    return ordered;
  }

  it('I38, I39, I41, I42, I43: sells no more than there is, loses no order that was told of, and comes to rest', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.constantFrom(0, 3, 15),
        fc.constantFrom(0, 1, 5),
        async (seed, failurePercent, slowPercent) => {
          const world = new ShopWorld({ seed, turnsMax: 6 });
          world.slowPercent = slowPercent;
          const ordered = await disturb(world, seed, failurePercent);
          await world.sweep();
          expect(world.audit()).toEqual([]);
          const kept = new Set(world.orders().map(({ id }) => id));
          expect([...ordered].filter((id) => !kept.has(id))).toEqual([]);
        },
      ),
      { numRuns: 40 },
    );
  }, 60_000);
});
