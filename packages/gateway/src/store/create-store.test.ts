import { placementGroupOf } from '@trolley/crush';
import { productKey, productOf, userKey, userOf, write, type Change } from '@trolley/records';
import { describe, expect, test, vi } from 'vitest';
import type { FakeNode } from '../testing/fake-nodes.ts';
import { createTestStore } from '../testing/test-store.ts';

const key = userKey('ann@example.com');
const create: Change = { action: { type: 'create-user' } };
const add = (name: string, quantity = 1): Change => ({ action: { type: 'add-to-cart', lines: [[name, quantity]] } });

function quantityAt(node: FakeNode, name: string): number | undefined {
  const record = node.records.get(key);
  return record === undefined ? undefined : userOf(record)?.cart.get(name);
}

function reset(nodes: readonly FakeNode[]): void {
  for (const { counts } of nodes) {
    for (const name of Object.keys(counts)) counts[name as keyof typeof counts] = 0;
  }
}

const operationsPerBatch = ({ counts }: FakeNode) =>
  (counts.read + counts.change + counts.merge) / Math.max(1, counts.batches);

describe('reading', () => {
  test('a key that nobody has is empty, and complete', async () => {
    const { store, REQUEST } = createTestStore();
    const { record, quorum } = await store.read(key, REQUEST);
    expect(record.context.size).toBe(0);
    expect(quorum).toEqual({ answered: 2, replicas: 3, degraded: false });
  });

  test('I14: asks a quorum and no more, and writes nothing when the replicas agree', async () => {
    const { store, nodes, REQUEST } = createTestStore();
    await store.change(key, create, { ...REQUEST, w: 'all' });
    reset(nodes);
    await store.read(key, REQUEST);
    expect(nodes.reduce((sum, { counts }) => sum + counts.read, 0)).toBe(2);
    expect(nodes.every(({ counts }) => counts.merge + counts.change === 0)).toBe(true);
  });

  test('r=one asks one, r=all asks all', async () => {
    const { store, nodes, REQUEST } = createTestStore();
    const one = await store.read(key, { ...REQUEST, r: 'one' });
    expect(one.quorum).toEqual({ answered: 1, replicas: 3, degraded: false });
    const all = await store.read(key, { ...REQUEST, r: 'all' });
    expect(all.quorum).toEqual({ answered: 3, replicas: 3, degraded: false });
    expect(nodes.reduce((sum, { counts }) => sum + counts.read, 0)).toBe(4);
  });

  test('r above the number of replicas is refused', async () => {
    const { store, REQUEST } = createTestStore();
    await expect(store.read(key, { ...REQUEST, r: 4 })).rejects.toMatchObject({ code: 'LEVEL_TOO_HIGH' });
  });

  test.each([
    ['a', 'b'],
    ['a', 'c'],
    ['b', 'c'],
  ])('a product written apart on %s as 2 and on %s as 3 is read as 2, and both hold 2', async (first, second) => {
    const { store, node, published, REQUEST } = createTestStore();
    const orange = productKey('orange');
    node(first).records.set(orange, write({ context: new Map(), fields: new Map() }, `${first}.1`, [['quantity', 2]]));
    node(second).records.set(
      orange,
      write({ context: new Map(), fields: new Map() }, `${second}.1`, [['quantity', 3]]),
    );
    const { record } = await store.read(orange, REQUEST);
    expect(productOf(record)?.quantity).toBe(2);
    await vi.waitFor(() => {
      for (const id of [first, second]) {
        const held = node(id).records.get(orange);
        expect(held && productOf(held)?.quantity).toBe(2);
      }
    });
    const repaired = expect.objectContaining({ type: 'repaired', key: orange, node: first, why: 'read' });
    await vi.waitFor(() => expect(published).toContainEqual(repaired));
  });

  test('I13: a node that came back is looked at by reads, and repaired by the first read of a key', async () => {
    const { store, node, nodes, registry, published, REQUEST } = createTestStore({ readRepairWatchMs: 60_000 });
    await store.change(key, create, { ...REQUEST, w: 'all' });
    for (const { id } of nodes) {
      registry.down(node(id));
      await store.change(key, add('apple'), REQUEST);
      const stale = quantityAt(node(id), 'apple');
      registry.up(node(id));
      await store.read(key, REQUEST);
      await vi.waitFor(() => expect(quantityAt(node(id), 'apple')).toBe((stale ?? 0) + 1));
      expect(published).toContainEqual(expect.objectContaining({ type: 'repaired', key, node: id, why: 'read' }));
    }
  });

  test('nodes that say that they are in step are asked for no more than a quorum', async () => {
    const { store, nodes, REQUEST } = createTestStore({ readRepairWatchMs: 60_000, nodeTimeoutMs: 100 });
    await store.change(key, create, { ...REQUEST, w: 'all' });
    const readsOfOne = async () => {
      const before = nodes.reduce((sum, { counts }) => sum + counts.read, 0);
      await store.read(key, REQUEST);
      return nodes.reduce((sum, { counts }) => sum + counts.read, -before);
    };
    expect(await readsOfOne()).toBe(3);
    const tell = () => {
      const nowMs = performance.now();
      for (const each of nodes) each.status = { ...each.status, clockMs: nowMs, inStepAsOfMs: nowMs };
    };
    await vi.waitFor(
      async () => {
        tell();
        expect(await readsOfOne()).toBe(2);
      },
      { timeout: 10_000 },
    );
  });

  test('a node that refuses connections is gone round', async () => {
    const { store, nodes, REQUEST } = createTestStore();
    await store.change(key, create, { ...REQUEST, w: 'all' });
    for (const broken of nodes) {
      broken.behaviour = 'refuses';
      const { record, quorum } = await store.read(key, REQUEST);
      expect(userOf(record)).toBeDefined();
      expect(quorum).toEqual({ answered: 2, replicas: 3, degraded: false });
      broken.behaviour = 'sound';
    }
  });

  test.each(['a', 'b', 'c'])('if node %s never answers, it is hedged around before its time is up', async (hung) => {
    const { store, node, REQUEST } = createTestStore({ nodeTimeoutMs: 10_000 });
    await store.change(key, create, { ...REQUEST, w: 'all' });
    node(hung).behaviour = 'hangs';
    const startMs = performance.now();
    const { quorum } = await store.read(key, REQUEST);
    expect(performance.now() - startMs).toBeLessThan(5_000);
    expect(quorum.degraded).toBe(false);
  });

  test('one replica alone serves, and says so; strict wants the quorum', async () => {
    const { store, node, published, REQUEST } = createTestStore();
    await store.change(key, create, { ...REQUEST, w: 'all' });
    node('a').behaviour = 'refuses';
    node('b').behaviour = 'refuses';
    const { record, quorum } = await store.read(key, REQUEST);
    expect(userOf(record)).toBeDefined();
    expect(quorum).toEqual({ answered: 1, replicas: 3, degraded: true });
    expect(published).toContainEqual({ type: 'degraded', key, operation: 'read', answered: 1, replicas: 3 });
    await expect(store.read(key, { ...REQUEST, strict: true })).rejects.toMatchObject({ code: 'QUORUM_NOT_MET' });
    node('c').behaviour = 'refuses';
    await expect(store.read(key, REQUEST)).rejects.toMatchObject({ code: 'NO_REPLICA' });
  });

  test.each(['a', 'b', 'c'])(
    'I8: what replica %s says after it lost data is merged, but counts towards no quorum',
    async (id) => {
      const { store, node, REQUEST } = createTestStore({ readRepairWatchMs: 60_000 });
      await store.change(key, create, { ...REQUEST, w: 'all' });
      node(id).records.clear();
      node(id).behaviour = 'incomplete';
      const { record, quorum } = await store.read(key, REQUEST);
      expect(userOf(record)).toBeDefined();
      expect(quorum).toMatchObject({ answered: 2, degraded: false });
      await vi.waitFor(() => expect(node(id).records.has(key)).toBe(true));
    },
  );
});

describe('changing', () => {
  test('I3: resolves with a write quorum, and reaches every replica', async () => {
    const { store, nodes, REQUEST } = createTestStore();
    const { quorum } = await store.change(key, create, REQUEST);
    expect(quorum.answered).toBeGreaterThanOrEqual(2);
    expect(quorum.degraded).toBe(false);
    await vi.waitFor(() => expect(nodes.every(({ records }) => records.has(key))).toBe(true));
  });

  test('I5: concurrent adds to one cart are all counted', async () => {
    const { store, nodes, REQUEST } = createTestStore({ nodeTimeoutMs: 5_000 });
    await store.change(key, create, REQUEST);
    await Promise.all(Array.from({ length: 200 }, () => store.change(key, add('apple'), REQUEST)));
    const { record } = await store.read(key, REQUEST);
    expect(userOf(record)?.cart.get('apple')).toBe(200);
    await vi.waitFor(() => expect(nodes.map((node) => quantityAt(node, 'apple'))).toEqual([200, 200, 200]));
  });

  test('operations that come together go out in batches', async () => {
    const { store, nodes, REQUEST } = createTestStore({ nodeTimeoutMs: 5_000 });
    await store.change(key, create, REQUEST);
    reset(nodes);
    await Promise.all(Array.from({ length: 64 }, () => store.change(key, add('apple'), REQUEST)));
    await vi.waitFor(() => expect(Math.min(...nodes.map(operationsPerBatch))).toBeGreaterThan(8));
  });

  test('I6: a coordinator that was away is told what it missed before it applies the change', async () => {
    const { store, nodes, registry, REQUEST } = createTestStore();
    await store.change(key, create, { ...REQUEST, w: 'all' });
    for (const away of nodes) {
      registry.down(away);
      await store.change(key, add('apple'), REQUEST);
      registry.up(away);
      await store.change(key, add('apple'), { ...REQUEST, w: 'all' });
    }
    expect(nodes.map((node) => quantityAt(node, 'apple'))).toEqual([6, 6, 6]);
  });

  test('refusals come back as such and are spread to nobody', async () => {
    const { store, nodes, REQUEST } = createTestStore();
    const outcome = await store.change(key, add('apple'), REQUEST);
    expect(outcome).toMatchObject({ type: 'refused', code: 'USER_NOT_FOUND' });
    expect(nodes.every(({ counts }) => counts.merge === 0)).toBe(true);
  });

  test('I12: a cart can be written while one replica lives', async () => {
    const { store, nodes, node, registry, REQUEST } = createTestStore();
    await store.change(key, create, { ...REQUEST, w: 'all' });
    registry.down(node('a'));
    node('a').behaviour = 'refuses';
    node('b').behaviour = 'refuses';
    const { quorum } = await store.change(key, add('apple'), REQUEST);
    expect(quorum).toEqual({ answered: 1, replicas: 3, degraded: true });
    const strict = store.change(key, add('apple'), { ...REQUEST, strict: true });
    await expect(strict).rejects.toMatchObject({ code: 'QUORUM_NOT_MET' });
    expect(quantityAt(node('c'), 'apple')).toBe(1);
    for (const each of nodes) each.behaviour = 'sound';
    registry.up(node('a'));
    await store.change(key, add('apple'), { ...REQUEST, w: 'all' });
    expect(nodes.map((each) => quantityAt(each, 'apple'))).toEqual([2, 2, 2]);
  });

  test('a change on disk where it was asked for is degraded all the same when it was made on too few answers', async () => {
    const { store, node, REQUEST } = createTestStore();
    await store.change(key, create, { ...REQUEST, w: 'all' });
    node('a').behaviour = 'refuses';
    node('b').behaviour = 'refuses';
    const quick = await store.change(key, add('apple'), { ...REQUEST, w: 'one' });
    expect(quick.quorum).toEqual({ answered: 1, replicas: 3, degraded: true });
    const quickest = await store.change(key, add('apple'), { ...REQUEST, r: 'one', w: 'one' });
    expect(quickest.quorum).toEqual({ answered: 1, replicas: 3, degraded: false });
  });

  test('a registry that lost every node does not stop a shop whose nodes answer', async () => {
    const { store, nodes, registry, REQUEST } = createTestStore();
    for (const node of nodes) registry.down(node);
    await store.change(key, create, REQUEST);
    const { quorum } = await store.change(key, add('apple'), REQUEST);
    expect(quorum.degraded).toBe(false);
  });

  test('a coordinator with a full disk passes the change on to the next', async () => {
    const { store, nodes, REQUEST } = createTestStore();
    await store.change(key, create, { ...REQUEST, w: 'all' });
    for (const full of nodes) {
      full.behaviour = 'read-only';
      expect((await store.change(key, add('apple'), REQUEST)).type).toBe('applied');
      full.behaviour = 'sound';
    }
    for (const full of nodes) full.behaviour = 'read-only';
    await expect(store.change(key, add('apple'), REQUEST)).rejects.toMatchObject({ code: 'READ_ONLY' });
  });

  test('a coordinator that fails after it applied the change costs nothing and counts nothing twice', async () => {
    const { store, nodes, transport, REQUEST } = createTestStore();
    await store.change(key, create, { ...REQUEST, w: 'all' });
    let lossy: FakeNode | undefined;
    transport.onBatch = (node, batch) => {
      if (lossy !== undefined || !batch.operations.some(({ type }) => type === 'change')) return;
      lossy = node;
      node.behaviour = 'loses-answers';
    };
    await store.change(key, add('apple'), REQUEST);
    for (const node of nodes) node.behaviour = 'sound';
    const { record } = await store.read(key, { ...REQUEST, r: 'all' });
    expect(lossy).toBeDefined();
    expect(userOf(record)?.cart.get('apple')).toBe(1);
  });

  test('a coordinator that dies while it alone knows a write does not keep the others from taking the next', async () => {
    const { store, nodes, transport, REQUEST } = createTestStore();
    await store.change(key, create, { ...REQUEST, w: 'all' });
    const [coordinator, ...others] = nodes.toSorted((a, b) => b.counts.change - a.counts.change);
    const held = coordinator?.records.get(key);
    if (coordinator === undefined || held === undefined) throw new Error('nobody coordinated');
    // On its way to the others when the node dies: acknowledged to nobody.
    coordinator.records.set(key, write(held, 'another.1', [['line:pear', 1]]));
    transport.onBatch = (node, batch) => {
      if (batch.operations.some(({ type }) => type === 'change') && node === coordinator)
        node.behaviour = 'loses-answers';
    };
    const { type, quorum } = await store.change(key, add('apple'), { ...REQUEST, strict: true });
    expect({ type, ...quorum }).toMatchObject({ type: 'applied', degraded: false });
    expect(others.map((node) => quantityAt(node, 'apple'))).toEqual([1, 1]);
  });

  test('a change that was sent is unknown when too few are left to make it again', async () => {
    const { store, nodes, transport, REQUEST } = createTestStore();
    await store.change(key, create, { ...REQUEST, w: 'all' });
    const [coordinator] = nodes.toSorted((a, b) => b.counts.change - a.counts.change);
    const held = coordinator?.records.get(key);
    if (coordinator === undefined || held === undefined) throw new Error('nobody coordinated');
    coordinator.records.set(key, write(held, 'another.1', [['line:pear', 1]]));
    transport.onBatch = (node, batch) => {
      if (!batch.operations.some(({ type }) => type === 'change')) return;
      for (const other of nodes) if (other !== node) other.behaviour = 'refuses';
      node.behaviour = 'loses-answers';
    };
    const changing = store.change(key, add('apple'), { ...REQUEST, strict: true });
    await expect(changing).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  });

  test('a change that nobody confirmed is unknown, not refused', async () => {
    const { store, nodes, REQUEST, transport } = createTestStore();
    await store.change(key, create, { ...REQUEST, w: 'all' });
    transport.onBatch = (node, batch) => {
      if (batch.operations.some(({ type }) => type === 'change')) node.behaviour = 'loses-answers';
    };
    await expect(store.change(key, add('apple'), REQUEST)).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect(nodes.some((node) => quantityAt(node, 'apple') === 1)).toBe(true);
  });
});

describe('listing and looking', () => {
  test('pages merge all nodes in key order, without gaps or doubles', async () => {
    const { store, REQUEST } = createTestStore({ nodes: 5 });
    const names = Array.from({ length: 57 }, (_, index) => `product ${String(index).padStart(2, '0')}`);
    for (const name of names) {
      await store.change(productKey(name), { action: { type: 'add-to-product', quantity: 1 } }, REQUEST);
    }
    const listed: string[] = [];
    let after: string | undefined;
    do {
      const page = await store.list('product:', { after, limit: 10 }, REQUEST);
      listed.push(...page.entries.map((entry) => entry.key));
      after = page.next;
    } while (after !== undefined);
    expect(listed).toEqual(names.map(productKey));
  });

  test('a listing with too few nodes for some key is degraded', async () => {
    const { store, node, REQUEST } = createTestStore();
    await store.change(key, create, { ...REQUEST, w: 'all' });
    node('a').behaviour = 'refuses';
    expect((await store.list('user:', { after: undefined, limit: 10 }, REQUEST)).quorum.degraded).toBe(false);
    node('b').behaviour = 'refuses';
    const { entries, quorum } = await store.list('user:', { after: undefined, limit: 10 }, REQUEST);
    expect(entries).toHaveLength(1);
    expect(quorum).toEqual({ answered: 1, replicas: 3, degraded: true });
  });

  test('I8: in a listing a node that lost data does not stand in for one that is away', async () => {
    const { store, node, REQUEST } = createTestStore();
    await store.change(key, create, { ...REQUEST, w: 'all' });
    const options = { ...REQUEST, strict: true };
    const page = { after: undefined, limit: 10 };
    node('a').records.clear();
    node('a').incompleteGroups = [placementGroupOf(key, 16)];
    // With all of them there, nobody is left who could know more.
    expect((await store.list('user:', page, options)).quorum.degraded).toBe(false);
    node('b').behaviour = 'refuses';
    await expect(store.list('user:', page, options)).rejects.toMatchObject({ code: 'QUORUM_NOT_MET' });
    node('a').incompleteGroups = [];
    expect((await store.list('user:', page, options)).quorum.degraded).toBe(false);
  });

  test('where shows who is stale and who is down, and repairs nothing', async () => {
    const { store, node, nodes, registry, REQUEST } = createTestStore();
    await store.change(key, create, { ...REQUEST, w: 'all' });
    registry.down(node('a'));
    await store.change(key, add('apple'), REQUEST);
    await vi.waitFor(() => expect(quantityAt(node('c'), 'apple')).toBe(1));
    const down = await store.where(key, REQUEST);
    expect(down.replicas.find(({ node: id }) => id === 'a')).toMatchObject({ up: false, stale: undefined });
    registry.up(node('a'));
    reset(nodes);
    const back = await store.where(key, REQUEST);
    expect(back.replicas.find(({ node: id }) => id === 'a')).toMatchObject({ up: true, stale: true });
    expect(back.replicas.filter(({ stale }) => stale === false)).toHaveLength(2);
    expect(nodes.every(({ counts }) => counts.changed === 0)).toBe(true);
  });
});
