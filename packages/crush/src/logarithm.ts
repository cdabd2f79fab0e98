/*
 * A natural logarithm in integers. Math.log will not do: its last bits are left to each engine, and two
 * gateways that differ in one bit would place a key on different nodes. Every number here is an integer
 * below 2^53, which a double holds exactly, and every division is by a power of two.
 */

const ONE_BITS = 52;
const ONE = 2 ** ONE_BITS;

/** Fraction bits of the result. */
export const LOGARITHM_BITS = 46;

/** Bits that the constants are computed with before they are rounded. */
const SERIES_BITS = 96n;

/** The inverse hyperbolic tangent of 1/q, scaled by 2^SERIES_BITS, from its power series. */
function inverseHyperbolicTangent(q: bigint): bigint {
  let sum = 0n;
  let power = (1n << SERIES_BITS) / q;
  for (let exponent = 1n; power > 0n; exponent += 2n) {
    sum += power / exponent;
    power /= q * q;
  }
  return sum;
}

/** ln(1 + 2^-step), scaled by 2^LOGARITHM_BITS and rounded: twice the arctanh of 1/(2^(step+1) + 1). */
function logarithmOfFactor(step: number): number {
  const doubled = 2n * inverseHyperbolicTangent((2n << BigInt(step)) + 1n);
  const dropped = SERIES_BITS - BigInt(LOGARITHM_BITS);
  return Number((doubled + (1n << (dropped - 1n))) >> dropped);
}

const FACTORS = Array.from({ length: LOGARITHM_BITS }, (_, index) => ({
  divisor: 2 ** (index + 1),
  logarithm: logarithmOfFactor(index + 1),
}));

const LOGARITHM_OF_TWO = logarithmOfFactor(0);

/**
 * How far below 0 the logarithm of a hash lies: -ln((hash + 1/2) / 2^32), in fixed point with
 * LOGARITHM_BITS fraction bits, off by less than 2^-40. The half keeps the argument between 0 and 1, so the
 * result is above 0 and below 23. With a uniform hash it is exponentially distributed.
 *
 * The argument is multiplied by 2 and then by 1 + 2^-step for each step, as long as it stays at most 1; the
 * logarithms of the factors used add up to the result (the shift-and-add method of Briggs).
 *
 * @param hash an unsigned 32-bit integer
 */
export function negatedLogarithm(hash: number): number {
  let argument = (2 * hash + 1) * 2 ** (ONE_BITS - 33);
  let sum = 0;
  while (argument * 2 <= ONE) {
    argument *= 2;
    sum += LOGARITHM_OF_TWO;
  }
  for (const { divisor, logarithm } of FACTORS) {
    const next = argument + Math.floor(argument / divisor);
    if (next <= ONE) {
      argument = next;
      sum += logarithm;
    }
  }
  return sum;
}
