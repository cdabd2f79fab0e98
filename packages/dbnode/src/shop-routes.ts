/*
 * The calls for people who look at one node: its own products and users, and changes to them that this node
 * alone coordinates. They know nothing of other replicas, which hear of a change by repair.
 */
import type { Context } from 'hono';
import { z } from 'zod';
import {
  addedLinesSchema,
  cartSchema,
  emailSchema,
  pageLimitSchema,
  ProblemError,
  productNameSchema,
  readJsonBody,
  refusalProblem,
  singleQuery,
  stockChangeSchema,
  validate,
  type NodeErrorCode,
  type NodeOperation,
  type NodeResult,
} from '@trolley/cluster';
import { PRODUCT_PREFIX, productKey, USER_PREFIX, userKey, type ChangeAction, type RecordText } from '@trolley/records';
import type { NodeApp } from './app-types.ts';
import { inDoubt } from './answer-batch.ts';
import { requireToken } from './bearer-token.ts';
import type { ExecuteOperation } from './execute-batch.ts';
import { listLive } from './list-live.ts';
import { productView, userView, type ProductView, type UserView } from './shop-views.ts';
import type { WorkGate } from './work-gate.ts';

const BODY_LIMITS = { bytesMax: 1024 * 1024, depthMax: 8 };

const noQuery = z.strictObject({});
const productQuery = z.strictObject({ name: productNameSchema });
const userQuery = z.strictObject({ email: emailSchema });
const productsPage = z.strictObject({ limit: pageLimitSchema, cursor: productNameSchema.optional() });
const usersPage = z.strictObject({ limit: pageLimitSchema, cursor: emailSchema.optional() });
const productBody = z.strictObject({ name: productNameSchema, quantity: stockChangeSchema });
const newUserBody = z.strictObject({ email: emailSchema });
const userBody = z.strictObject({ email: emailSchema, cart: cartSchema });
const additionBody = z.strictObject({ email: emailSchema, products: addedLinesSchema });

/** What a record is shown as; undefined when it is deleted. */
type View = (name: string, text: RecordText) => ProductView | UserView | undefined;

/** What the routes work with. */
export interface ShopRouteOptions {
  readonly execute: ExecuteOperation;
  readonly gate: WorkGate;
  readonly clusterToken: string | undefined;
  /** Whether the node may hold, by the newest map it knows, what others have deleted and forgotten. */
  readonly isInDoubt: () => boolean;
}

/** Adds the routes; those that write want the cluster's token when one is set. */
export function addShopRoutes(app: NodeApp, { execute, gate, clusterToken, isInDoubt }: ShopRouteOptions): void {
  const authorised = requireToken(clusterToken);
  const calls = new ShopCalls(execute, isInDoubt);

  app.get('/productslist', async (context) => gate.run(async () => calls.listProducts(context)));
  app.get('/userslist', async (context) => gate.run(async () => calls.listUsers(context)));
  app.get('/product', async (context) => gate.run(async () => calls.readProduct(context)));
  app.get('/user', async (context) => gate.run(async () => calls.readUser(context)));
  app.post('/product', authorised, async (context) => gate.run(async () => calls.addToProduct(context)));
  app.post('/createuser', authorised, async (context) => gate.run(async () => calls.createUser(context)));
  app.post('/user', authorised, async (context) => gate.run(async () => calls.replaceCart(context)));
  app.post('/addtocart', authorised, async (context) => gate.run(async () => calls.addToCart(context)));
}

/** Each call: its input checked, its operation carried out, its answer made. */
class ShopCalls {
  readonly #execute: ExecuteOperation;
  readonly #isInDoubt: () => boolean;

  constructor(execute: ExecuteOperation, isInDoubt: () => boolean) {
    this.#execute = execute;
    this.#isInDoubt = isInDoubt;
  }

  async listProducts(context: Context): Promise<Response> {
    const { limit, cursor } = validate(productsPage, singleQuery(context.req));
    return this.#list(context, PRODUCT_PREFIX, productView, limit, cursor);
  }

  async listUsers(context: Context): Promise<Response> {
    const { limit, cursor } = validate(usersPage, singleQuery(context.req));
    return this.#list(context, USER_PREFIX, userView, limit, cursor);
  }

  async readProduct(context: Context): Promise<Response> {
    const { name } = validate(productQuery, singleQuery(context.req));
    const text = await this.#read(context, productKey(name));
    const product = text === undefined ? undefined : productView(name, text);
    return context.json(found(product, refusalProblem('PRODUCT_NOT_FOUND', `${name} is not on this node.`)));
  }

  async readUser(context: Context): Promise<Response> {
    const { email } = validate(userQuery, singleQuery(context.req));
    const text = await this.#read(context, userKey(email));
    const user = text === undefined ? undefined : userView(email, text);
    return context.json(found(user, refusalProblem('USER_NOT_FOUND', `${email} is not on this node.`)));
  }

  async addToProduct(context: Context): Promise<Response> {
    const { name, quantity } = await readInput(productBody, context);
    const text = await this.#change(context, productKey(name), { type: 'add-to-product', quantity });
    return context.json(productView(name, text));
  }

  async createUser(context: Context): Promise<Response> {
    const { email } = await readInput(newUserBody, context);
    const text = await this.#change(context, userKey(email), { type: 'create-user' });
    return context.json(userView(email, text), 201, { location: `/user?email=${encodeURIComponent(email)}` });
  }

  async replaceCart(context: Context): Promise<Response> {
    const { email, cart } = await readInput(userBody, context);
    const text = await this.#change(context, userKey(email), { type: 'replace-cart', lines: cart });
    return context.json(userView(email, text));
  }

  /** Does not ask whether the products exist: their records may live on other nodes. */
  async addToCart(context: Context): Promise<Response> {
    const { email, products } = await readInput(additionBody, context);
    const text = await this.#change(context, userKey(email), { type: 'add-to-cart', lines: products });
    return context.json(userView(email, text));
  }

  async #list(
    context: Context,
    prefix: string,
    view: View,
    limit: number,
    cursor: string | undefined,
  ): Promise<Response> {
    const scan = async (after: string | undefined, scanLimit: number) =>
      this.#perform('scan', { type: 'scan', prefix, after: after ?? null, limit: scanLimit, requestId: idOf(context) });
    const viewOfKey = (key: string, text: RecordText) => view(key.slice(prefix.length), text);
    const after = cursor === undefined ? undefined : prefix + cursor;
    const { items, next } = await listLive(scan, viewOfKey, { after, limit });
    if (next !== undefined) {
      const nextCursor = encodeURIComponent(next.slice(prefix.length));
      context.header('link', `<${context.req.path}?limit=${limit}&cursor=${nextCursor}>; rel="next"`);
    }
    return context.json(items);
  }

  async #read(context: Context, key: string): Promise<RecordText | undefined> {
    const result = await this.#perform('read', { type: 'read', key, detail: 'record', requestId: idOf(context) });
    return result.record ?? undefined;
  }

  async #change(context: Context, key: string, action: ChangeAction): Promise<RecordText> {
    const operation = { type: 'change', key, change: { action }, base: null, requestId: idOf(context) } as const;
    return (await this.#perform('change', operation)).record;
  }

  /** The result when it is the one hoped for; anything else becomes a problem. */
  async #perform<T extends NodeResult['type']>(
    type: T,
    operation: NodeOperation,
  ): Promise<Extract<NodeResult, { type: T }>> {
    // As late as can be: doubt may have come up while the body of the call was on its way.
    if (this.#isInDoubt()) throw inDoubt();
    const result = await this.#execute(operation);
    if (isResult(result, type)) {
      return result;
    }
    if (result.type === 'refused') {
      throw refusalProblem(result.code, result.detail);
    }
    throw result.type === 'error' ? errorProblem(result.code, result.message) : new Error(`unexpected ${result.type}`);
  }
}

function isResult<T extends NodeResult['type']>(
  result: NodeResult,
  type: T,
): result is Extract<NodeResult, { type: T }> {
  return result.type === type;
}

/** The body of a call that takes no query: one that was meant to change what the call does must not be ignored. */
async function readInput<S extends z.ZodType>(body: S, context: Context): Promise<z.output<S>> {
  validate(noQuery, singleQuery(context.req));
  return validate(body, await readJsonBody(context.req, BODY_LIMITS));
}

function idOf(context: Context): string {
  return context.get('requestId');
}

function found<T>(value: T | undefined, otherwise: ProblemError): T {
  if (value === undefined) {
    throw otherwise;
  }
  return value;
}

function errorProblem(code: NodeErrorCode, message: string): ProblemError {
  switch (code) {
    case 'READ_ONLY':
    case 'NOT_READY':
    case 'DRAFTED':
      return new ProblemError({ status: 503, code, title: 'The node takes no writes now', detail: message });
    case 'INVALID_OPERATION':
      return new ProblemError({ status: 400, code, title: 'The request is not valid', detail: message });
    case 'INTERNAL':
      return new ProblemError({ status: 500, code, title: 'Something went wrong here', detail: message });
    default:
      return code satisfies never;
  }
}
