/*
 * Puts a shop into a running cluster through a gateway. What is there already is left alone, so seeding
 * twice does not double the stock; each write carries an idempotency key, so that trying again after a
 * lost answer does not either.
 */
import type { Clock, Random } from '@trolley/cluster';
import { CommandFailure } from './failure.ts';
import { refusalText, type GatewayClient, type GatewayReply, type GatewayRequest } from './gateway-client.ts';
import { forEachParallel } from './parallel.ts';
import { newRunId, sendPersistently } from './persist.ts';
import { counted, printable } from './printable.ts';
import type { SeedProduct, SeedUser, Shop } from './shop-file.ts';

const CONCURRENT_REQUESTS = 16;

/** What became of the seeding; `kept` counts what was there before. */
export interface SeedReport {
  readonly products: { created: number; kept: number };
  readonly users: { created: number; kept: number };
}

export interface SeedTools {
  readonly clock: Clock;
  readonly random: Random;
  /** Called after each product and user. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Seeds a shop: the products first, as carts refer to them. @throws CommandFailure at what cannot be written. */
export async function seedShop(gateway: GatewayClient, shop: Shop, tools: SeedTools): Promise<SeedReport> {
  const report: SeedReport = { products: { created: 0, kept: 0 }, users: { created: 0, kept: 0 } };
  const run = new SeedRun(gateway, tools);
  const total = shop.products.length + shop.users.length;
  let done = 0;
  const count = (counts: { created: number; kept: number }, outcome: 'created' | 'kept'): void => {
    counts[outcome] += 1;
    done += 1;
    tools.onProgress?.(done, total);
  };
  await forEachParallel(shop.products, CONCURRENT_REQUESTS, async (product) => {
    count(report.products, await run.product(product));
  });
  await forEachParallel(shop.users, CONCURRENT_REQUESTS, async (user) => {
    count(report.users, await run.user(user));
  });
  return report;
}

/** One run: its idempotency keys differ from those of other runs, which may have seen a product deleted since. */
class SeedRun {
  readonly #gateway: GatewayClient;
  readonly #tools: SeedTools;
  readonly #runId: string;
  #writes = 0;

  constructor(gateway: GatewayClient, tools: SeedTools) {
    this.#gateway = gateway;
    this.#tools = tools;
    this.#runId = newRunId(tools.random);
  }

  async product(product: SeedProduct): Promise<'created' | 'kept'> {
    const what = `the product "${printable(product.name)}"`;
    const found = await this.#read(`/product?name=${encodeURIComponent(product.name)}`);
    if (found.status === 200) return 'kept';
    if (found.status !== 404) throw seedFailure(what, found);
    const made = await this.#write('/product', { name: product.name, quantity: product.quantity });
    if (made.status !== 200 && made.status !== 201) throw seedFailure(what, made);
    return 'created';
  }

  async user(user: SeedUser): Promise<'created' | 'kept'> {
    const what = `the user ${printable(user.email)}`;
    const made = await this.#write('/createuser', { email: user.email });
    if (made.status === 409) return 'kept';
    if (made.status !== 201) throw seedFailure(what, made);
    if (user.cart.length === 0) return 'created';
    const filled = await this.#write('/addtocart', { email: user.email, products: plainObject(user.cart) });
    if (filled.status !== 200) throw seedFailure(`the cart of ${printable(user.email)}`, filled);
    return 'created';
  }

  #read(path: string): Promise<GatewayReply> {
    return this.#persist({ method: 'GET', path });
  }

  #write(path: string, body: unknown): Promise<GatewayReply> {
    this.#writes += 1;
    const headers = { 'idempotency-key': `seed-${this.#runId}-${this.#writes}` };
    return this.#persist({ method: 'POST', path, body, headers });
  }

  async #persist(request: GatewayRequest): Promise<GatewayReply> {
    return (await sendPersistently(this.#gateway, request, this.#tools)).reply;
  }
}

/** Without a prototype, so that `__proto__` is a name like any other. */
function plainObject(cart: SeedUser['cart']): Record<string, number> {
  const object: Record<string, number> = Object.create(null);
  for (const [name, quantity] of cart) object[name] = quantity;
  return object;
}

function seedFailure(what: string, reply: GatewayReply): CommandFailure {
  return new CommandFailure(
    `Could not seed ${what}: ${refusalText(reply)}`,
    'What was seeded before stays; running it again goes on from here.',
  );
}

/** The report in one line. */
export function seedReportText({ products, users }: SeedReport): string {
  const seeded = `Seeded ${counted(products.created, 'product')} and ${counted(users.created, 'user')}`;
  if (products.kept + users.kept === 0) return `${seeded}.`;
  return `${seeded}; ${counted(products.kept, 'product')} and ${counted(users.kept, 'user')} were there already.`;
}
