import { createServer, type RequestListener } from 'node:http';
import { onTestFinished, expect, test } from 'vitest';
import { HttpTransport } from './http-transport.ts';
import type { NodeAddress } from './node-transport.ts';

const batch = { to: 'node-1', epoch: 3, operations: [] };
const reply = { node: 'node-1', epoch: 3, epochInForce: 3, syncedEpoch: 3, results: [] };

async function listen(handle: RequestListener): Promise<NodeAddress> {
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return { host: '127.0.0.1', port: address.port };
}

function openTransport(clusterToken?: string): HttpTransport {
  const transport = new HttpTransport({ clusterToken });
  onTestFinished(() => transport.close());
  return transport;
}

test('a batch is sent with the token and answered', async () => {
  const tokens: (string | undefined)[] = [];
  const address = await listen((request, response) => {
    tokens.push(request.headers.authorization);
    response.end(JSON.stringify(reply));
  });
  expect(await openTransport('secret').send(address, batch, 5_000)).toEqual(reply);
  expect(tokens).toEqual(['Bearer secret']);
});

test.each<[string, RequestListener]>([
  ['nothing', () => undefined],
  ['half a body', (_, response) => response.writeHead(200).write('{"node":')],
])('a node that answers with %s is given up in time, and may have done the work', async (_, handle) => {
  const address = await listen(handle);
  const sent = openTransport().send(address, batch, 50);
  await expect(sent).rejects.toMatchObject({ code: 'TIMEOUT', maybeDone: true });
});

test('a node that cannot be reached has done nothing', async () => {
  const address = await listen(() => undefined);
  const sent = openTransport().send({ ...address, port: 1 }, batch, 5_000);
  await expect(sent).rejects.toMatchObject({ code: 'UNREACHABLE', maybeDone: false });
});

test('a node that hangs up may have done the work', async () => {
  const address = await listen((request) => request.socket.destroy());
  await expect(openTransport().send(address, batch, 5_000)).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
});

test.each([
  [500, 'INTERNAL', true],
  [502, 'INTERNAL', true],
  [503, 'NOT_READY', false],
  [409, 'TURNED_AWAY', false],
  [401, 'TURNED_AWAY', false],
])('a node that answers %i is understood as %s', async (status, code, maybeDone) => {
  const address = await listen((_, response) => response.writeHead(status).end('{}'));
  await expect(openTransport().send(address, batch, 5_000)).rejects.toMatchObject({ code, maybeDone });
});
