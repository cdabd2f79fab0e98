/*
 * The handler on etcd: a cart is one key, read linearizably and changed by compare-and-set on the revision that was
 * read. Talks to the leader alone (ETCD_URL), which spares it the way of a request through a follower.
 */
import { Etcd3 } from 'etcd3';
import type { Cart } from './cart-store.ts';
import { serveShop } from './serve-shop.ts';

const ATTEMPTS_MAX = 100;

const client = new Etcd3({ hosts: process.env['ETCD_URL'] ?? '' });

serveShop({
  async add(email, products) {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
      const { cart = {}, revision } = await readWithRevision(email);
      const next: Record<string, number> = { ...cart };
      for (const [product, quantity] of Object.entries(products)) next[product] = (next[product] ?? 0) + quantity;
      const { succeeded } = await client
        .if(email, 'Mod', '==', revision)
        .then(client.put(email).value(JSON.stringify(next)))
        .commit();
      if (succeeded) return next;
    }
    throw new Error(`others were faster ${ATTEMPTS_MAX} times`);
  },
  async read(email) {
    return (await readWithRevision(email)).cart;
  },
  async put(email, cart) {
    await client.put(email).value(JSON.stringify(cart));
  },
});

/** A key that is not there has the revision 0. */
async function readWithRevision(email: string): Promise<{ readonly cart?: Cart; readonly revision: string }> {
  const { kvs } = await client.get(email).exec();
  const [found] = kvs;
  if (found === undefined) return { revision: '0' };
  return { cart: JSON.parse(found.value.toString()) as Cart, revision: found.mod_revision };
}
