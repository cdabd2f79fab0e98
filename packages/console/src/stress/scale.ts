/*
 * Scales of a plot: round numbers along an axis, and where values stand. Pure.
 */

const ROUND_STEPS = [1, 2, 2.5, 5, 10];

/** An axis from 0 to a round number that is no less than the most. */
export interface Axis {
  readonly end: number;
  /** From 0 to the end, evenly spaced. */
  readonly ticks: readonly number[];
}

/** An axis with about so many steps; with nothing to show it ends at 1. */
export function axisUpTo(most: number, steps: number): Axis {
  const wanted = (Number.isFinite(most) && most > 0 ? most : 1) / steps;
  const magnitude = 10 ** Math.floor(Math.log10(wanted));
  const factor = ROUND_STEPS.find((each) => each * magnitude >= wanted * (1 - 1e-9)) ?? 10;
  const step = factor * magnitude;
  const count = Math.max(1, Math.ceil((wanted * steps) / step - 1e-9));
  const ticks = Array.from({ length: count + 1 }, (_, index) => rounded(index * step));
  return { end: ticks[count] ?? step, ticks };
}

/** Sums of steps such as 0.1 without the tail that binary fractions give them. */
function rounded(value: number): number {
  return Number(value.toPrecision(12));
}

/** A value from `0..from` as a position in `0..to`. */
export function scaled(value: number, from: number, to: number): number {
  return from === 0 ? 0 : Math.round((value / from) * to * 100) / 100;
}
