/*
 * The handler that every store is measured behind, so that nothing differs but the store: `GET /user` and
 * `POST /addtocart` read what the system's calls read and answer the same cart. It checks nothing of what it reads and
 * logs nothing. Before and after the load, `POST /fill` sets all carts and `GET /tally` says what was acknowledged and
 * what the carts hold.
 */
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { emails } from '../workload.ts';
import type { CartStore } from './cart-store.ts';
import { fillStore, Tally } from './tally.ts';

/** The body of an addition, taken on trust: the benchmark's own load generator writes it. */
interface Addition {
  readonly email: string;
  readonly products: Readonly<Record<string, number>>;
}

/** Serves the handler on a free port until the process is told to end, and says where on stdout. */
export function serveShop(store: CartStore): void {
  const tally = new Tally();
  const app = new Hono();
  app.get('/user', async (context) => {
    const email = context.req.query('email') ?? '';
    const cart = await store.read(email);
    return cart === undefined ? context.notFound() : context.json({ email, cart });
  });
  app.post('/addtocart', async (context) => {
    const { email, products } = await context.req.json<Addition>();
    const cart = await tally.count(store.add(email, products));
    return context.json({ email, cart });
  });
  app.post('/fill', async (context) => {
    await fillStore(store);
    return context.json({ users: emails.length });
  });
  app.get('/tally', async (context) => context.json(await tally.of(store)));
  app.onError((error, context) => context.json({ title: String(error) }, 503));
  process.on('disconnect', () => process.exit(0));
  process.on('SIGTERM', () => process.exit(0));
  serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) => {
    process.stdout.write(`${JSON.stringify({ msg: 'the handler is up', url: `http://127.0.0.1:${port}` })}\n`);
  });
}
