/*
 * The event feed as server-sent events, one stream for each reader. Events that come together go out together, written
 * once for all readers: nodes tell theirs in bursts. Bounded in readers and in what waits for a slow one: who cannot keep
 * up is cut off, comes back with the id of the last event it got, and finds the rest in the feed.
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
  /** Bytes that may wait for one reader when more come. */
  readonly waitingBytesMax?: number;
}

/** Opens streams. */
export interface EventStreams {
  /** A stream of the events after the one with this id, then of new ones; undefined when there are too many readers. */
  open(lastEventId: string | undefined): ReadableStream<Uint8Array> | undefined;
}

const READERS_MAX = 100;
/** About 2,500 events. */
const WAITING_BYTES_MAX = 512 * 1024;
/** Keeps proxies from taking a quiet stream for a dead one. */
const HEARTBEAT_MS = 15_000;
/** How long a browser waits before it comes back. */
const RETRY_MS = 2_000;

/** No streams yet. */
export function createEventStreams(options: EventStreamOptions): EventStreams {
  const { feed, stopping, readersMax = READERS_MAX, waitingBytesMax = WAITING_BYTES_MAX } = options;
  const streams = new Set<EventStream>();
  const fresh: PublishedEvent[] = [];
  const sendFresh = (): void => {
    const text = fresh.splice(0).map(eventText).join('');
    if (text === '' || streams.size === 0) return;
    const bytes = encoder.encode(text);
    for (const stream of streams) stream.send(bytes);
  };
  feed.subscribe((published) => {
    fresh.push(published);
    // Those that come in the same breath go with it.
    if (fresh.length === 1) queueMicrotask(sendFresh);
  });
  stopping.addEventListener('abort', () => streams.forEach((stream) => stream.close()), { once: true });
  return {
    open(lastEventId) {
      if (streams.size >= readersMax || stopping.aborted) return undefined;
      // A new reader finds what is on its way in the feed, and must not get it twice.
      sendFresh();
      const stream = new EventStream(options, lastEventId, () => streams.delete(stream));
      streams.add(stream);
      return new ReadableStream(stream, new ByteLengthQueuingStrategy({ highWaterMark: waitingBytesMax }));
    },
  };
}

const encoder = new TextEncoder();

/** One reader's stream. */
class EventStream {
  readonly #options: EventStreamOptions;
  readonly #lastEventId: string | undefined;
  readonly #onEnd: () => void;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #heartbeat: Timer | undefined;

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
    this.send(encoder.encode(`retry: ${RETRY_MS}\n\n${missed.map(eventText).join('')}`));
    this.#beatLater();
  }

  /** Called by the stream when its reader goes away. */
  cancel(): void {
    this.#controller = undefined;
    this.#heartbeat?.cancel();
    this.#onEnd();
  }

  /** Ends the stream after what waits in it. */
  close(): void {
    const controller = this.#controller;
    this.cancel();
    controller?.close();
  }

  /** Sends this, or ends the stream when too much waits already. */
  send(bytes: Uint8Array): void {
    if (this.#controller === undefined) return;
    if ((this.#controller.desiredSize ?? 0) > 0) this.#controller.enqueue(bytes);
    else this.close();
  }

  #beatLater(): void {
    this.#heartbeat = this.#options.clock.after(HEARTBEAT_MS, () => {
      this.send(encoder.encode(': still here\n\n'));
      if (this.#controller !== undefined) this.#beatLater();
    });
  }
}

function eventText({ id, atMs, event }: PublishedEvent): string {
  return `id: ${id}\nevent: ${event.type}\ndata: ${JSON.stringify({ ...event, atMs })}\n\n`;
}
