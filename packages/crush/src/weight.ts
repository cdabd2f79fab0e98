/*
 * Weights as placement computes with them: 16.16 fixed point, so that 1 is 65536. Integers keep draws the
 * same on every platform; the price is that weights are told apart only in steps of 1/65536.
 */

const UNIT = 65_536;

/** The smallest weight: one step of the fixed point. */
export const WEIGHT_MIN = 1 / UNIT;

/** The largest weight: its fixed point still fits 32 bits. */
export const WEIGHT_MAX = 65_535;

/**
 * A weight in 16.16 fixed point, rounded to the nearest step.
 *
 * @param weight from WEIGHT_MIN to WEIGHT_MAX
 * @returns an integer from 1 to below 2^32
 */
export function fixedPointWeight(weight: number): number {
  return Math.round(weight * UNIT);
}
