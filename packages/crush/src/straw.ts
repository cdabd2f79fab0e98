/*
 * CRUSH straw2 (Weil et al., "CRUSH", SC 2006; the bucket type as Ceph has had it since Hammer): every node
 * draws a straw of its own for each placement group, from its id and weight alone. As no other node has a
 * part in a draw, a node that changes cannot change how the others stand to each other.
 */
import { hash32 } from './hash.ts';
import { negatedLogarithm } from './logarithm.ts';
import { fixedPointWeight } from './weight.ts';

/** Bits added before the division by the weight, which fits 32 bits, so that no draw is rounded to 0. */
const DIVISION_BITS = 32n;

/**
 * A node's draw for a placement group: an exponentially distributed number whose rate is the weight, so a
 * node draws the smallest of all with the chance (its weight) / (sum of weights). Equal on every platform.
 *
 * Precision: hashes have steps of 2^-32 and the logarithm is far finer, so among m nodes a share is off by less
 * than m x 2^-31, besides the rounding of the weight (weight.ts).
 *
 * @param pg the placement group
 * @param id the node's id
 * @param weight from WEIGHT_MIN to WEIGHT_MAX
 * @returns a positive integer to compare with other draws for the same group; the smallest is first
 */
export function drawStraw(pg: number, id: string, weight: number): bigint {
  const exponential = BigInt(negatedLogarithm(hash32(id, pg)));
  return (exponential << DIVISION_BITS) / BigInt(fixedPointWeight(weight));
}
