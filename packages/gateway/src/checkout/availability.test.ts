import { describe, expect, it } from 'vitest';
import { ShopWorld } from '../testing/shop-world.ts';

const ANN = 'ann@example.com';
const ONCE = { id: 'k', fingerprint: 'f', expiresAtMs: Number.MAX_SAFE_INTEGER };

async function createShop() {
  const world = new ShopWorld();
  await world.stock('apple', 10);
  await world.customer(ANN, { apple: 6 });
  const gateway = world.gateway();
  await world.run(gateway.checkOut(ANN));
  return { world, ...gateway };
}

function adding(quantity: number) {
  return { action: { type: 'add-to-product', quantity } } as const;
}

describe('what is available', () => {
  it('is what is neither sold nor held', async () => {
    const { world, availability } = await createShop();
    expect(await world.run(availability.look('apple', 'r')(10))).toBe(4);
    expect(await world.run(availability.look('pear', 'r')(7))).toBe(7);
  });

  it('is not known when a majority is away, and soon told so', async () => {
    const { world, availability } = await createShop();
    world.registers.failure = () => 'quorum-not-met';
    expect(await world.run(availability.look('apple', 'r')(10))).toBeNull();
    world.registers.failure = () => undefined;
    world.slowPercent = 100;
    const beforeMs = world.clock.monotonicMs();
    expect(await world.run(availability.look('apple', 'r')(10))).toBeNull();
    expect(world.clock.monotonicMs() - beforeMs).toBe(1_000);
  });

  it('grows again when somebody looks at what a dead gateway holds', async () => {
    const { world, availability, background } = await createShop();
    await world.customer('bob@example.com', { apple: 2 });
    await world.run(Promise.allSettled([world.gateway(5).checkOut('bob@example.com')]));
    await world.run(world.clock.sleep(11_000));
    expect(await world.run(availability.look('apple', 'r')(10))).toBe(2);
    await world.run(background.idle());
    expect(await world.run(availability.look('apple', 'r')(10))).toBe(4);
  });

  it('keeps a quantity from being lowered below what is taken', async () => {
    const { world, availability } = await createShop();
    const taken = async (quantity: number) =>
      world.run(availability.takenBeyond('apple', adding(quantity), { requestId: 'r' }));
    expect([await taken(-4), await taken(-5), await taken(5)]).toEqual([undefined, 6, undefined]);
    // Refused for another reason, by whoever makes the change.
    expect(await taken(-11)).toBeUndefined();
  });

  it('lets it be lowered while a majority is away, as products are written then too; unless that is strict', async () => {
    const { world, availability } = await createShop();
    world.registers.failure = () => 'quorum-not-met';
    const taken = async (strict: boolean) =>
      world.run(availability.takenBeyond('apple', adding(-5), { requestId: 'r', strict }));
    expect(await taken(false)).toBeUndefined();
    await expect(taken(true)).rejects.toMatchObject({ code: 'QUORUM_NOT_MET' });
  });

  it('forgets what was sold of a product that is deleted; with a majority away only when the deletion is degraded too', async () => {
    const { world, availability } = await createShop();
    const forget = async (isDegraded: boolean) =>
      world.run(availability.forget('apple', { requestId: 'r', isDegraded }));
    world.store.records.delete('product:apple');
    world.registers.failure = () => 'quorum-not-met';
    await expect(forget(false)).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    await forget(true);
    world.registers.failure = () => undefined;
    // Too much is taken for sold, not too little.
    expect(await world.run(availability.look('apple', 'r')(10))).toBe(4);
    await forget(false);
    expect(await world.run(availability.look('apple', 'r')(10))).toBe(10);
  });

  it('I39: does not forget what is sold of a product made anew, though the deletion is late with that', async () => {
    for (const madeAt of ['read', 'change'] as const) {
      const { world, availability, checkOut } = await createShop();
      world.store.records.delete('product:apple');
      const makeAnew = async () => {
        await world.stock('apple', 8);
        await world.customer('bob@example.com', { apple: 2 });
        await checkOut('bob@example.com');
      };
      if (madeAt === 'read') await world.run(makeAnew());
      const read = world.store.read.bind(world.store);
      let reads = 0;
      world.store.read = async (key, options) => {
        const outcome = await read(key, options);
        // Made after the deletion saw that it is gone.
        if (madeAt === 'change' && key === 'product:apple' && (reads += 1) === 1) await makeAnew();
        return outcome;
      };
      await world.run(availability.forget('apple', { requestId: 'r', isDegraded: false }));
      expect(world.registers.valueOf('stock:apple')).toMatchObject({ sold: 8 });
    }
  });

  it('does not refuse a lowering that was made before', async () => {
    const { world, availability } = await createShop();
    const change = { ...adding(-3), once: ONCE };
    await world.store.change('product:apple', change, { requestId: 'r' });
    expect(await world.run(availability.takenBeyond('apple', change, { requestId: 'r' }))).toBeUndefined();
    expect(await world.run(availability.takenBeyond('apple', adding(-3), { requestId: 'r' }))).toBe(6);
  });
});
