/*
 * The decisions of a comparison between two replicas: where in the hash trees to look next, and, once there, which
 * records to fetch and which to offer. Pure.
 */
import { compareContextTexts, type ContextText } from '@trolley/records';
import type { TreePath } from '../storage/hash-tree.ts';

/** A digest that came from another node or goes there, with the number of records under it. */
export type ChildDigest = readonly [digest: string, count: number];

/** Depth of the leaves: the digits in their paths. */
const LEAF_DEPTH = 3;
const NOTHING: ChildDigest = ['0'.repeat(16), 0];

/** Where to go from a node whose children differ. */
export interface Descent {
  /** So little stands there that its entries are listed. */
  readonly list: readonly TreePath[];
  /** Look at the children of these. */
  readonly descend: readonly TreePath[];
}

/**
 * Compares the children of one node. A list of either is empty where nothing ever was.
 * @param listMax entries that are rather listed than narrowed down further.
 */
export function planDescent(
  path: TreePath,
  own: readonly ChildDigest[],
  theirs: readonly ChildDigest[],
  listMax: number,
): Descent {
  const list: TreePath[] = [];
  const descend: TreePath[] = [];
  for (let child = 0; child < Math.max(own.length, theirs.length); child += 1) {
    const [ownDigest, ownCount] = own[child] ?? NOTHING;
    const [theirDigest, theirCount] = theirs[child] ?? NOTHING;
    if (ownDigest === theirDigest) continue;
    const childPath = path + child.toString(16);
    const isSmall = Math.max(ownCount, theirCount) <= listMax;
    if (isSmall || childPath.length === LEAF_DEPTH) list.push(childPath);
    else descend.push(childPath);
  }
  return { list, descend };
}

/** What a replica has under one key. */
export type Entry = readonly [key: string, context: ContextText];

/** A key that two replicas hold otherwise. */
export interface Difference {
  readonly key: string;
  /** The other replica's context; undefined when it has no record. */
  readonly theirs: ContextText | undefined;
  /** The other has seen writes that are not here. */
  readonly fetch: boolean;
  /** Writes were seen here that the other has not. */
  readonly offer: boolean;
}

/** The keys on which the entries differ, those only here last. */
export function differencesOf(own: Iterable<Entry>, theirs: Iterable<Entry>): readonly Difference[] {
  const here = new Map(own);
  const differences: Difference[] = [];
  for (const [key, context] of theirs) {
    const mine = here.get(key);
    here.delete(key);
    if (mine !== context) differences.push(differenceOf(key, mine, context));
  }
  for (const key of here.keys()) differences.push({ key, theirs: undefined, fetch: false, offer: true });
  return differences;
}

function differenceOf(key: string, mine: ContextText | undefined, theirs: ContextText): Difference {
  if (mine === undefined) return { key, theirs, fetch: true, offer: false };
  const order = compareContextTexts(mine, theirs);
  return { key, theirs, fetch: order === 'before' || order === 'concurrent', offer: order !== 'before' };
}

/** Whether a context has seen all that another has. */
export function hasSeenAll(mine: ContextText | undefined, theirs: ContextText | undefined): boolean {
  if (theirs === undefined || mine === theirs) return true;
  if (mine === undefined) return false;
  const order = compareContextTexts(mine, theirs);
  return order === 'equal' || order === 'after';
}
