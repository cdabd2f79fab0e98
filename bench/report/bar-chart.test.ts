import { expect, test } from 'vitest';
import { axisTop, barChartSvg, shortNumber, type BarChart } from './bar-chart.ts';

const chart: BarChart = {
  title: 'Throughput <now>',
  axis: 'requests in a second',
  series: ['POST', 'GET'],
  groups: [
    { label: 'one & only', values: [500, 1_000] },
    { label: 'other', values: [250, undefined] },
  ],
  arrangement: 'beside each other',
};

function widths(svg: string): readonly number[] {
  return [...svg.matchAll(/width="([\d.]+)" height="14"/g)].map(([, width]) => Number(width));
}

test('bars are as long as their values, and the values are printed', () => {
  const svg = barChartSvg(chart);
  const [full = 0, ...others] = [...widths(svg)].toSorted((a, b) => b - a);
  expect(others).toEqual([full / 2, full / 4]);
  for (const value of ['500', '1,000', '250']) expect(svg).toContain(`>${value}</text>`);
  expect(svg).toContain('not measured');
});

test('stacked bars of a group follow each other, and their sum is printed', () => {
  const svg = barChartSvg({ ...chart, arrangement: 'stacked' });
  const [first = 0, second = 0] = widths(svg);
  expect(second).toBeCloseTo(first * 2, 0);
  expect(svg).toContain('>1,500</text>');
});

test('axis, series and groups are named, in well-formed XML', () => {
  const svg = barChartSvg(chart);
  for (const name of ['requests in a second', 'POST', 'GET', 'one &amp; only', 'Throughput &lt;now&gt;']) {
    expect(svg).toContain(`>${name}</text>`);
  }
  expect(svg).toMatch(/^<svg xmlns=.*<\/svg>\n$/s);
});

test('a chart of nothing is drawn too', () => {
  expect(barChartSvg({ ...chart, groups: [] })).not.toContain('NaN');
});

test.each([
  [0, 1],
  [0.3, 0.4],
  [1, 1],
  [999, 1_000],
  [1_001, 2_000],
  [16_700, 20_000],
])('an axis for values up to %d ends at %d', (value, top) => {
  expect(axisTop(value)).toBeCloseTo(top);
});

test.each([
  [12_345.6, '12,346'],
  [12.34, '12.3'],
  [1.234, '1.23'],
  [0, '0'],
])('%d is shown as %s', (value, text) => {
  expect(shortNumber(value)).toBe(text);
});
