/*
 * What one Node.js process can do without any library, as a process: the same calls as serve-shop.ts on a Map, by
 * node:http alone.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createMemoryStore } from './memory-store.ts';
import { fillStore, Tally } from './tally.ts';

const store = createMemoryStore();
const tally = new Tally();

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  switch (`${request.method} ${pathname}`) {
    case 'GET /user': {
      const email = searchParams.get('email') ?? '';
      return answer(response, 200, { email, cart: store.read(email) });
    }
    case 'POST /addtocart':
      return readBody(request, (body) => void add(response, JSON.parse(body)));
    case 'POST /fill':
      return void fillStore(store).then(() => answer(response, 200, {}));
    case 'GET /tally':
      return void tally.of(store).then((report) => answer(response, 200, report));
    default:
      return answer(response, 404, {});
  }
});

async function add(response: ServerResponse, addition: { email: string; products: Record<string, number> }) {
  const cart = await tally.count(store.add(addition.email, addition.products));
  answer(response, 200, { email: addition.email, cart });
}

function readBody(request: IncomingMessage, use: (body: string) => void): void {
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (text: string) => (body += text));
  request.on('end', () => use(body));
}

function answer(response: ServerResponse, status: number, content: unknown): void {
  const body = JSON.stringify(content);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

process.on('disconnect', () => process.exit(0));
process.on('SIGTERM', () => process.exit(0));
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  process.stdout.write(`${JSON.stringify({ msg: 'the handler is up', url: `http://127.0.0.1:${port}` })}\n`);
});
