/*
 * Server-sent events, read as they arrive in pieces. Knows what the gateway sends: fields of one line each, and
 * comments that only keep the connection alive.
 */

/** An event of a stream. */
export interface StreamedEvent {
  readonly id: string;
  readonly type: string;
  readonly data: string;
}

/** Takes the next piece of the stream and returns the events that it completes. */
export type EventParser = (piece: string) => readonly StreamedEvent[];

/** A parser for one connection. */
export function createEventParser(): EventParser {
  let rest = '';
  return (piece) => {
    const blocks = (rest + piece).split(/\r?\n\r?\n/);
    rest = blocks.pop() ?? '';
    return blocks.flatMap((block) => parseBlock(block) ?? []);
  };
}

function parseBlock(block: string): StreamedEvent | undefined {
  const event = { id: '', type: 'message', data: '' };
  let hasData = false;
  for (const line of block.split(/\r?\n/)) {
    const [, name, value = ''] = /^(\w+): ?(.*)$/.exec(line) ?? [];
    if (name === 'id') event.id = value;
    if (name === 'event') event.type = value;
    if (name === 'data') {
      event.data = hasData ? `${event.data}\n${value}` : value;
      hasData = true;
    }
  }
  return hasData ? event : undefined;
}
