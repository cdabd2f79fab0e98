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
  let readers = 0;
  return {
    open(lastEventId) {
      if (readers >= readersMax || stopping.aborted) return undefined;
      readers += 1;
      return openStream(options, lastEventId, waitingMax, () => {
        readers -= 1;
      });
    },
  };
}

function openStream(
  { feed, clock, stopping }: EventStreamOptions,
  lastEventId: string | undefined,
  waitingMax: number,
  onEnd: () => void,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let heartbeat: Timer | undefined;
  let unsubscribe: (() => void) | undefined;
  let close: (() => void) | undefined;
  let ended = false;

  function end(): void {
    if (ended) return;
    ended = true;
    heartbeat?.cancel();
    unsubscribe?.();
    if (close !== undefined) stopping.removeEventListener('abort', close);
    onEnd();
  }

  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        close = () => {
          end();
          controller.close();
        };
        const send = (text: string): void => {
          if ((controller.desiredSize ?? 0) > 0) controller.enqueue(encoder.encode(text));
          else close?.();
        };
        const beat = (): void => {
          send(': still here\n\n');
          if (!ended) heartbeat = clock.after(HEARTBEAT_MS, beat);
        };
        const missed = lastEventId === undefined ? [] : feed.since(lastEventId);
        send(`retry: ${RETRY_MS}\n\n${missed.map(eventText).join('')}`);
        heartbeat = clock.after(HEARTBEAT_MS, beat);
        unsubscribe = feed.subscribe((published) => send(eventText(published)));
        stopping.addEventListener('abort', close);
      },
      cancel: end,
    },
    new CountQueuingStrategy({ highWaterMark: waitingMax }),
  );
}

function eventText({ id, atMs, event }: PublishedEvent): string {
  return `id: ${id}\nevent: ${event.type}\ndata: ${JSON.stringify({ ...event, atMs })}\n\n`;
}
