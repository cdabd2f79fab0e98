/*
 * Hints last: over a restart, a crash, a checkpoint; bounded; and their loss is no damage.
 */
import { describe, expect, it } from 'vitest';
import { addToProduct, createEngineWorld, DATA_DIR, groupOfKey } from '../testing/engine-world.ts';
import { HintLedger } from './hint-ledger.ts';

const KEYS = ['user:a@x', 'user:__proto__', 'product:🍎'];

describe('hints', () => {
  it('are there after a kill -9, oldest first, with and without a checkpoint', async () => {
    for (const checkpoints of [false, true]) {
      const world = createEngineWorld();
      const engine = await world.open();
      await engine.addHints('node-b', KEYS.slice(0, 2));
      if (checkpoints) await engine.checkpoint();
      await engine.addHints('node-b', KEYS);
      await engine.addHints('node-c', ['user:z@x']);
      world.medium.crash('nothing');
      const { hints, recovery } = await world.open();
      expect(hints.oldest('node-b', 10).map(({ key }) => key)).toEqual(KEYS);
      expect(hints.count('node-c')).toBe(1);
      expect(recovery.doubts).toEqual([]);
    }
  });

  it('that were settled are gone with the next checkpoint', async () => {
    const world = createEngineWorld();
    const engine = await world.open();
    await engine.addHints('node-b', KEYS);
    await engine.checkpoint();
    engine.hints.settle('node-b', engine.hints.oldest('node-b', 10));
    await engine.change('product:pear', addToProduct(1), undefined);
    await engine.close();
    const { hints } = await world.open();
    expect(hints.nodes).toEqual([]);
  });

  it('that are damaged are set aside, and cost neither incarnation nor trust', async () => {
    const world = createEngineWorld();
    const engine = await world.open();
    await engine.addHints('node-b', KEYS);
    await engine.checkpoint();
    world.medium.crash('nothing');
    const path = `${DATA_DIR}/hints.json`;
    world.medium.overwrite(path, world.medium.contents(path).subarray(0, 20));
    const next = await world.open();
    expect(next.hints.nodes).toEqual([]);
    expect(next.actor).toBe(engine.actor);
    expect(next.recovery).toMatchObject({ doubts: [], incompleteGroups: [], setAside: [{ reason: /hints/ }] });
  });

  it('are remembered in memory when the disk is full', async () => {
    const world = createEngineWorld();
    const engine = await world.open();
    world.medium.freeBytes = 0;
    await expect(engine.addHints('node-b', KEYS)).rejects.toMatchObject({ code: 'READ_ONLY' });
    expect(engine.hints.count('node-b')).toBe(KEYS.length);
  });
});

describe('a ledger', () => {
  it('keeps whole placement groups past its bound, also when it is read back', async () => {
    const world = createEngineWorld();
    const engine = await world.open({ hintsMax: 2 });
    await engine.addHints('node-b', [...KEYS, ...KEYS]);
    const expected = { keys: KEYS.slice(0, 2), groups: [groupOfKey(KEYS[2] ?? '')] };
    expect(engine.hints.snapshot().get('node-b')).toEqual(expected);
    await engine.checkpoint();
    world.medium.crash('nothing');
    const next = await world.open({ hintsMax: 2 });
    expect(next.hints.snapshot().get('node-b')).toEqual(expected);
    expect(next.hints.count('node-b')).toBe(3);
  });

  it('forgets what is settled, and the node with its last hint', () => {
    const ledger = new HintLedger(1, () => 7);
    ledger.add('b', ['k', 'l', 'm']);
    expect(ledger.groups('b')).toEqual([7]);
    ledger.settle('b', ledger.oldest('b', 10));
    ledger.settleGroup('b', 7);
    expect(ledger.nodes).toEqual([]);
    ledger.add('b', ['k']);
    ledger.forget('b');
    expect(ledger.count('b')).toBe(0);
    ledger.add('b', []);
    expect(ledger.nodes).toEqual([]);
  });

  it('does not remember a key of a group that it remembers whole', () => {
    const ledger = new HintLedger(10, () => 7);
    ledger.addGroups('b', [7]);
    ledger.add('b', ['k']);
    expect(ledger.oldest('b', 10)).toEqual([]);
  });

  it('I18: keeps a key that was missed again while it was being delivered, in its old place', () => {
    const ledger = new HintLedger(10, () => 7);
    ledger.add('b', ['k', 'l']);
    const owed = ledger.oldest('b', 1);
    ledger.add('b', ['k']);
    ledger.settle('b', owed);
    expect(ledger.oldest('b', 10).map(({ key }) => key)).toEqual(['k', 'l']);
  });
});
