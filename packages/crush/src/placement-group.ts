/*
 * Which placement group (PG) a key belongs to. Depends on nothing but the key and the number of groups,
 * so a key keeps its group for the life of a cluster.
 */
import { hash32 } from './hash.ts';

const KEY_SEED = 0;

/**
 * The placement group of a key: XXH32 of its UTF-8 bytes, modulo the number of groups.
 *
 * @param pgCount number of placement groups, a positive integer
 * @returns an integer in [0, pgCount)
 */
export function placementGroupOf(key: string, pgCount: number): number {
  return hash32(key, KEY_SEED) % pgCount;
}
