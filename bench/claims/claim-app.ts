/*
 * The handler that both stores are measured behind, so that nothing differs but the store: `POST /claim` gives an item
 * to a holder if it is free, and says who holds it; `POST /free` makes items that nobody holds.
 */
import { serve } from '@hono/node-server';
import { Hono } from 'hono';

/** A store that can compare and swap. */
export interface ClaimStore {
  /** Makes the item free, whatever it was. */
  free(item: string): Promise<void>;
  /** Gives the item to the holder if it is free, in one step; resolves to who holds it then. */
  claim(item: string, holder: string): Promise<string>;
}

/** What an item that nobody holds has for a value. */
export const FREE = '';

/** Serves the handler on a free port until the process is told to end, and says where on stdout. */
export function serveClaims(store: ClaimStore): void {
  const app = new Hono();
  app.get('/healthz', (context) => context.text('ok'));
  app.post('/free', async (context) => {
    const { items } = await context.req.json<{ items: readonly string[] }>();
    await Promise.all(items.map((item) => store.free(item)));
    return context.json({ items: items.length });
  });
  app.post('/claim', async (context) => {
    const { item, holder } = await context.req.json<{ item: string; holder: string }>();
    const holds = await store.claim(item, holder);
    return context.json({ item, holder: holds }, holds === holder ? 201 : 409);
  });
  process.on('disconnect', () => process.exit(0));
  process.on('SIGTERM', () => process.exit(0));
  serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) => {
    process.stdout.write(`${JSON.stringify({ msg: 'the handler is up', url: `http://127.0.0.1:${port}` })}\n`);
  });
}
