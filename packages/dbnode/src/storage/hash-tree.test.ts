/*
 * The tree that is kept record by record is the one that would be computed from scratch, and it narrows a difference
 * down to its leaf.
 */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { DurableView } from './durable-view.ts';
import { HashTree, leafOf, sumOf } from './hash-tree.ts';

const DIGITS = Array.from('0123456789abcdef');
const INNER_PATHS = ['', ...DIGITS, ...DIGITS.flatMap((first) => DIGITS.map((second) => first + second))];

function treeOf(records: Iterable<readonly [string, string]>): HashTree {
  const tree = new HashTree();
  for (const [key, text] of records) tree.add(key, text);
  return tree;
}

/** Every digest of a tree; a node under which nothing ever was counts like one that is empty again. */
function digestsOf(tree: HashTree): unknown[] {
  return INNER_PATHS.map((path) => tree.children(path).filter(({ low, high, count }) => low + high + count > 0));
}

const key = fc.oneof(fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor', '🍎'), fc.string());
const text = fc.constantFrom(
  '[[],[]]',
  '[[["a.1",1]],[]]',
  '[[["a.1",2]],[]]',
  '[[["a.1",3]],[["quantity",[["a.1",3,4]]]]]',
);
const steps = fc.array(fc.tuple(key, fc.option(text, { nil: undefined })), { maxLength: 60 });

test('I17: kept step by step it equals the tree computed from scratch', () => {
  fc.assert(
    fc.property(steps, (changes) => {
      const held = new Map<string, string>();
      const kept = new HashTree();
      const replaced = new HashTree();
      for (const [name, next] of changes) {
        const before = held.get(name);
        replaced.replace(name, before, next);
        if (before !== undefined) kept.remove(name, before);
        if (next === undefined) held.delete(name);
        else {
          held.set(name, next);
          kept.add(name, next);
        }
      }
      expect(digestsOf(kept)).toEqual(digestsOf(treeOf(held)));
      expect(digestsOf(replaced)).toEqual(digestsOf(kept));
      expect(kept.root).toMatchObject({ count: held.size });
    }),
  );
});

test('tells two trees apart by any one record, and only on the way to its leaf', () => {
  const records = Array.from(
    { length: 5_000 },
    (_, index) => [`user:${index}@example.com`, `[[],[${index}]]`] as const,
  );
  const tree = treeOf(records);
  const other = treeOf(records);
  other.remove('user:77@example.com', '[[],[77]]');
  other.add('user:77@example.com', '[[],[78]]');
  const path = leafOf('user:77@example.com');
  for (const [depth, digit] of Array.from(path).entries()) {
    const parent = path.slice(0, depth);
    const differing = DIGITS.filter((_, index) => {
      const [mine, theirs] = [tree.children(parent)[index], other.children(parent)[index]];
      return mine?.low !== theirs?.low || mine?.high !== theirs?.high;
    });
    expect(differing).toEqual([digit]);
  }
});

test('digests of keys swapped between records differ', () => {
  const tree = treeOf([
    ['a', 'x'],
    ['b', 'y'],
  ]);
  const swapped = treeOf([
    ['a', 'y'],
    ['b', 'x'],
  ]);
  expect(tree.root).not.toEqual(swapped.root);
});

test('keys of one placement group spread over the leaves', () => {
  const leaves = new Set(Array.from({ length: 4_096 }, (_, index) => leafOf(`product:${index}`)));
  // Of 4096 leaves, 4096 keys hit 63 in 100.
  expect(leaves.size).toBeGreaterThan(2_400);
});

test('a sum over nodes does not depend on their order', () => {
  const digests = treeOf([
    ['a', '1'],
    ['b', '2'],
    ['c', '3'],
  ]).children('');
  expect(sumOf(digests)).toEqual(sumOf(digests.toReversed()));
});

test('knows the tombstones among the records, and forgets those that live again or go', () => {
  const view = new DurableView();
  const live = '[[["a.1",1]],[["exists",[["a.1",1,1]]]]]';
  const gone = '[[["a.1",2]],[]]';
  const goneButRemembering = '[[["a.1",2]],[["request:1:2",[["a.1",2,99]]]]]';
  view.changed(3, 'user:a', undefined, live);
  expect([...view.tombstones(3)]).toEqual([]);
  view.changed(3, 'user:a', live, gone);
  view.changed(3, 'user:b', undefined, goneButRemembering);
  expect([...view.tombstones(3)]).toEqual(['user:a', 'user:b']);
  view.changed(3, 'user:a', gone, live);
  view.changed(3, 'user:b', goneButRemembering, undefined);
  expect([...view.tombstones(3)]).toEqual([]);
  expect(view.digest(3).count).toBe(1);
  expect(view.digest(4).count).toBe(0);
});
