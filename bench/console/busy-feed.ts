/*
 * Stands before a gateway and passes everything on, but answers for the event stream itself: repairs of ever other
 * keys, so many each second. A cluster at rest has no such feed to show, and one that has would slow the browser beside
 * it down.
 */
import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A gateway with a busy feed. */
export interface BusyFeed {
  readonly url: string;
  stop(): Promise<void>;
}

/** Events come in small lots, as they do from a gateway. */
const LOT_EVERY_MS = 10;

/** Starts it before the gateway at this address. */
export async function openBusyFeed(gateway: string, eventsPerSecond: number): Promise<BusyFeed> {
  const server = createServer((incoming, answer) => {
    if (incoming.url === '/cluster/events') streamEvents(answer, eventsPerSecond);
    else passOn(gateway, incoming, answer);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function passOn(gateway: string, incoming: IncomingMessage, answer: ServerResponse): void {
  const { method = 'GET', url = '/', headers } = incoming;
  const passed = request(new URL(url, gateway), { method, headers }, (response) => {
    answer.writeHead(response.statusCode ?? 502, response.headers);
    response.pipe(answer);
  });
  passed.on('error', () => answer.destroy());
  incoming.pipe(passed);
}

function streamEvents(answer: ServerResponse, eventsPerSecond: number): void {
  answer.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  const startMs = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - startMs) / 1000) * eventsPerSecond);
    let lot = '';
    for (; sent < due; sent += 1) lot += eventText(sent);
    if (lot !== '') answer.write(lot);
  }, LOT_EVERY_MS);
  answer.on('close', () => clearInterval(timer));
}

function eventText(number: number): string {
  const event = {
    type: 'repaired',
    key: `user:customer-${number}@example.com`,
    node: `node-${(number % 4) + 1}`,
    fromVersion: number,
    toVersion: number + 1,
    why: 'read',
    atMs: Date.now(),
  };
  return `id: busy-${number}\nevent: repaired\ndata: ${JSON.stringify(event)}\n\n`;
}
