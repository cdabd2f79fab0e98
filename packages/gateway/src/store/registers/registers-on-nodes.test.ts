import { place, type ClusterMap } from '@trolley/crush';
import { describe, expect, test, vi } from 'vitest';
import type { RegisterChange, RegisterValue } from '../../registers.ts';
import { createTestStore } from '../../testing/test-store.ts';

const KEY = 'item:book';

function set(id: string, value: RegisterValue): RegisterChange<string> {
  return { id, decide: () => ({ type: 'write', value, result: `did ${id}` }) };
}

/** A store whose node d can join nodes a, b and c, and a key that then moves to it. */
function storeWithoutD() {
  const parts = createTestStore({ nodes: 4 });
  const grown = parts.registry.view.stored?.map;
  if (grown === undefined) throw new Error('no map');
  const nodes = grown.nodes.filter(({ id }) => id !== 'd');
  parts.registry.setMap({ ...grown, nodes });
  const moving: ClusterMap = { ...grown, epoch: 2, previousNodes: nodes };
  const keys = Array.from({ length: 40 }, (_, index) => `item:${index}`);
  const key = keys.find((each) => place(moving, each).includes('d'));
  if (key === undefined) throw new Error('nothing moves to d');
  return { ...parts, moving, key };
}

describe('on nodes', () => {
  test('a first change is one prepare and one accept at each owner, the next one accept', async () => {
    const { registers, nodes, REQUEST } = createTestStore();
    expect(await registers.change(KEY, set('x', { holder: 'ann' }), REQUEST)).toBe('did x');
    await vi.waitFor(() =>
      expect(nodes.map(({ counts }) => [counts.prepare, counts.accept])).toEqual([
        [1, 1],
        [1, 1],
        [1, 1],
      ]),
    );
    expect(await registers.change(KEY, set('y', { holder: 'bob' }), REQUEST)).toBe('did y');
    await vi.waitFor(() =>
      expect(nodes.map(({ counts }) => [counts.prepare, counts.accept])).toEqual([
        [1, 2],
        [1, 2],
        [1, 2],
      ]),
    );
    expect(await registers.read(KEY, REQUEST)).toMatchObject({ value: { holder: 'bob' }, version: 2 });
  });

  test('a node that refuses connections is done without, and hinted to', async () => {
    const { registers, node, nodes, REQUEST } = createTestStore();
    node('a').behaviour = 'refuses';
    await registers.change(KEY, set('x', 1), REQUEST);
    expect((await registers.read(KEY, REQUEST)).value).toBe(1);
    await vi.waitFor(() => expect(nodes.flatMap(({ hints }) => hints)).toContainEqual(['a', [KEY]]));
  });

  test('a node that lost its session but answers makes a majority with one of two others, of which one has no vote', async () => {
    const { registers, registry, node, REQUEST } = createTestStore();
    await registers.change(KEY, set('x', 1), REQUEST);
    registry.down(node('c'));
    node('a').behaviour = 'incomplete';
    expect(await registers.change(KEY, set('y', 2), REQUEST)).toBe('did y');
    expect((await registers.read(KEY, REQUEST)).value).toBe(2);
  });

  test('nodes that take no writes make it fail as such, and are read all the same', async () => {
    const { registers, nodes, node, REQUEST } = createTestStore();
    await registers.change(KEY, set('x', 1), REQUEST);
    for (const each of nodes) each.behaviour = 'read-only';
    await expect(registers.change('item:other', set('y', 2), REQUEST)).rejects.toMatchObject({ code: 'READ_ONLY' });
    expect((await registers.read(KEY, REQUEST)).value).toBe(1);
    node('a').behaviour = 'refuses';
    node('b').behaviour = 'refuses';
    await expect(registers.change('item:other', set('y', 2), REQUEST)).rejects.toMatchObject({
      code: 'QUORUM_NOT_MET',
    });
  });

  test('a write whose answers are lost is found again', async () => {
    const { registers, nodes, REQUEST, transport } = createTestStore();
    let isLost = false;
    transport.onBatch = (node, { operations }) => {
      const isFirstAccept = operations.some(({ type }) => type === 'accept') && node.counts.accept === 0;
      if (isFirstAccept && !isLost) for (const each of nodes) each.behaviour = 'loses-answers';
      isLost ||= isFirstAccept;
    };
    const change = registers.change(KEY, set('x', 1), REQUEST);
    await vi.waitFor(() => expect(nodes.some(({ counts }) => counts.accept > 0)).toBe(true));
    for (const each of nodes) each.behaviour = 'sound';
    expect(await change).toBe('did x');
    expect((await registers.read(KEY, REQUEST)).value).toBe(1);
  });

  test('nothing is placed anywhere without a map, and without nodes', async () => {
    const { registers, registry, nodes, REQUEST } = createTestStore();
    for (const node of nodes) {
      node.behaviour = 'refuses';
      registry.down(node);
    }
    await expect(registers.read(KEY, REQUEST)).rejects.toMatchObject({ code: 'QUORUM_NOT_MET' });
    await expect(registers.change(KEY, set('x', 1), REQUEST)).rejects.toMatchObject({ code: 'QUORUM_NOT_MET' });
    registry.view = { ...registry.view, stored: undefined };
    await expect(registers.read(KEY, REQUEST)).rejects.toMatchObject({ code: 'NO_CLUSTER_MAP' });
    await expect(registers.change(KEY, set('x', 1), REQUEST)).rejects.toMatchObject({ code: 'NO_CLUSTER_MAP' });
  });
});

describe('a list', () => {
  test('has what the newest replica holds, in key order, without what was released', async () => {
    const { registers, node, REQUEST } = createTestStore();
    for (const id of ['c', 'a', 'b']) await registers.change(`item:${id}`, set('x', id), REQUEST);
    node('a').behaviour = 'refuses';
    await registers.change('item:b', set('y', 'newer'), REQUEST);
    await registers.change('item:c', set('y', null), REQUEST);
    node('a').behaviour = 'sound';
    const page = await registers.list('item:', { after: undefined, limit: 10 }, REQUEST);
    expect(page.entries.map(({ key, value }) => [key, value])).toEqual([
      ['item:a', 'a'],
      ['item:b', 'newer'],
    ]);
    expect(page.next).toBeUndefined();
    expect((await registers.read('item:c', REQUEST)).value).toBeNull();
  });

  test('is had page by page', async () => {
    const { registers, REQUEST } = createTestStore();
    for (const id of ['a', 'b', 'c']) await registers.change(`item:${id}`, set('x', id), REQUEST);
    const first = await registers.list('item:', { after: undefined, limit: 2 }, REQUEST);
    expect(first.entries.map(({ key }) => key)).toEqual(['item:a', 'item:b']);
    const second = await registers.list('item:', { after: first.next, limit: 2 }, REQUEST);
    expect(second.entries.map(({ key }) => key)).toEqual(['item:c']);
  });
});

describe('while data moves', () => {
  test('a promise of the old owners is not used, and the new owner takes part', async () => {
    const { registers, registry, moving, node, key, REQUEST } = storeWithoutD();
    await registers.change(key, set('x', 1), REQUEST);
    registry.setMap(moving);
    await registers.change(key, set('y', 2), REQUEST);
    await vi.waitFor(() => expect(node('d').counts).toMatchObject({ prepare: 1, accept: 1 }));
    expect((await registers.read(key, REQUEST)).value).toBe(2);
  });

  test('an accept is not sent under a newer map than its prepare', async () => {
    const { registers, registry, transport, moving, node, key, REQUEST } = storeWithoutD();
    const sent: (readonly [type: string, epoch: number])[] = [];
    transport.onBatch = (_node, { epoch, operations }) => {
      sent.push(...operations.map(({ type }) => [type, epoch] as const));
      // After the answer to the first prepare was given, and before an accept is sent.
      if (operations.some(({ type }) => type === 'prepare') && epoch === 1) registry.setMap(moving);
    };
    await registers.change(key, set('x', 1), REQUEST);
    expect(sent).toContainEqual(['prepare', 1]);
    expect(sent).not.toContainEqual(['accept', 1]);
    expect(sent.findIndex(([type]) => type === 'accept')).toBeGreaterThan(
      sent.findIndex(([type, epoch]) => type === 'prepare' && epoch === 2),
    );
    expect(node('d').counts).toMatchObject({ prepare: 1 });
    expect((await registers.read(key, REQUEST)).value).toBe(1);
  });
});
