/*
 * Many products that are written once and then only read: whatever happens to their replicas, every read that a
 * quorum answers must show them.
 */
import { emptyRecord, encodeRecord, productKey, write } from '@trolley/records';
import { get } from '../support/client.ts';
import { property } from '../support/json.ts';
import { callNode } from '../support/node-calls.ts';
import { pick } from '../support/seeded-random.ts';
import type { TestProcess } from '../support/process.ts';

const REQUEST_ID = 'quiet-products';
const FAULTS_MAX = 20;

interface Product {
  readonly name: string;
  readonly quantity: number;
}

/** What reading works with. */
export interface ReadingOptions {
  readonly gatewayUrls: () => readonly string[];
  readonly random: () => number;
  readonly readers: number;
}

/** Products of one test. */
export class QuietProducts {
  readonly #products: readonly Product[];
  readonly #faults: string[] = [];
  #reads = 0;
  #stopped = false;
  #running: Promise<unknown> = Promise.resolve();

  constructor(count: number) {
    this.#products = Array.from({ length: count }, (_, index) => ({ name: `quiet ${index}`, quantity: index + 1 }));
  }

  /** What was answered wrongly; a test expects nothing. */
  get faults(): readonly string[] {
    return this.#faults;
  }

  get reads(): number {
    return this.#reads;
  }

  /** Puts them on the only node of a cluster, as if another had written them. */
  async writeTo(node: TestProcess, epoch: number): Promise<void> {
    await using calls = callNode(node, 1, epoch);
    await Promise.all(
      this.#products.map(async ({ name, quantity }) => {
        const record = encodeRecord(write(emptyRecord, 'seed.1', [['quantity', quantity]]));
        await calls.client(0).merge(productKey(name), record, REQUEST_ID);
      }),
    );
  }

  /** Begins to read one after the other, in an order that is drawn. */
  startReading({ gatewayUrls, random, readers }: ReadingOptions): void {
    const readOn = async () => {
      while (!this.#stopped && this.#faults.length < FAULTS_MAX) {
        await this.#read(pick(random, gatewayUrls()), pick(random, this.#products));
      }
    };
    this.#running = Promise.all(Array.from({ length: readers }, readOn));
  }

  /** Resolves once no read is under way. */
  async stopReading(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  /** Reads each of them once. */
  async readAll(gatewayUrl: string, readers: number): Promise<void> {
    const left = this.#products.values();
    const readOn = async () => {
      for (const product of left) await this.#read(gatewayUrl, product);
    };
    await Promise.all(Array.from({ length: readers }, readOn));
  }

  async #read(url: string, { name, quantity }: Product): Promise<void> {
    this.#reads += 1;
    try {
      const { status, body } = await get(url, `/product?name=${encodeURIComponent(name)}&strict=true`);
      const isRight = status === 200 && property(body, 'quantity') === quantity;
      if (!isRight) this.#faults.push(`${name}: ${status} ${JSON.stringify(body)}`);
    } catch (error) {
      this.#faults.push(`${name}: ${String(error)}`);
    }
  }
}
