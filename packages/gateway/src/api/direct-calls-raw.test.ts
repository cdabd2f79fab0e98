/*
 * What no client library sends, byte by byte, to the app alone and to what stands before it: the answers must be the same.
 */
import { connect } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { createBothWays, loggedBy, stopServing, type Served } from '../testing/both-ways.ts';

afterEach(stopServing);

/** Sends pieces, each when the one before it has come, and resolves to the whole answer once the server has closed. */
async function exchange({ port, bytesRead }: Served, pieces: Iterable<string>, isCut = false): Promise<string> {
  const socket = connect(port, '127.0.0.1').setNoDelay();
  let answer = '';
  socket.on('data', (chunk) => (answer += chunk.toString())).on('error', () => {});
  const closed = new Promise((resolve) => void socket.on('close', resolve));
  let sent = bytesRead();
  for (const piece of pieces) {
    socket.write(piece);
    sent += Buffer.byteLength(piece);
    await vi.waitFor(() => expect(bytesRead()).toBe(sent), { interval: 1 });
  }
  if (isCut) socket.resetAndDestroy();
  await closed;
  return comparable(answer);
}

/** Without the date, and with headers in one order and case. */
function comparable(answer: string): string {
  const parts = answer.replaceAll(/^date:.*\r\n/gim, '').split('\r\n\r\n');
  return parts.map(withSortedLines).join('\n\n');
}

function withSortedLines(part: string): string {
  const [first = '', ...headers] = part.split('\r\n');
  const lines = headers.map((line) => line.replace(/^[^:]+:/, (name) => name.toLowerCase()));
  return [first, ...lines.toSorted()].join('\n');
}

const BODY = JSON.stringify({ email: 'ann@example.com', products: { apple: 2 } });
const END = 'Connection: close\r\n';
const HOST = 'Host: x\r\n';

function get(headers = HOST + END, version = '1.1'): string {
  return `GET /user?email=ann@example.com HTTP/${version}\r\n${headers}\r\n`;
}

function post(headers = END, body = BODY, type = 'Content-Type: application/json\r\n'): string {
  return `POST /addtocart HTTP/1.1\r\n${HOST}${type}${headers}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

const CASES = {
  'an old version': get(HOST, '1.0'),
  'an old version, without a host': get('', '1.0'),
  'no host': get(END),
  'an empty host': get(`Host: \r\n${END}`),
  'a host that is none': get(`Host: a b\r\n${END}`),
  'a host with a path': get(`Host: a/b\r\n${END}`),
  'a host with a user': get(`Host: u@b\r\n${END}`),
  'a host that is an address': get(`Host: [::1]:5000\r\n${END}`),
  'two hosts': get(`Host: x\r\nHost: y\r\n${END}`),
  'a whole address': `GET http://x/user?email=ann@example.com HTTP/1.1\r\n${HOST}${END}\r\n`,
  'a body where none is expected': `${get(`${HOST}Content-Length: 5\r\n`)}hello${get()}`,
  'a wish for another protocol': get(`${HOST}Connection: Upgrade, close\r\nUpgrade: websocket\r\n`),
  'another type beside': post(`Content-Type: text/plain\r\n${END}`),
  'the same type twice': post(`content-type: application/json\r\n${END}`),
  'a type in capitals': post(END, BODY, 'Content-Type: Application/JSON\r\n'),
  'a type in spaces': post(END, BODY, 'Content-Type:   application/json   \r\n'),
  'a header named like a type': post(`X-Also: content-type\r\n${END}`),
  'two lengths': post(`Content-Length: 5\r\n${END}`),
  'no length': `POST /addtocart HTTP/1.1\r\n${HOST}Content-Type: application/json\r\n${END}\r\n`,
  'an expectation': post(`Expect: 100-continue\r\n${END}`),
  'several at once': get(HOST) + post('') + post('', '{') + get(HOST) + post('') + get(),
  'a key twice': post(END, '{"email":"ann@example.com","products":{"apple":1,"apple":2}}'),
  'a prototype': post(END, '{"email":"ann@example.com","__proto__":{"products":{"apple":1}}}'),
  'a name of the prototype': post(END, '{"email":"ann@example.com","products":{"constructor":1}}'),
  'half a sign': post(END, '{"email":"ann@example.com","products":{"\\ud800":1}}'),
  'less than nothing': post(END, '{"email":"ann@example.com","products":{"apple":-0}}'),
} as const;

test.each(Object.entries(CASES))('%s is answered as by the app', async (_name, sent) => {
  const { usual, plain, served } = await createBothWays();
  const [direct, byApp] = await Promise.all([exchange(served.usual, [sent]), exchange(served.plain, [sent])]);
  expect(direct).toBe(byApp);
  expect(loggedBy(usual)).toEqual(loggedBy(plain));
  expect(usual.store.calls.map(({ method, key }) => [method, key])).toEqual(
    plain.store.calls.map(({ method, key }) => [method, key]),
  );
});

test('a body may come in pieces', async () => {
  const { usual, served } = await createBothWays();
  const whole = post();
  const answer = await exchange(served.usual, [whole.slice(0, -30), whole.slice(-30, -10), whole.slice(-10)]);
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK/);
  expect(answer).toContain('"cart":{"apple":2}');
  expect(usual.store.calls.map(({ method }) => method)).toEqual(['change']);
});

test('a body that breaks off comes to nothing, and is counted as by the app', async () => {
  const { usual, plain, served } = await createBothWays();
  for (const each of [served.usual, served.plain]) await exchange(each, [post().slice(0, -10)], true);
  await vi.waitFor(() => expect(loggedBy(plain).at(-1)).toMatchObject({ path: '/addtocart', status: 400 }));
  await vi.waitFor(() => expect(loggedBy(usual)).toEqual(loggedBy(plain)));
  expect(usual.store.calls).toEqual([]);
});

test('the time that a body takes to come counts', async () => {
  const { usual, served } = await createBothWays();
  const whole = post();
  function* pieces() {
    yield whole.slice(0, -10);
    usual.clock.advance(5_000);
    yield whole.slice(-10);
  }
  await exchange(served.usual, pieces());
  expect(usual.logLines).toContainEqual(expect.objectContaining({ path: '/addtocart', status: 200, ms: 5_000 }));
});
