import { createServer } from 'node:http';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { HttpConnection, requestBytes } from './http-connection.ts';

test('requests go out whole, one after the other on one connection, and their answers come back', async () => {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      seen.push(`${request.method} ${request.url} ${body} ${request.socket.remotePort}`);
      const text = 'ok';
      response.writeHead(request.method === 'GET' ? 200 : 409, { 'content-length': text.length }).end(text);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const url = new URL(`http://127.0.0.1:${port}`);
  const connection = new HttpConnection(url, () => undefined);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await connection.opened;
  const send = (bytes: Buffer) => new Promise((resolve) => connection.send(bytes, resolve));
  expect(await send(requestBytes({ method: 'POST', path: '/add', body: '{"ü":1}' }, url.host))).toBe(409);
  expect(await send(requestBytes({ method: 'GET', path: '/user?email=a', body: undefined }, url.host))).toBe(200);
  const [first = '', second = ''] = seen;
  expect(first).toMatch(/^POST \/add {"ü":1} /);
  expect(second).toMatch(/^GET \/user\?email=a /);
  expect(first.split(' ').at(-1)).toBe(second.split(' ').at(-1));
});

test('a connection that breaks is told', async () => {
  const server = createServer((request) => request.socket.destroy()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const url = new URL(`http://127.0.0.1:${port}`);
  let answers = 0;
  await new Promise<void>((resolve) => {
    const connection = new HttpConnection(url, resolve);
    const request = requestBytes({ method: 'GET', path: '/', body: undefined }, url.host);
    void connection.opened.then(() => connection.send(request, () => (answers += 1)));
  });
  expect(answers).toBe(0);
});
