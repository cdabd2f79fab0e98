/*
 * Counters and histograms for what happens thousands of times a second. prom-client makes a key out of the labels at each
 * observation; here a series is found by the values of its labels as they are, counts in plain numbers, and is put into
 * words only when somebody reads the metrics. A registry of prom-client takes them like its own.
 */

/** How a metric is called, and what it counts. */
export interface PlainMetricOptions {
  readonly name: string;
  readonly help: string;
  readonly labelNames?: readonly string[];
}

/** A figure, as the registry prints it. */
interface Sample {
  readonly metricName?: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

/** A metric, as the registry asks for it. */
interface Snapshot {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'histogram';
  readonly aggregator: 'sum';
  readonly values: readonly Sample[];
}

/** Only grows. Without labels it is there at zero; of a series with labels one hears once it was counted. */
export class PlainCounter {
  readonly name: string;
  readonly #options: PlainMetricOptions;
  readonly #series: SeriesByLabels<{ count: number }>;

  constructor(options: PlainMetricOptions) {
    this.name = options.name;
    this.#options = options;
    this.#series = new SeriesByLabels(options.labelNames ?? [], () => ({ count: 0 }));
  }

  /** Counts by so much, under the values of the labels in the order of their names. */
  add(count: number, ...labelValues: readonly string[]): void {
    this.#series.of(labelValues).count += count;
  }

  /** What the registry asks for. */
  async get(): Promise<Snapshot> {
    const { name, help } = this.#options;
    const values = this.#series.all.map(({ labels, series }) => ({ labels, value: series.count }));
    return { name, help, type: 'counter', aggregator: 'sum', values };
  }
}

/** Counts observations by how large they are. */
export class PlainHistogram {
  readonly name: string;
  readonly #options: PlainMetricOptions & { readonly buckets: readonly number[] };
  readonly #series: SeriesByLabels<Distribution>;

  /** @param options the buckets' upper bounds, ascending, among them */
  constructor(options: PlainMetricOptions & { readonly buckets: readonly number[] }) {
    this.name = options.name;
    this.#options = options;
    this.#series = new SeriesByLabels(options.labelNames ?? [], () => new Distribution(options.buckets));
  }

  /** Notes a value under the values of the labels, in the order of their names. */
  observe(value: number, ...labelValues: readonly string[]): void {
    this.#series.of(labelValues).note(value);
  }

  /** What the registry asks for. */
  async get(): Promise<Snapshot> {
    const { name, help } = this.#options;
    const values = this.#series.all.flatMap(({ labels, series }) => series.samples(name, labels));
    return { name, help, type: 'histogram', aggregator: 'sum', values };
  }
}

class Distribution {
  readonly #bounds: readonly number[];
  /** By bucket, those of smaller ones left out; the last has what is beyond all bounds. */
  readonly #counts: Float64Array;
  #sum = 0;

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = new Float64Array(bounds.length + 1);
  }

  note(value: number): void {
    let bucket = 0;
    while (bucket < this.#bounds.length && value > (this.#bounds[bucket] ?? Infinity)) bucket += 1;
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#sum += value;
  }

  samples(name: string, labels: Sample['labels']): Sample[] {
    let count = 0;
    const buckets = Array.from(this.#counts, (inBucket, index) => {
      count += inBucket;
      return { metricName: `${name}_bucket`, labels: { le: this.#bounds[index] ?? '+Inf', ...labels }, value: count };
    });
    const sum = { metricName: `${name}_sum`, labels, value: this.#sum };
    return [...buckets, sum, { metricName: `${name}_count`, labels, value: count }];
  }
}

interface Branch<T> {
  readonly branches: Map<string, Branch<T>>;
  series: T | undefined;
}

function grow<T>({ branches }: Branch<T>, value: string): Branch<T> {
  const branch: Branch<T> = { branches: new Map(), series: undefined };
  branches.set(value, branch);
  return branch;
}

class SeriesByLabels<T> {
  readonly #names: readonly string[];
  readonly #create: () => T;
  /** What is labelled with the values so far, by the next value. */
  readonly #root: Branch<T> = { branches: new Map(), series: undefined };
  readonly all: { readonly labels: Readonly<Record<string, string>>; readonly series: T }[] = [];

  constructor(names: readonly string[], create: () => T) {
    this.#names = names;
    this.#create = create;
    if (names.length === 0) this.of([]);
  }

  of(values: readonly string[]): T {
    let branch = this.#root;
    // No text is made of the values: each is there for ever, and the engine knows its hash.
    for (const value of values) branch = branch.branches.get(value) ?? grow(branch, value);
    branch.series ??= this.#begin(values);
    return branch.series;
  }

  #begin(values: readonly string[]): T {
    const labels = this.#labelled(values);
    const series = this.#create();
    this.all.push({ labels, series });
    return series;
  }

  #labelled(values: readonly string[]): Readonly<Record<string, string>> {
    if (values.length !== this.#names.length) throw new RangeError(`not one value for each of ${this.#names.join()}`);
    return Object.fromEntries(this.#names.map((name, index) => [name, values[index] ?? '']));
  }
}
