/*
 * Which batches may be sent again when it is not known, or known, that nothing came of them. Pure.
 */
import type { Batch } from '../node-protocol.ts';

const ONCE: ReadonlySet<string> = new Set(['change', 'draft', 'adopt', 'accept']);

/**
 * Whether a batch may be sent twice: a merge or a read may, and a prepare, which is at worst refused the second time. A
 * change may not be made twice, nor be drafted twice: the second draft would contain the first. An accept may be, and an
 * adoption, but the answer that counts is the first: if the second says that nothing was done (the node is gone, or
 * starting again), the value may be on its disk all the same.
 */
export function isRepeatable({ operations }: Batch): boolean {
  return operations.every(({ type }) => !ONCE.has(type));
}

/**
 * Whether what was turned away as late, so that nothing of it was done, may be sent again. Not what belongs to an attempt
 * on a register: while this process stood still without its clock going on, another replica may have forgotten what it
 * promised to that attempt, and have its vote again.
 */
export function isOfUseLate({ operations }: Batch): boolean {
  return operations.every(({ type }) => type !== 'prepare' && type !== 'accept');
}
