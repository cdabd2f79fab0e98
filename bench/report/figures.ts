/*
 * Figures as text, each beside what is wanted of it. Pure.
 */
import { shown, table } from './table.ts';

/** One figure; `most` is the largest that is wanted. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  readonly most?: number;
}

/** The figures as text. */
export function figuresText(figures: readonly Figure[]): string {
  const rows = figures.map(({ name, unit, value, most }) => [
    name,
    `${shown(value, value < 100 ? 2 : 0)} ${unit}`.trimEnd(),
    most === undefined ? '' : `at most ${shown(most, most < 10 ? 1 : 0)}: ${value <= most ? 'met' : 'MISSED'}`,
  ]);
  return table(rows).join('\n');
}
