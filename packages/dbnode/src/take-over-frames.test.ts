/*
 * What comes of those who do not keep to the protocol of frames, on either end.
 */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { getRequestListener } from '@hono/node-server';
import {
  BATCHES_IN_FLIGHT_MAX,
  BATCH_FRAME_BYTES_MAX,
  encodeBatch,
  encodeReply,
  encodeTurnedAway,
  FRAMES_PATH,
  FRAMES_PROTOCOL,
  FrameSplitter,
  listen,
  numbered,
  numberOf,
  openNodeTransport,
  type BatchReply,
  type NodeOperation,
} from '@trolley/cluster';
import { describe, expect, it, onTestFinished } from 'vitest';
import { batch, end, HOST, serve } from './testing/serving-node.ts';
import { createTestNode } from './testing/test-node.ts';

const TIMEOUT_MS = 10_000;
const WELCOME = `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${FRAMES_PROTOCOL}\r\n\r\n`;
const CREATE: NodeOperation = {
  type: 'change',
  key: 'user:a',
  change: { action: { type: 'create-user' } },
  base: null,
};
const READ: NodeOperation = { type: 'read', key: 'user:a', detail: 'record' };

/** Agrees to speak frames, and hands on the number of each batch that comes. */
function listenForNumbers(onNumber: (number: number, socket: Socket) => void) {
  return listenRaw((socket) => {
    const splitter = new FrameSplitter(BATCH_FRAME_BYTES_MAX);
    socket.once('data', () => {
      socket.write(WELCOME);
      socket.on('data', (piece: Buffer) => {
        for (const payload of splitter.push(piece)) onNumber(numberOf(payload), socket);
      });
    });
  });
}

function refusalOf(number: number): Buffer {
  return numbered(encodeTurnedAway({ status: 503, code: 'NOT_READY', detail: `to ${number}` }), number);
}

function openTransport() {
  const transport = openNodeTransport({ clusterToken: undefined });
  onTestFinished(() => transport.close());
  return transport;
}

/** Listens, and hands connections on. */
async function listenRaw(onConnection: (socket: Socket) => void): Promise<{ host: string; port: number }> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    onTestFinished(() => void socket.destroy());
    onConnection(socket);
  });
  server.listen(0, HOST);
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('it has no port');
  return { host: HOST, port: address.port };
}

/** Agrees to speak frames, and answers these bytes to whatever comes then. */
function answerWith(bytes: Buffer, onConnection = () => {}): Promise<{ host: string; port: number }> {
  return listenRaw((socket) => {
    onConnection();
    socket.once('data', () => {
      socket.write(WELCOME);
      socket.once('data', () => socket.write(bytes));
    });
  });
}

function send(address: { host: string; port: number }, timeoutMs = TIMEOUT_MS) {
  return openTransport().send(address, batch([CREATE]), timeoutMs);
}

describe('a caller of frames', () => {
  it.each([
    ['garbage', Buffer.from('HTTP/1.1 500 Oops\r\n\r\n')],
    ['an empty frame', Buffer.alloc(4)],
    ['a frame of no known kind', Buffer.from([1, 0, 0, 0, 99])],
    ['a reply that ends early', Buffer.from([3, 0, 0, 0, 2, 10, 0])],
    ['a frame that is far too long', Buffer.from([255, 255, 255, 255, 2])],
  ])('takes %s for no answer', async (_, bytes) => {
    const address = await answerWith(bytes);
    await expect(send(address)).rejects.toMatchObject({ code: 'INTERNAL', maybeDone: true });
  });

  it('gives up a connection on which more comes than the answer', async () => {
    const reply = {
      node: 'node-a',
      epoch: 7,
      epochInForce: 7,
      syncedEpoch: 7,
      results: [{ type: 'merge', changed: true }],
    };
    const frame = numbered(encodeReply(reply as BatchReply), 1);
    let connections = 0;
    const address = await answerWith(Buffer.concat([frame, frame.subarray(0, 7)]), () => (connections += 1));
    const transport = openTransport();
    for (const count of [1, 2]) {
      expect(await transport.send(address, batch([CREATE]), TIMEOUT_MS)).toEqual(reply);
      expect(connections).toBe(count);
    }
  });

  it('gives up half an answer in time', async () => {
    const address = await answerWith(Buffer.from([200, 0, 0, 0, 2]));
    await expect(send(address, 100)).rejects.toMatchObject({ code: 'TIMEOUT', maybeDone: true });
  });

  it('knows that nothing was sent while a connection did not open', async () => {
    const address = await listenRaw(() => undefined);
    await expect(send(address, 100)).rejects.toMatchObject({ code: 'UNREACHABLE', maybeDone: false });
  });

  it('knows answers by their numbers, drops one that comes too late, and sends the next batch on a new connection', async () => {
    const sockets = new Set<Socket>();
    const numbers: number[] = [];
    const address = await listenForNumbers((number, socket) => {
      sockets.add(socket);
      // The first batch opens the connection and is answered at once; the second is given up.
      if (numbers.push(number) === 1 || sockets.size > 1) socket.write(refusalOf(number));
    });
    const transport = openTransport();
    const sendFor = async (timeoutMs: number) => transport.send(address, batch([CREATE]), timeoutMs);
    await expect(sendFor(TIMEOUT_MS)).rejects.toMatchObject({ code: 'NOT_READY' });
    const late = sendFor(100);
    const slow = sendFor(TIMEOUT_MS);
    slow.catch(() => undefined);
    await expect(late).rejects.toMatchObject({ code: 'TIMEOUT', maybeDone: true });
    await expect(sendFor(TIMEOUT_MS)).rejects.toMatchObject({ code: 'NOT_READY' });
    const [first] = sockets;
    const [, ofLate = 0, ofSlow = 0] = numbers;
    first?.write(Buffer.concat([refusalOf(ofLate), refusalOf(ofSlow)]));
    await expect(slow).rejects.toMatchObject({ message: expect.stringContaining(`to ${ofSlow}`) });
    expect(sockets.size).toBe(2);
    // What nobody waits for any more is ended.
    await once(first as Socket, 'close');
  });

  it('takes an answer to what it never sent for no answer', async () => {
    const address = await listenForNumbers((number, socket) => void socket.write(refusalOf(number + 1)));
    await expect(send(address)).rejects.toMatchObject({ code: 'INTERNAL', maybeDone: true });
  });

  it('goes on over HTTP with a node that speaks none', async () => {
    const { app } = createTestNode();
    const handle = getRequestListener(app.fetch);
    const listener = await listen(handle, HOST, 0);
    onTestFinished(() => end(listener));
    const address = { host: HOST, port: listener.port };
    const transport = openTransport();
    for (const operations of [[CREATE], [READ]]) {
      expect((await transport.send(address, batch(operations), TIMEOUT_MS)).results).toHaveLength(1);
    }
  });
});

/** Opens a connection as a caller of frames does, by hand. */
async function shakeHands(port: number, headers: readonly string[]) {
  const socket = connect(port, HOST);
  socket.on('error', () => undefined);
  onTestFinished(() => void socket.destroy());
  const received: Buffer[] = [];
  socket.on('data', (piece: Buffer) => received.push(piece));
  const closed = once(socket, 'close');
  socket.write([`GET ${FRAMES_PATH} HTTP/1.1`, 'Host: node', ...headers, '', ''].join('\r\n'));
  const text = () => Buffer.concat(received).toString('latin1');
  await expect.poll(text).toContain('\r\n\r\n');
  return { socket, closed, text };
}

const UPGRADE = ['Connection: Upgrade', `Upgrade: ${FRAMES_PROTOCOL}`];

describe('a node', () => {
  it.each([
    ['garbage', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['an empty frame', Buffer.alloc(4)],
    ['a frame of no known kind', Buffer.from([1, 0, 0, 0, 99])],
    ['a batch that ends early', Buffer.from([6, 0, 0, 0, 1, 255, 255, 255, 0, 0])],
    ['a frame that is too long', Buffer.from(new Uint32Array([BATCH_FRAME_BYTES_MAX + 1]).buffer)],
  ])('ends a connection on which %s comes, logs it, and serves on', async (_, bytes) => {
    const { address, logLines } = await serve();
    const { socket, closed } = await shakeHands(address.port, UPGRADE);
    socket.write(bytes);
    await closed;
    await expect.poll(() => logLines).toMatchObject([{ level: 40, err: { code: 'BAD_FRAME' } }]);
    const transport = openTransport();
    expect((await transport.send(address, batch([READ]), TIMEOUT_MS)).results).toHaveLength(1);
  });

  it('ends a connection whose caller does not wait for answers', async () => {
    const { address, engine, logLines } = await serve();
    const release = engine.hold();
    onTestFinished(release);
    const { socket, closed } = await shakeHands(address.port, UPGRADE);
    const tooMany = 2 * BATCHES_IN_FLIGHT_MAX + 1;
    for (let number = 1; number <= tooMany; number += 1) socket.write(numbered(encodeBatch(batch([READ])), number));
    await closed;
    await expect.poll(() => logLines).toMatchObject([{ err: { code: 'BAD_FRAME' } }]);
  });

  it('takes a frame in pieces, also with the request for frames', async () => {
    const { address } = await serve();
    const { socket, text } = await shakeHands(address.port, UPGRADE);
    const headers = text().length;
    for (const byte of encodeBatch(batch([]))) {
      socket.write(Buffer.from([byte]));
      await pause(1);
    }
    await expect.poll(() => text().slice(headers)).toContain('node-a');
  });

  it.each([
    ['another version', ['Connection: Upgrade', 'Upgrade: trolley-frames/99'], 'HTTP/1.1 426 '],
    ['another protocol', ['Connection: Upgrade', 'Upgrade: h2c'], 'HTTP/1.1 426 '],
    ['no protocol', ['Connection: close'], 'HTTP/1.1 426 '],
  ])('tells who asks for %s what it speaks', async (_, headers, status) => {
    const { address } = await serve();
    const { text, closed } = await shakeHands(address.port, headers);
    await closed;
    expect(text()).toContain(status);
    expect(text()).toContain(`upgrade: ${FRAMES_PROTOCOL}`);
    expect(text()).toContain('"code":"UPGRADE_REQUIRED"');
  });

  it('lets nobody go on in frames without the token', async () => {
    const { address } = await serve({ clusterToken: 'secret' });
    for (const more of [[], ['Authorization: Bearer wrong']]) {
      const { text, closed } = await shakeHands(address.port, [...UPGRADE, ...more]);
      await closed;
      expect(text()).toContain('HTTP/1.1 401 ');
    }
  });

  it('answers what asks for another protocol elsewhere as if it had not', async () => {
    const { address } = await serve();
    const socket = connect(address.port, HOST);
    onTestFinished(() => void socket.destroy());
    socket.write('GET /healthz HTTP/1.1\r\nHost: node\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n');
    const [piece] = (await once(socket, 'data')) as [Buffer];
    expect(piece.toString('latin1')).toContain('HTTP/1.1 200 ');
  });

  it('reads the body of a request that asks for another protocol, and comes in pieces', async () => {
    const { address } = await serve();
    const socket = connect(address.port, HOST);
    onTestFinished(() => void socket.destroy());
    const received: Buffer[] = [];
    socket.on('data', (piece: Buffer) => received.push(piece));
    const body = JSON.stringify(batch([CREATE]));
    const headers = ['Content-Type: application/json', `Content-Length: ${body.length}`, 'X-Request-Id: asked-1'];
    const asking = ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABk'];
    socket.write(['POST /batch HTTP/1.1', 'Host: node', ...headers, ...asking, '', body.slice(0, 30)].join('\r\n'));
    await pause(20);
    socket.write(body.slice(30));
    await once(socket, 'close');
    const text = Buffer.concat(received).toString('latin1');
    expect(text).toContain('HTTP/1.1 200 ');
    expect(text).toContain('x-request-id: asked-1');
    expect(text).toContain('"outcome":"applied"');
  });

  it('lets go of a connection whose caller has ended it', async () => {
    const { address } = await serve();
    const { socket, closed } = await shakeHands(address.port, UPGRADE);
    socket.end();
    await expect(closed).resolves.toEqual([false]);
  });

  it('lets go of whoever asks for another protocol and then sends what nobody reads', async () => {
    const { address, sockets } = await serve();
    const socket = connect({ port: address.port, host: HOST, allowHalfOpen: true });
    onTestFinished(() => void socket.destroy());
    socket.on('error', () => undefined);
    socket.write('GET /healthz HTTP/1.1\r\nHost: node\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\nand more');
    await once(socket, 'data');
    await expect.poll(() => [...sockets].map(({ destroyed }) => destroyed)).toEqual([true]);
  });

  it('that stops ends the connections for frames', async () => {
    const { address, listener } = await serve();
    const { closed } = await shakeHands(address.port, UPGRADE);
    const ended = Promise.all([listener.close(), closed]);
    await expect(ended).resolves.toHaveLength(2);
  });
});
