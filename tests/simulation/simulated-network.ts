/*
 * Carries batches between gateways and nodes with delays drawn by chance, so that they overtake each other; loses
 * requests and answers; keeps apart whom it is told to. Delivers no batch twice, unless it is told to.
 */
import { NodeCallError, type Batch, type BatchReply, type NodeAddress, type NodeTransport } from '@trolley/cluster';
import { batchThroughFrames, replyThroughFrames } from './through-frames.ts';
import type { VirtualTime } from './virtual-time.ts';

/** Something that takes batches at a port. */
export interface Listener {
  readonly id: string;
  /** Resolves to the answer. @throws NodeCallError */
  receive(batch: Batch): Promise<BatchReply>;
}

const LATENCY_MS = 3;
/** How long a message takes that takes much longer than others. */
const SLOW_MS = 400;
/** How long one takes that everybody has given up on. */
const LATE_MS = 5_000;

/** The network that all share. */
export class SimulatedNetwork {
  /** The share of messages that get lost, each way. */
  lossRate = 0;
  /** The share of messages that take much longer than others. */
  slowRate = 0;
  /** The share of messages that arrive when nobody waits for them any more. */
  lateRate = 0;
  /** The share of batches that arrive once more, sooner or later; only the first is answered. */
  duplicateRate = 0;
  readonly #time: VirtualTime;
  readonly #random: () => number;
  readonly #listeners = new Map<number, Listener>();
  readonly #cuts = new Set<string>();

  constructor(time: VirtualTime, random: () => number) {
    this.#time = time;
    this.#random = random;
  }

  listen(port: number, listener: Listener): void {
    this.#listeners.set(port, listener);
  }

  unlisten(port: number): void {
    this.#listeners.delete(port);
  }

  /** Nothing gets from one to the other any more, in either direction. */
  cut(one: string, other: string): void {
    this.#cuts.add(linkOf(one, other));
  }

  mend(): void {
    this.#cuts.clear();
    this.lossRate = 0;
    this.slowRate = 0;
    this.lateRate = 0;
    this.duplicateRate = 0;
  }

  /** The network as a gateway or node sees it. */
  transportOf(caller: string): NodeTransport {
    return {
      send: (address, batch, timeoutMs) => this.#send(caller, address, batch, timeoutMs),
      forget: () => {},
      close: async () => {},
    };
  }

  #send(caller: string, { port }: NodeAddress, batch: Batch, timeoutMs: number): Promise<BatchReply> {
    const sent = batchThroughFrames(batch);
    return new Promise((resolve, reject) => {
      const timer = this.#time.after(timeoutMs, () => reject(new NodeCallError('TIMEOUT', 'no answer in time')));
      const answer = (settle: () => void) => {
        timer.cancel();
        settle();
      };
      this.#deliver(caller, batch.to, async () => {
        const listener = this.#listeners.get(port);
        if (listener === undefined) {
          const refused = new NodeCallError('UNREACHABLE', 'connection refused');
          this.#deliver(batch.to, caller, () => answer(() => reject(refused)));
          return;
        }
        if (this.#happens(this.duplicateRate)) this.#deliverAgain(port, sent);
        try {
          const reply = replyThroughFrames(await listener.receive(sent));
          this.#deliver(batch.to, caller, () => answer(() => resolve(reply)));
        } catch (error) {
          const failure = error instanceof NodeCallError ? error : new NodeCallError('INTERNAL', String(error));
          this.#deliver(batch.to, caller, () => answer(() => reject(failure)));
        }
      });
    });
  }

  #deliverAgain(port: number, batch: Batch): void {
    this.#time.after(this.#random() * LATE_MS, () => {
      const listener = this.#listeners.get(port);
      if (listener?.id === batch.to) listener.receive(structuredClone(batch)).catch(() => {});
    });
  }

  /** Draws only where something may happen, so that what never does leaves other runs as they are. */
  #happens(rate: number): boolean {
    return rate > 0 && this.#random() < rate;
  }

  /** Has the message arrive after a while, or never. */
  #deliver(from: string, to: string, arrive: () => void | Promise<void>): void {
    const isLost = this.#random() < this.lossRate;
    const isSlow = this.#random() < this.slowRate;
    const isLate = this.#happens(this.lateRate);
    const delayMs = this.#random() * (isLate ? LATE_MS : isSlow ? SLOW_MS : LATENCY_MS);
    this.#time.after(delayMs, () => {
      if (!isLost && !this.#cuts.has(linkOf(from, to))) void arrive();
    });
  }
}

function linkOf(one: string, other: string): string {
  return [one, other].toSorted().join(' ');
}
