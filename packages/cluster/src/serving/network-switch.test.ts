import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mkdtemp } from 'node:fs/promises';
import { afterEach, expect, test } from 'vitest';
import { createNetworkSwitch } from './network-switch.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

function createSwitch() {
  const network = createNetworkSwitch();
  closing.push(() => network.close());
  return network;
}

/** A server that says what it hears. */
async function startEcho(path?: string): Promise<{ server: Server; port: number; heard: string[] }> {
  const heard: string[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      heard.push(String(data));
      socket.write(data);
    });
  });
  server.listen(path ?? { port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  closing.push(() => server.close());
  const address = server.address();
  return { server, port: typeof address === 'object' && address !== null ? address.port : 0, heard };
}

/** What becomes of a connection over which something is said: the answer, or the code of its end. */
async function talk(socket: Socket): Promise<string> {
  closing.push(() => socket.destroy());
  return new Promise((resolve) => {
    socket.on('error', (error) => resolve('code' in error ? String(error.code) : error.message));
    socket.on('close', () => resolve('closed'));
    socket.on('data', (data) => resolve(String(data)));
    socket.write('hello');
  });
}

test('while it is cut, no connection is made, accepted or kept; afterwards all is as before', async () => {
  const network = createSwitch();
  const { port, heard } = await startEcho();
  const old = connect(port, '127.0.0.1');
  expect(await talk(old)).toBe('hello');
  const oldEnds = new Promise((resolve) => {
    old.once('close', resolve);
  });
  network.cutOff();
  await oldEnds;
  expect(await talk(connect(port, '127.0.0.1'))).toBe('ENETUNREACH');
  expect(heard).toEqual(['hello']);
  network.rejoin();
  expect(await talk(connect(port, '127.0.0.1'))).toBe('hello');
});

test('a connection from outside is hung up on before a byte of it is read', async () => {
  const { port, heard } = await startEcho();
  // Made before the switch, as a socket of another process is out of its reach.
  const outside = connect({ port, host: '127.0.0.1' });
  const network = createSwitch();
  network.cutOff();
  expect(await talk(outside)).not.toBe('hello');
  expect(heard).toEqual([]);
});

test('a connection that is only being made when the cut comes fails too', async () => {
  const network = createSwitch();
  const { port } = await startEcho();
  const socket = connect(port, '127.0.0.1');
  const end = talk(socket);
  network.cutOff();
  expect(await end).toBe('ENETUNREACH');
});

test('a Unix socket is no network', async () => {
  const path = join(await mkdtemp(join(tmpdir(), 'trolley-switch-')), 'lock');
  const { heard } = await startEcho(path);
  const outside = connect(path);
  const network = createSwitch();
  network.cutOff();
  expect(await talk(outside)).toBe('hello');
  expect(heard).toEqual(['hello']);
});
