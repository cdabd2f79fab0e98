/*
 * Lines over time. The drawing is for the eye alone; a table beside it says the same.
 */
import type { VNode } from 'preact';
import { figure } from '../app/format.ts';
import { linePath, SIDE, type PlotPoint } from './plot-series.ts';
import { axisUpTo } from './scale.ts';

/** A line and its name. */
interface Series {
  readonly name: string;
  /** How it is drawn; the second kind is dashed, so that no colour is needed to tell them apart. */
  readonly kind: 'first' | 'second';
  readonly points: readonly PlotPoint[];
}

interface LinePlotProps {
  readonly title: string;
  readonly unit: string;
  readonly series: readonly Series[];
}

const VALUE_STEPS = 4;
const TIME_STEPS = 5;

/** A plot with its axes. */
export function LinePlot({ title, unit, series }: LinePlotProps): VNode {
  const points = series.flatMap((each) => each.points);
  const values = axisUpTo(Math.max(0, ...points.map(({ value }) => value)), VALUE_STEPS);
  const seconds = axisUpTo(Math.max(0, ...points.map(({ atMs }) => atMs)) / 1_000, TIME_STEPS);
  return (
    <figure class="line-plot">
      <figcaption>
        <strong>{title}</strong> <span class="muted">{unit}</span>
        {series.length > 1 && (
          <span class="keys">
            {series.map(({ name, kind }) => (
              <span key={name} class="key">
                <svg class={`line ${kind}`} viewBox="0 0 24 4" aria-hidden="true">
                  <path d="M0 2H24" />
                </svg>
                {name}
              </span>
            ))}
          </span>
        )}
      </figcaption>
      <div class="plot-frame" aria-hidden="true">
        <div class="value-axis figures">
          {values.ticks.map((tick) => (
            <span key={tick} style={{ bottom: `${(tick / values.end) * 100}%` }}>
              {figure(tick)}
            </span>
          ))}
        </div>
        <svg class="plot" viewBox={`0 0 ${SIDE} ${SIDE}`} preserveAspectRatio="none">
          {values.ticks.map((tick) => {
            const y = SIDE - (tick / values.end) * SIDE;
            return <path key={tick} class="grid" d={`M0 ${y}H${SIDE}`} />;
          })}
          {series.map(({ name, kind, points: own }) => (
            <path key={name} class={`line ${kind}`} d={linePath(own, seconds.end * 1_000, values.end)} />
          ))}
        </svg>
        <div class="time-axis figures">
          {seconds.ticks.map((tick) => (
            <span key={tick} style={{ left: `${(tick / seconds.end) * 100}%` }}>
              {figure(tick)} s
            </span>
          ))}
        </div>
      </div>
    </figure>
  );
}
