/*
 * What a run has done so far, drawn, and as a table for who cannot see it or wants the figures.
 */
import type { VNode } from 'preact';
import { figure } from '../app/format.ts';
import { Table } from '../design/table.tsx';
import { LinePlot } from './line-plot.tsx';
import { thinned } from './plot-series.ts';
import type { Sample, StressRun } from './stress-api.ts';

const TABLE_ROWS = 20;

/** Two plots, and the table behind them. */
export function RunPlots({ run: { samples, startedAtMs } }: { readonly run: StressRun }): VNode {
  const seriesOf = (read: (sample: Sample) => number) =>
    samples.map((sample) => ({ atMs: Math.max(0, sample.atMs - startedAtMs), value: read(sample) }));
  return (
    <>
      <div class="plots">
        <LinePlot
          title="Throughput"
          unit="requests per second"
          series={[{ name: 'requests per second', kind: 'first', points: seriesOf((s) => s.requestsPerSecond) }]}
        />
        <LinePlot
          title="Latency"
          unit="milliseconds"
          series={[
            { name: 'p50', kind: 'first', points: seriesOf((s) => s.p50Ms) },
            { name: 'p99', kind: 'second', points: seriesOf((s) => s.p99Ms) },
          ]}
        />
      </div>
      <details>
        <summary>The plots as a table</summary>
        <Table caption="Throughput and latency over time">
          <thead>
            <tr>
              <th scope="col">After</th>
              <th scope="col" class="number">
                Requests per second
              </th>
              <th scope="col" class="number">
                p50
              </th>
              <th scope="col" class="number">
                p99
              </th>
            </tr>
          </thead>
          <tbody>
            {thinned(samples, TABLE_ROWS).map((sample) => (
              <tr key={sample.atMs}>
                <td class="figures">{((sample.atMs - startedAtMs) / 1_000).toFixed(1)} s</td>
                <td class="number">{figure(sample.requestsPerSecond)}</td>
                <td class="number">{figure(sample.p50Ms)} ms</td>
                <td class="number">{figure(sample.p99Ms)} ms</td>
              </tr>
            ))}
          </tbody>
        </Table>
      </details>
    </>
  );
}
