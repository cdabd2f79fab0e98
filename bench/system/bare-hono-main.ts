/*
 * What Trolley is measured against, as a process of its own: a hono app that answers the same two calls with the
 * same bodies out of a Map. It checks nothing, stores nothing, copies nothing and logs nothing; so it is the most
 * that one Node.js process with this HTTP library can do, not a store that could be used instead.
 */
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { emails, firstCart } from '../workload.ts';

/** The body of an addition, taken on trust: the benchmark's own load generator writes it. */
interface Addition {
  readonly email: string;
  readonly products: Readonly<Record<string, number>>;
}

interface User {
  readonly email: string;
  readonly cart: Record<string, number>;
  version: number;
}

const users = new Map(emails.map((email, index) => [email, { email, cart: { ...firstCart(index) }, version: 2 }]));

const app = new Hono();
app.get('/user', (context) => {
  const user = users.get(context.req.query('email') ?? '');
  return user === undefined ? context.notFound() : context.json(user);
});
app.post('/addtocart', async (context) => {
  const { email, products } = await context.req.json<Addition>();
  const user = users.get(email);
  if (user === undefined) return context.notFound();
  add(user, products);
  return context.json(user);
});

function add(user: User, products: Addition['products']): void {
  for (const [product, quantity] of Object.entries(products)) user.cart[product] = (user.cart[product] ?? 0) + quantity;
  user.version += 1;
}

process.on('disconnect', () => process.exit(0));
process.on('SIGTERM', () => process.exit(0));
serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) => {
  process.stdout.write(`${JSON.stringify({ msg: 'the bare handler is up', url: `http://127.0.0.1:${port}` })}\n`);
});
