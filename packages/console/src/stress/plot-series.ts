/*
 * Series of a plot, as lines in a square of 1000 by 1000 that the page stretches. Pure.
 */
import { scaled } from './scale.ts';

/** A value at a time since the beginning. */
export interface PlotPoint {
  readonly atMs: number;
  readonly value: number;
}

/** How wide and high the square is. */
export const SIDE = 1_000;

/** The line through the points, as an SVG path; a dot for a single one, empty when there is none. */
export function linePath(points: readonly PlotPoint[], endMs: number, endValue: number): string {
  const line = points
    .map(({ atMs, value }, index) => {
      const x = scaled(atMs, endMs, SIDE);
      const y = SIDE - scaled(Math.min(value, endValue), endValue, SIDE);
      return `${index === 0 ? 'M' : 'L'}${x} ${y}`;
    })
    .join('');
  return points.length === 1 ? `${line}h0` : line;
}

/** About so many of the points, evenly chosen, the last one among them: for a table that can be read. */
export function thinned<T>(points: readonly T[], most: number): readonly T[] {
  const step = Math.max(1, Math.ceil(points.length / most));
  const last = points.length - 1;
  return points.filter((_, index) => (last - index) % step === 0);
}
