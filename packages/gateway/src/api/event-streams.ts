/*
 * The event feed as server-sent events, one stream for each reader. Bounded in readers and in what waits
 * for a slow one: who cannot keep up is cut off, comes back with the id of the last event it got, and finds
 * the rest in the feed.
 */
import type { Clock, Timer } from '@trolley/cluster';
import type { EventFeed, PublishedEvent } from '../events.ts';

/** What the streams work with. */
export interface EventStreamOptions {
  readonly feed: EventFeed;
  readonly clock: Clock;
  /** Ends every stream when the gateway stops. */
  readonly stopping: AbortSignal;
  readonly readersMax?: number;
  /** Events that may wait for one reader. */
  readonly waitingMax?: number;
}

/** Opens streams. */
export interface EventStreams {
  /** A stream of the events after the one with this id, then of new ones; undefined when there are too many readers. */
  open(lastEventId: string | undefined): ReadableStream<Uint8Array> | undefined;
}

const READERS_MAX = 100;
const WAITING_MAX = 256;
/** Keeps proxies from taking a quiet stream for a dead one. */
const HEARTBEAT_MS = 15_000;
/** How long a browser waits before it comes back. */
const RETRY_MS = 2_000;

/** No streams yet. */
export function createEventStreams(options: EventStreamOptions): EventStreams {
  const { stopping, readersMax = READERS_MAX, waitingMax = WAITING_MAX } = options;
  const streams = new Set<EventStream>();
  stopping.addEventListener('abort', () => streams.forEach((stream) => stream.close()), { once: true });
  return {
    open(lastEventId) {
      if (streams.size >= readersMax || stopping.aborted) return undefined;
      const stream = new EventStream(options, lastEventId, () => streams.delete(stream));
      streams.add(stream);
      return new ReadableStream(stream, new CountQueuingStrategy({ highWaterMark: waitingMax }));
    },
  };
}

/** One reader's stream. */
class EventStream {
  readonly #options: EventStreamOptions;
  readonly #lastEventId: string | undefined;
  readonly #onEnd: () => void;
  readonly #encoder = new TextEncoder();
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #heartbeat: Timer | undefined;
  #unsubscribe: (() => void) | undefined;

  constructor(options: EventStreamOptions, lastEventId: string | undefined, onEnd: () => void) {
    this.#options = options;
    this.#lastEventId = lastEventId;
    this.#onEnd = onEnd;
  }

  /** Called by the stream when it is made. */
  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    const { feed } = this.#options;
    this.#controller = controller;
    const missed = this.#lastEventId === undefined ? [] : feed.since(this.#lastEventId);
    this.#send(`retry: ${RETRY_MS}\n\n${missed.map(eventText).join('')}`);
    this.#unsubscribe = feed.subscribe((published) => this.#send(eventText(published)));
    this.#beatLater();
  }

  /** Called by the stream when its reader goes away. */
  cancel(): void {
    this.#controller = undefined;
    this.#heartbeat?.cancel();
    this.#unsubscribe?.();
    this.#onEnd();
  }

  /** Ends the stream after what waits in it. */
  close(): void {
    const controller = this.#controller;
    this.cancel();
    controller?.close();
  }

  #send(text: string): void {
    if (this.#controller === undefined) return;
    if ((this.#controller.desiredSize ?? 0) > 0) this.#controller.enqueue(this.#encoder.encode(text));
    else this.close();
  }

  #beatLater(): void {
    this.#heartbeat = this.#options.clock.after(HEARTBEAT_MS, () => {
      this.#send(': still here\n\n');
      if (this.#controller !== undefined) this.#beatLater();
    });
  }
}

function eventText({ id, atMs, event }: PublishedEvent): string {
  return `id: ${id}\nevent: ${event.type}\ndata: ${JSON.stringify({ ...event, atMs })}\n\n`;
}
