/*
 * What so many registered nodes cost the embedded registry: each renews its lease and waits for the next view, as a
 * node does. Then one more registers, and all others hear of it.
 */
import { setMaxListeners } from 'node:events';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Agent, type Dispatcher } from 'undici';
import { processCpuMs } from '../measure/cpu.ts';
import { startServer } from '../system/process.ts';

/** What came of it. */
export interface LargeRegistryFigures {
  readonly nodes: number;
  /** Share of a core while nothing changes. */
  readonly idleCores: number | undefined;
  /** From the registration of one more until the last of the others has the new view. */
  readonly changeHeardMs: number;
  readonly changeCpuMs: number | undefined;
  /** A view as it is sent. */
  readonly viewBytes: number;
}

const MAIN = fileURLToPath(new URL('large-registry-main.js', import.meta.url));
/** As nodes do it: three times in the two seconds of a lease. */
const RENEWAL_MS = 667;
const AT_ONCE = 50;
const SETTLE_MS = 2_000;
const HEARD_TIMEOUT_MS = 60_000;

/** Measures it. */
export async function measureLargeRegistry(
  { nodes, seconds, folder }: { readonly nodes: number; readonly seconds: number; readonly folder: string },
  signal: AbortSignal,
): Promise<LargeRegistryFigures> {
  const logFile = path.join(folder, `registry-${nodes}.log`);
  const server = await startServer({ name: 'registry', main: MAIN, environment: {}, logFile }, signal);
  const agent = new Agent({ connections: 2 * nodes + 1 });
  const ended = new AbortController();
  const crowdSignal = AbortSignal.any([signal, ended.signal]);
  // Each of the crowd listens to it.
  setMaxListeners(0, crowdSignal);
  const crowd = new Crowd(agent, server.url, crowdSignal);
  try {
    for (let first = 0; first < nodes; first += AT_ONCE) await crowd.join(first, Math.min(nodes, first + AT_ONCE));
    await pause(SETTLE_MS, undefined, { signal });
    const idleBefore = processCpuMs(server.pid);
    await pause(seconds * 1_000, undefined, { signal });
    const idleAfter = processCpuMs(server.pid);
    const idleMs = difference(idleBefore, idleAfter);
    const change = await crowd.change(nodes);
    const changeMs = difference(idleAfter, processCpuMs(server.pid));
    return {
      nodes,
      idleCores: idleMs === undefined ? undefined : idleMs / 1_000 / seconds,
      changeHeardMs: change.heardMs,
      changeCpuMs: changeMs,
      viewBytes: change.viewBytes,
    };
  } finally {
    ended.abort();
    await agent.destroy();
    await server.stop();
  }
}

/** Everybody who is registered. */
class Crowd {
  readonly #agent: Dispatcher;
  readonly #url: string;
  readonly #signal: AbortSignal;
  /** The revision that each follower has, and how long its text was. */
  readonly #seen: number[] = [];
  #viewBytes = 0;

  constructor(agent: Dispatcher, url: string, signal: AbortSignal) {
    this.#agent = agent;
    this.#url = url;
    this.#signal = signal;
  }

  /** Registers the nodes of a range, and has them renew and follow from now on. */
  async join(first: number, after: number): Promise<void> {
    const range = Array.from({ length: after - first }, (_, index) => first + index);
    await Promise.all(range.map((index) => this.#register(index)));
    for (const index of range) {
      void this.#untilEnded(() => this.#follow(index));
      void this.#untilEnded(async () => {
        await pause(RENEWAL_MS, undefined, { signal: this.#signal });
        await this.#register(index);
      });
    }
  }

  /** One more registers; resolves once every other has heard of it. */
  async change(index: number): Promise<{ readonly heardMs: number; readonly viewBytes: number }> {
    const before = Math.max(...this.#seen);
    const startMs = performance.now();
    await this.#register(index);
    while (this.#seen.some((revision) => revision <= before)) {
      if (performance.now() - startMs > HEARD_TIMEOUT_MS) throw new Error('the registry did not tell everybody');
      await pause(1, undefined, { signal: this.#signal });
    }
    return { heardMs: performance.now() - startMs, viewBytes: this.#viewBytes };
  }

  async #register(index: number): Promise<void> {
    const details = {
      id: `node-${index}`,
      host: '127.0.0.1',
      port: 20_000 + index,
      zone: `zone-${index % 10}`,
      weight: 1,
    };
    const { statusCode, body } = await this.#agent.request({
      origin: this.#url,
      path: `/registrations/lease-of-${index}`,
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ kind: 'node', details }),
      signal: this.#signal,
    });
    await body.dump();
    if (statusCode !== 200) throw new Error(`the registry answered ${statusCode} to a registration`);
  }

  async #follow(index: number): Promise<void> {
    const after = this.#seen[index];
    const query = after === undefined ? {} : { after };
    const asked = { origin: this.#url, path: '/view', query, method: 'GET', signal: this.#signal } as const;
    const { body } = await this.#agent.request(asked);
    const text = await body.text();
    const [, revision] = /^\{"revision":(\d+)/.exec(text) ?? [];
    if (revision === undefined) return;
    this.#seen[index] = Number(revision);
    this.#viewBytes = text.length;
  }

  async #untilEnded(work: () => Promise<void>): Promise<void> {
    while (!this.#signal.aborted) {
      try {
        await work();
      } catch {
        // A registry that is too busy to answer is asked again, as nodes do; when the measurement ends, no more.
        await pause(this.#signal.aborted ? 0 : RENEWAL_MS);
      }
    }
  }
}

function difference(before: number | undefined, after: number | undefined): number | undefined {
  return before === undefined || after === undefined ? undefined : after - before;
}
