import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../system-clock.ts';
import { ConnectionLostError, ZooKeeperSession } from './session.ts';

const WAIT = { timeout: 10_000, interval: 5 };

interface Told {
  connected: number;
  disconnected: number;
  expired: number;
}

const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  await Promise.all(closing.map(async (close) => await close()));
  closing.length = 0;
});

/** A server that says what the test says, on each connection and to each request. */
async function startFake(onConnection: (socket: Socket, count: number) => void): Promise<string> {
  const sockets = new Set<Socket>();
  let count = 0;
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    count += 1;
    onConnection(socket, count);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return `127.0.0.1:${port}`;
}

function open(connect: string): { session: ZooKeeperSession; told: Told } {
  const told = { connected: 0, disconnected: 0, expired: 0 };
  const settings = { connect, sessionTimeoutMs: 1000, operationTimeoutMs: 200, clock: systemClock };
  const session = new ZooKeeperSession(settings, {
    connected: () => (told.connected += 1),
    disconnected: () => (told.disconnected += 1),
    expired: () => (told.expired += 1),
  });
  closing.push(async () => await session.close());
  return { session, told };
}

function frame(...integers: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 + integers.length * 4);
  bytes.writeInt32BE(integers.length * 4, 0);
  for (const [index, integer] of integers.entries()) bytes.writeInt32BE(integer, 4 + index * 4);
  return bytes;
}

/** Protocol version, session timeout, session id (two halves), length of the password and the password. */
const WELCOME = frame(0, 1000, 1, 2, 16, 0, 0, 0, 0);
const EXPIRED = frame(0, 0, 0, 0, 16, 0, 0, 0, 0);

/** To request 0: transaction (two halves) and error. */
function answerTo0(error: number): Buffer {
  return frame(0, 0, 1, error);
}

function onRequest(socket: Socket, answer: (count: number) => Buffer): void {
  let count = 0;
  socket.on('data', () => {
    count += 1;
    socket.write(answer(count));
  });
}

describe('ZooKeeperSession', () => {
  it.each([
    ['speaks HTTP', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['sends a length below zero', Buffer.alloc(64, 0xff)],
    ['sends an empty answer', frame()],
    ['sends an answer that is too short', frame(1)],
  ])('survives a server that %s', async (_name, bytes) => {
    let connections = 0;
    const connect = await startFake((socket, count) => {
      connections = count;
      onRequest(socket, () => bytes);
    });
    const { session, told } = open(connect);
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const before = connections;
      await vi.waitFor(() => {
        // What is not understood may also wait for more; the holder of the session ends that.
        if (connections > 0) session.drop('the test is done with this connection');
        expect(connections).toBeGreaterThan(before);
      }, WAIT);
    }
    expect(told).toMatchObject({ connected: 0, expired: 0 });
  });

  it('survives an error code that the library does not know', async () => {
    const connect = await startFake((socket) =>
      onRequest(socket, (count) => (count === 1 ? WELCOME : answerTo0(-999))),
    );
    const { session, told } = open(connect);
    await vi.waitFor(() => expect(told.connected).toBe(1), WAIT);
    await expect(session.data('/x')).rejects.toBeInstanceOf(ConnectionLostError);
    await vi.waitFor(() => expect(told.connected).toBe(2), WAIT);
  });

  it('does not read a new connection as the rest of the last one', async () => {
    const connect = await startFake((socket, count) => {
      onRequest(socket, () => WELCOME);
      if (count === 1) socket.once('data', () => setImmediate(() => socket.end(Buffer.from([0, 0, 0, 99, 1]))));
    });
    const { told } = open(connect);
    await vi.waitFor(() => expect(told).toEqual({ connected: 2, disconnected: 1, expired: 0 }), WAIT);
  });

  it('fails what is not answered in time, and makes a new connection', async () => {
    const connect = await startFake((socket) => socket.once('data', () => socket.write(WELCOME)));
    const { session, told } = open(connect);
    await vi.waitFor(() => expect(told.connected).toBe(1), WAIT);
    const asked = await Promise.allSettled([
      session.probe(),
      session.data('/x'),
      session.create('/x', Buffer.alloc(0), 'PERSISTENT'),
    ]);
    expect(asked.map((outcome) => outcome.status)).toEqual(['rejected', 'rejected', 'rejected']);
    await vi.waitFor(() => expect(told.connected).toBeGreaterThan(1), WAIT);
  });

  it('refuses at once what is asked without a connection', async () => {
    const { session } = open('127.0.0.1:1');
    await expect(session.data('/x')).rejects.toBeInstanceOf(ConnectionLostError);
  });

  it('tells of its expiry once, fails what was asked, and then does nothing more', async () => {
    let connections = 0;
    const connect = await startFake((socket, count) => {
      connections = count;
      socket.once('data', () => socket.write(count === 1 ? WELCOME : EXPIRED));
    });
    const { session, told } = open(connect);
    await vi.waitFor(() => expect(told.connected).toBe(1), WAIT);
    const asked = session.data('/x');
    session.drop('the test wants another connection');
    await expect(asked).rejects.toBeInstanceOf(ConnectionLostError);
    await vi.waitFor(() => expect(told.expired).toBe(1), WAIT);
    await expect(session.data('/x')).rejects.toBeInstanceOf(ConnectionLostError);
    await session.close();
    expect(told).toEqual({ connected: 1, disconnected: 1, expired: 1 });
    expect(connections).toBe(2);
  });

  it.each([
    ['does not answer', (socket: Socket) => socket.once('data', () => socket.write(WELCOME)), 1],
    ['takes no connection', (socket: Socket) => socket.destroy(), 0],
  ])('closes in time though the server %s, and connects no more', async (_name, onConnection, welcomes) => {
    let connections = 0;
    const connect = await startFake((socket, count) => {
      connections = count;
      onConnection(socket);
    });
    const { session, told } = open(connect);
    await vi.waitFor(() => expect([told.connected, connections > 0]).toEqual([welcomes, true]), WAIT);
    await session.close();
    await session.close();
    const before = connections;
    // Longer than the library waits before it would connect again; that it does not, only time can tell.
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(connections).toBe(before);
    expect(told).toMatchObject({ connected: welcomes, expired: 0 });
  });
});
