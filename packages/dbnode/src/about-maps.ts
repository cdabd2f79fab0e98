/*
 * Batches that ask for nothing but what a node knows of maps: they hold whatever the epoch that they come with, since
 * nothing was chosen by it. Pure.
 */
import type { Batch } from '@trolley/cluster';

/** Whether a batch asks for nothing but what this node knows of maps; one without operations asks for the epoch. */
export function isAboutMaps({ operations }: Pick<Batch, 'operations'>): boolean {
  return operations.every(({ type }) => type === 'known-map');
}
