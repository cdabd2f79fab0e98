/*
 * A gateway for tests: a shop in memory behind the calls that the commands use, as a fetch function.
 */
import { Hono } from 'hono';
import { FakeItems } from './fake-items.ts';

interface FakeNode {
  id: string;
  up: boolean;
  state: 'in' | 'out' | 'draining' | 'drained' | 'absent';
  url: string;
  zone: string;
  weight: number;
  records: number;
  bytes: number;
  hintsWaiting: number;
  keptIn?: string;
}

/** What the commands may do to the shop, and what tests look at. */
export interface FakeGateway {
  readonly fetch: typeof fetch;
  readonly products: Map<string, number>;
  readonly users: Map<string, Map<string, number>>;
  readonly nodes: FakeNode[];
  /** Idempotency keys of the writes that were applied. */
  readonly keys: Set<string>;
  /** Requests that are answered with 503 from now on, after being applied or without. */
  trouble: { left: number; applied: boolean };
  readonly items: FakeItems;
  /** Headers of the last control call. */
  lastAuthorization: string | undefined;
  mostAtOnce: number;
  /** What the calls about the cluster tell beside the nodes. */
  facts: Record<string, unknown>;
  /** Called before each look at the cluster or at a key. */
  onLook: () => void;
  /** What the nodes say of their comparisons, one answer after the other; the last one stays. */
  repairs: unknown[];
  /** The versions of the replicas on node-1 and node-2. */
  versions: [number, number];
}

/** A gateway with three nodes and an empty shop. */
export function createFakeGateway(): FakeGateway {
  const app = new Hono();
  let atOnce = 0;
  const fake: FakeGateway = {
    fetch: async (input, init) => {
      atOnce += 1;
      fake.mostAtOnce = Math.max(fake.mostAtOnce, atOnce);
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      const writes = init?.method !== undefined && init.method !== 'GET';
      const troubled = writes && fake.trouble.left > 0;
      if (troubled) fake.trouble.left -= 1;
      if (!troubled || fake.trouble.applied) {
        const response = await app.request(input instanceof Request ? input : String(input), init);
        atOnce -= 1;
        return troubled ? Response.json({ code: 'OUTCOME_UNKNOWN' }, { status: 503 }) : response;
      }
      atOnce -= 1;
      return Response.json({ detail: 'no quorum', code: 'QUORUM_NOT_MET' }, { status: 503 });
    },
    products: new Map(),
    users: new Map(),
    nodes: [1, 2, 3].map((number) => ({
      id: `node-${number}`,
      up: true,
      state: 'in',
      url: `http://127.0.0.1:${9000 + number}`,
      zone: `zone-${number}`,
      weight: 1,
      records: 12,
      bytes: 3_456,
      hintsWaiting: 0,
    })),
    keys: new Set(),
    items: new FakeItems(),
    trouble: { left: 0, applied: false },
    lastAuthorization: undefined,
    mostAtOnce: 0,
    facts: {},
    onLook: () => undefined,
    repairs: [],
    versions: [2, 1],
  };
  serveShop(app, fake);
  serveCluster(app, fake);
  fake.items.serve(app);
  return fake;
}

function serveShop(app: Hono, fake: FakeGateway): void {
  /** Whether a write with this key was applied before. */
  const repeated = (key: string | undefined): boolean => {
    if (key === undefined) return false;
    if (fake.keys.has(key)) return true;
    fake.keys.add(key);
    return false;
  };
  app.get('/healthz', (context) => context.json({}));
  app.get('/product', (context) => {
    const quantity = fake.products.get(context.req.query('name') ?? '');
    return quantity === undefined ? context.json({ detail: 'no such product' }, 404) : context.json({ quantity });
  });
  app.post('/product', async (context) => {
    const { name, quantity } = await context.req.json<{ name: string; quantity: number }>();
    if (!repeated(context.req.header('idempotency-key'))) {
      fake.products.set(name, (fake.products.get(name) ?? 0) + quantity);
    }
    return context.json({ name, quantity });
  });
  app.post('/createuser', async (context) => {
    const { email } = await context.req.json<{ email: string }>();
    if (repeated(context.req.header('idempotency-key'))) return context.json({ email }, 201);
    if (fake.users.has(email)) return context.json({ detail: 'exists' }, 409);
    fake.users.set(email, new Map());
    return context.json({ email }, 201);
  });
  app.post('/addtocart', async (context) => {
    const body = await context.req.json<{ email: string; products: Record<string, number> }>();
    const unknown = Object.keys(body.products).find((name) => !fake.products.has(name));
    if (unknown !== undefined) return context.json({ detail: `There is no product "${unknown}".` }, 404);
    const cart = fake.users.get(body.email) ?? new Map<string, number>();
    if (!repeated(context.req.header('idempotency-key'))) {
      for (const [name, quantity] of Object.entries(body.products)) cart.set(name, (cart.get(name) ?? 0) + quantity);
    }
    return context.json({ email: body.email });
  });
}

function serveCluster(app: Hono, fake: FakeGateway): void {
  app.get('/cluster', (context) => {
    fake.onLook();
    return context.json({
      epoch: 3,
      pgCount: 256,
      replicas: 3,
      registry: { connected: true },
      nodes: fake.nodes,
      gateways: [{ id: 'gateway-1', host: '127.0.0.1', port: 5000, url: 'http://127.0.0.1:5000' }],
      ...fake.facts,
    });
  });
  app.post('/cluster/nodes/:id/:action', async (context) => {
    fake.lastAuthorization = context.req.header('authorization');
    const node = fake.nodes.find((each) => each.id === context.req.param('id'));
    if (node === undefined) return context.json({ detail: 'This launcher has no such node.' }, 404);
    const action = context.req.param('action');
    if (action === 'weight') {
      const { weight } = await context.req.json<{ weight: number | null }>();
      const changed = node.weight !== (weight ?? 1);
      node.weight = weight ?? 1;
      return context.json({ node: node.id, epoch: 4, changed });
    }
    if (action === 'forget') {
      fake.nodes.splice(fake.nodes.indexOf(node), 1);
      return context.json({ node: node.id, epoch: 4, changed: true });
    }
    if (action === 'repair') return context.json(fake.repairs[0]);
    if (action === 'drain' || action === 'undrain') {
      node.state = action === 'drain' ? 'draining' : 'in';
      return context.json({ node: node.id, epoch: 4, changed: true });
    }
    // The cluster notices a little later.
    setTimeout(() => {
      node.up = action === 'restart' || action === 'resume' || action === 'rejoin';
      if (node.up) node.url += '1';
    }, 30);
    return context.json({});
  });
  const repairs = () => (fake.repairs.length > 1 ? fake.repairs.shift() : fake.repairs[0]);
  app.post('/cluster/repair', (context) => context.json(repairs()));
  app.get('/cluster/repair', (context) => context.json(repairs()));
  app.get('/cluster/where', (context) => {
    fake.onLook();
    const [first, second] = fake.versions;
    return context.json({
      key: context.req.query('key'),
      placementGroup: 17,
      epoch: 3,
      merged: { version: 2, value: { quantity: 5 }, deleted: false },
      replicas: [
        {
          node: 'node-1',
          zone: 'zone-1',
          up: true,
          coordinator: true,
          stale: first < 2,
          version: first,
          value: { quantity: 5 },
        },
        {
          node: 'node-2',
          zone: 'zone-2',
          up: true,
          coordinator: false,
          stale: second < 2,
          version: second,
          value: { quantity: second + 3 },
        },
        { node: 'node-3', zone: 'zone-3', up: false, coordinator: false, error: 'connection refused' },
      ],
    });
  });
}
