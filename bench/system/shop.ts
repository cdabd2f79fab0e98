/*
 * Fills the system with the shop of the workload, and counts what is in all carts afterwards.
 */
import { z } from 'zod';
import { emails, firstCart, products } from '../workload.ts';
import { getPage, postJson } from './client.ts';

/** Requests at once while the shop is filled. */
const CLIENTS = 32;
const PAGES_MAX = 100;

const usersSchema = z.array(z.object({ email: z.string(), cart: z.record(z.string(), z.int()) }));

/** Creates the products, the users and their carts. @throws when one of them is refused. */
export async function fillShop(url: string): Promise<void> {
  await forEachOf(products, (name) => postJson(`${url}/product`, { name, quantity: 1_000 }));
  await forEachOf(emails, async (email, index) => {
    await postJson(`${url}/createuser`, { email });
    await postJson(`${url}/user`, { email, cart: firstCart(index) });
  });
}

/** The units in the carts of all users. */
export async function unitsInCarts(url: string): Promise<number> {
  let units = 0;
  let path: string | undefined = '/userslist';
  for (let page = 0; page < PAGES_MAX && path !== undefined; page += 1) {
    const { items, next } = await getPage(new URL(path, url).href);
    for (const { cart } of usersSchema.parse(items)) {
      for (const quantity of Object.values(cart)) units += quantity;
    }
    path = next;
  }
  if (path !== undefined) throw new Error(`the list of users goes on after ${PAGES_MAX} pages`);
  return units;
}

async function forEachOf<T>(items: readonly T[], work: (item: T, index: number) => Promise<void>): Promise<void> {
  const left = items.entries();
  const client = async (): Promise<void> => {
    for (const [index, item] of left) await work(item, index);
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
}
