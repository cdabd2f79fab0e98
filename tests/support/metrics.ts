/*
 * Reads the figures that a node or a gateway counts, from its `/metrics` in the Prometheus text format.
 */

/** The figures of one process at one moment. */
export interface Metrics {
  /** The sum of a metric's series that carry all of these labels; 0 when there is none. */
  sum(name: string, labels?: Readonly<Record<string, string>>): number;
}

interface Series {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
}

/** Asks a process for its figures. */
export async function metricsOf(url: string): Promise<Metrics> {
  const response = await fetch(`${url}/metrics`);
  if (!response.ok) throw new Error(`metrics: ${response.status}`);
  const series = (await response.text())
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map(parseSeries);
  return {
    sum: (name, labels = {}) =>
      series
        .filter(
          (one) => one.name === name && Object.entries(labels).every(([key, value]) => one.labels.get(key) === value),
        )
        .reduce((total, { value }) => total + value, 0),
  };
}

function parseSeries(line: string): Series {
  const parsed = /^(?<name>\w+)(?:\{(?<labels>.*)\})? (?<value>\S+)$/.exec(line)?.groups;
  if (parsed === undefined) throw new Error(`not a line of metrics: ${line}`);
  const labels = [...(parsed['labels'] ?? '').matchAll(/(\w+)="([^"]*)"/g)].map(
    ([, key = '', value = '']) => [key, value] as const,
  );
  return { name: parsed['name'] ?? '', labels: new Map(labels), value: Number(parsed['value']) };
}
