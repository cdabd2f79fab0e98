/*
 * The handler on Redis. REDIS_URL says where it is, DURABILITY what an acknowledged addition waits for:
 *
 * - `primary`: the primary, which has it on its disk before it answers;
 * - `pooled`: a replica as well, by a WAIT for each addition, each on one of 64 connections;
 * - `gathered`: a replica as well, by one WAIT for all additions that came while the last one was on its way.
 *
 * The client sends the commands of one turn of the event loop together (pipelining).
 */
import { createClient, createClientPool } from '@redis/client';
import type { Cart, CartStore } from './cart-store.ts';
import { Gatherer } from './gatherer.ts';
import { serveShop } from './serve-shop.ts';

const CONNECTIONS = 64;
const REPLICAS = 1;
const WAIT_TIMEOUT_MS = 5_000;

const url = process.env['REDIS_URL'] ?? '';
const client = createClient({ url });
await client.connect();

interface Commands {
  hIncrBy(key: string, field: string, increment: number): Promise<number>;
  hGetAll(key: string): Promise<Record<string, string>>;
}

interface Waiting extends Commands {
  wait(replicas: number, timeoutMs: number): Promise<number>;
}

interface Addition {
  readonly email: string;
  readonly products: Cart;
}

serveShop({ add: await additionsBy(process.env['DURABILITY'] ?? ''), read, put });

async function additionsBy(durability: string): Promise<CartStore['add']> {
  switch (durability) {
    case 'primary':
      return (email, products) => add(client, { email, products });
    case 'pooled': {
      const pool = createClientPool({ url }, { minimum: CONNECTIONS, maximum: CONNECTIONS });
      await pool.connect();
      return async (email, products) =>
        pool.execute(async (connection) => {
          const [cart] = await Promise.all([add(connection, { email, products }), waitForReplica(connection)]);
          return cart;
        });
    }
    case 'gathered': {
      const connection = createClient({ url });
      await connection.connect();
      const gatherer = new Gatherer(async (additions: readonly Addition[]) => {
        const carts = additions.map((addition) => add(connection, addition));
        const [answers] = await Promise.all([Promise.all(carts), waitForReplica(connection)]);
        return answers;
      });
      return (email, products) => gatherer.do({ email, products });
    }
    default:
      throw new Error(`DURABILITY must be primary, pooled or gathered, not ${durability}`);
  }
}

async function add(commands: Commands, { email, products }: Addition): Promise<Cart> {
  const increments = Object.entries(products).map(([product, quantity]) => commands.hIncrBy(email, product, quantity));
  const [hash] = await Promise.all([commands.hGetAll(email), ...increments]);
  return cartOf(hash);
}

async function waitForReplica(connection: Waiting): Promise<void> {
  const replicas = await connection.wait(REPLICAS, WAIT_TIMEOUT_MS);
  if (replicas < REPLICAS) throw new Error('no replica had it in time');
}

async function read(email: string): Promise<Cart | undefined> {
  const hash = await client.hGetAll(email);
  const cart = cartOf(hash);
  return Object.keys(cart).length === 0 ? undefined : cart;
}

async function put(email: string, cart: Cart): Promise<void> {
  await client.multi().del(email).hSet(email, cart).exec();
}

function cartOf(hash: Readonly<Record<string, string>>): Cart {
  const cart: Record<string, number> = {};
  for (const product in hash) cart[product] = Number(hash[product]);
  return cart;
}
