/*
 * Horizontal bars as SVG: a group of bars for each thing that is compared, beside each other or stacked, with an axis
 * that says what it measures. Light background, no fonts of its own, readable without colours too: values are printed.
 * Pure.
 */

/** What is drawn. */
export interface BarChart {
  readonly title: string;
  /** What the axis measures, with its unit. */
  readonly axis: string;
  /** What the bars of a group stand for, in their order. */
  readonly series: readonly string[];
  readonly groups: readonly BarGroup[];
  readonly arrangement: 'beside each other' | 'stacked';
}

/** One thing that is compared: a value for each series; undefined where it was not measured. */
interface BarGroup {
  readonly label: string;
  readonly values: readonly (number | undefined)[];
}

const WIDTH = 860;
const LEFT = 150;
const RIGHT = 90;
const TOP = 76;
const BOTTOM = 52;
const BAR = 16;
const GAP = 14;
const TICKS = 5;
const COLOURS = ['#1f6f8b', '#e07a3f', '#7a9e3e', '#8a6fb0'];
const INK = '#22303a';
const FAINT = '#d5dde2';
const PLOT_WIDTH = WIDTH - LEFT - RIGHT;

/** The chart as the text of an SVG file. */
export function barChartSvg(chart: BarChart): string {
  const { groups, title, axis, series } = chart;
  const groupHeight = barsInGroup(chart) * BAR + GAP;
  const plotHeight = groups.length * groupHeight;
  const height = TOP + plotHeight + BOTTOM;
  const top = axisTop(highest(chart));
  const xOf = (value: number) => LEFT + (value / top) * PLOT_WIDTH;
  const parts = [
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    text(LEFT, 28, title, 'font-size="17" font-weight="600"'),
    ...legend(series),
    ...axisParts({ top, xOf, axis, bottom: TOP + plotHeight }),
    ...groups.flatMap((group, index) => groupParts(chart, group, TOP + index * groupHeight + GAP / 2, xOf)),
  ];
  const size = `width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}"`;
  const font = `font-family="system-ui, sans-serif" font-size="13" fill="${INK}"`;
  const open = `<svg xmlns="http://www.w3.org/2000/svg" ${size} ${font} role="img" aria-label="${escaped(title)}">`;
  return `${[open, ...parts.map((part) => `  ${part}`), '</svg>'].join('\n')}\n`;
}

/** The end of an axis: the smallest of 1, 2, 2.5, 4, 5, 6, 8 and 10 times a power of ten that holds the value. */
export function axisTop(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = [1, 2, 2.5, 4, 5, 6, 8, 10].find((each) => each * power >= value) ?? 10;
  return factor * power;
}

/** A value in few digits. */
export function shortNumber(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en-US', { maximumFractionDigits: digits });
}

function barsInGroup({ arrangement, series }: BarChart): number {
  return arrangement === 'stacked' ? 1 : series.length;
}

function highest({ groups, arrangement }: BarChart): number {
  const values = groups.map((group) => group.values.map((value) => value ?? 0));
  const highs = values.map((each) => (arrangement === 'stacked' ? total(each) : Math.max(0, ...each)));
  return Math.max(0, ...highs);
}

function legend(series: readonly string[]): readonly string[] {
  let x = LEFT;
  return series.flatMap((name, index) => {
    const at = x;
    x += 34 + name.length * 7.2;
    return [`<rect x="${at}" y="42" width="12" height="12" fill="${colourOf(index)}"/>`, text(at + 18, 53, name)];
  });
}

interface Axis {
  readonly top: number;
  readonly xOf: (value: number) => number;
  readonly axis: string;
  readonly bottom: number;
}

function axisParts({ top, xOf, axis, bottom }: Axis): readonly string[] {
  const ticks = Array.from({ length: TICKS + 1 }, (_, index) => (top * index) / TICKS);
  return [
    ...ticks.flatMap((tick) => [
      `<line x1="${place(xOf(tick))}" x2="${place(xOf(tick))}" y1="${TOP}" y2="${bottom}" stroke="${FAINT}"/>`,
      text(xOf(tick), bottom + 18, shortNumber(tick), 'text-anchor="middle"'),
    ]),
    text(LEFT + PLOT_WIDTH / 2, bottom + 40, axis, 'text-anchor="middle"'),
  ];
}

function groupParts(chart: BarChart, group: BarGroup, y: number, xOf: (value: number) => number): readonly string[] {
  const middle = y + (barsInGroup(chart) * BAR) / 2 + 4.5;
  const label = text(LEFT - 10, middle, group.label, 'text-anchor="end"');
  return [label, ...(chart.arrangement === 'stacked' ? stacked(group, y, xOf) : beside(group, y, xOf))];
}

function beside({ values }: BarGroup, y: number, xOf: (value: number) => number): readonly string[] {
  return values.flatMap((value, index) => {
    const at = y + index * BAR;
    if (value === undefined) return [text(LEFT + 6, at + 12.5, 'not measured', `fill="#7b8790"`)];
    return [bar(LEFT, xOf(value), at, index), text(xOf(value) + 6, at + 12.5, shortNumber(value))];
  });
}

function stacked({ values }: BarGroup, y: number, xOf: (value: number) => number): readonly string[] {
  const known = values.map((value) => value ?? 0);
  const bars = known.map((value, index) => {
    const before = total(known.slice(0, index));
    return bar(xOf(before), xOf(before + value), y, index);
  });
  return [...bars, text(xOf(total(known)) + 6, y + 12.5, shortNumber(total(known)))];
}

function bar(from: number, to: number, y: number, series: number): string {
  const size = `width="${place(Math.max(to - from, 0))}" height="${BAR - 2}"`;
  return `<rect x="${place(from)}" y="${place(y + 1)}" ${size} fill="${colourOf(series)}"/>`;
}

function text(x: number, y: number, content: string, attributes = ''): string {
  return `<text x="${place(x)}" y="${place(y)}"${attributes === '' ? '' : ` ${attributes}`}>${escaped(content)}</text>`;
}

function colourOf(index: number): string {
  return COLOURS[index % COLOURS.length] ?? INK;
}

function place(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
