/*
 * Follows `GET /cluster/events` and keeps what came.
 */

/** An event as it was streamed. */
interface StreamedEvent {
  readonly id: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The events so far; grows while the stream is open. */
export interface EventStream extends AsyncDisposable {
  readonly events: readonly StreamedEvent[];
  some(predicate: (event: StreamedEvent) => boolean): boolean;
}

/** Opens the stream of a gateway; resolves once it is open. */
export async function followEvents(url: string): Promise<EventStream> {
  const abort = new AbortController();
  const response = await fetch(`${url}/cluster/events`, { signal: abort.signal });
  if (!response.ok || response.body === null) throw new Error(`events: ${response.status}`);
  const events: StreamedEvent[] = [];
  const reading = readEvents(response.body, events).catch(() => {
    // The stream ends when the test is over.
  });
  return {
    events,
    some: (predicate) => events.some(predicate),
    async [Symbol.asyncDispose]() {
      abort.abort();
      await reading;
    },
  };
}

async function readEvents(body: ReadableStream<Uint8Array>, events: StreamedEvent[]): Promise<void> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = parseEvent(block);
      if (event !== undefined) events.push(event);
    }
  }
}

function parseEvent(block: string): StreamedEvent | undefined {
  const fields = new Map(
    block.split('\n').map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1).trim()] as const;
    }),
  );
  const data = fields.get('data');
  if (data === undefined) return undefined;
  return { id: fields.get('id') ?? '', type: fields.get('event') ?? '', data: JSON.parse(data) };
}
