/*
 * Follows a stream of server-sent events and comes back to it whenever it ends, with the last event that it got:
 * the gateway then sends what was missed. Unlike the browser's EventSource it can begin with the events of before,
 * goes on after an answer that is an error, and notices a connection that is dead without saying so.
 */
import { createEventParser, type StreamedEvent } from './parse-events.ts';
import { after, pause } from './time.ts';

/** What the stream tells. */
export interface StreamListener {
  readonly onEvents: (events: readonly StreamedEvent[]) => void;
  readonly onState: (state: StreamState) => void;
}

/** `closed` when it ended or was refused, `silence` when nobody answered. */
export type StreamState = 'open' | 'closed' | 'silence';

const RECONNECT_AFTER_MS = 1_000;
/** The gateway says something every 15 seconds. */
const SILENCE_MAX_MS = 40_000;
/** An id that no feed knows brings all events that are kept. */
const FROM_THE_START = '0';

/** Follows the stream until the signal is aborted. */
export async function followStream(path: string, listener: StreamListener, signal: AbortSignal): Promise<void> {
  let lastId = FROM_THE_START;
  const connected: StreamListener = {
    ...listener,
    onEvents(events) {
      lastId = events.at(-1)?.id ?? lastId;
      listener.onEvents(events);
    },
  };
  while (!signal.aborted) {
    listener.onState(await readOnce(path, lastId, connected, signal));
    await pause(RECONNECT_AFTER_MS, signal);
  }
}

async function readOnce(
  path: string,
  lastId: string,
  listener: StreamListener,
  signal: AbortSignal,
): Promise<StreamState> {
  const connection = new AbortController();
  const abort = (): void => connection.abort();
  signal.addEventListener('abort', abort, { once: true });
  let outcome: StreamState = 'silence';
  let cancelWatch = after(SILENCE_MAX_MS, abort);
  try {
    const headers = { accept: 'text/event-stream', 'last-event-id': lastId };
    const response = await fetch(path, { headers, signal: connection.signal });
    outcome = 'closed';
    if (!response.ok || response.body === null) return outcome;
    listener.onState('open');
    const parse = createEventParser();
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return outcome;
      cancelWatch();
      cancelWatch = after(SILENCE_MAX_MS, abort);
      const events = parse(value);
      if (events.length > 0) listener.onEvents(events);
    }
  } catch {
    // Whatever cut it off, the answer is the same: come back.
    return outcome;
  } finally {
    cancelWatch();
    signal.removeEventListener('abort', abort);
    connection.abort();
  }
}
