/*
 * The handler on PostgreSQL (POSTGRES_URL): a row for each user with the cart as jsonb, changed by one upsert, which is
 * a transaction of its own. Statements are prepared once for each connection.
 */
import { Pool } from 'pg';
import type { Cart } from './cart-store.ts';
import { serveShop } from './serve-shop.ts';

/** More let more commits share a flush; each is a process of the server. */
const CONNECTIONS = Number(process.env['POSTGRES_CONNECTIONS'] ?? 32);

const pool = new Pool({ connectionString: process.env['POSTGRES_URL'], max: CONNECTIONS, min: CONNECTIONS });
await pool.query(
  'CREATE TABLE IF NOT EXISTS carts (email text PRIMARY KEY, cart jsonb NOT NULL) WITH (fillfactor = 50)',
);

const ADD = `
  INSERT INTO carts AS present (email, cart) VALUES ($1, $2)
  ON CONFLICT (email) DO UPDATE SET cart = present.cart || (
    SELECT jsonb_object_agg(key, coalesce((present.cart ->> key)::bigint, 0) + value::bigint)
    FROM jsonb_each_text(excluded.cart)
  )
  RETURNING cart`;
const READ = 'SELECT cart FROM carts WHERE email = $1';
const PUT = 'INSERT INTO carts (email, cart) VALUES ($1, $2) ON CONFLICT (email) DO UPDATE SET cart = excluded.cart';

serveShop({
  async add(email, products) {
    const { rows } = await pool.query<{ cart: Cart }>({ name: 'add', text: ADD, values: [email, products] });
    if (rows[0] === undefined) throw new Error('the upsert returned no row');
    return rows[0].cart;
  },
  async read(email) {
    const { rows } = await pool.query<{ cart: Cart }>({ name: 'read', text: READ, values: [email] });
    return rows[0]?.cart;
  },
  async put(email, cart) {
    await pool.query({ name: 'put', text: PUT, values: [email, cart] });
  },
});
