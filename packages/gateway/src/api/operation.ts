/*
 * One call of the API: what it takes and answers, declared once, so that the document at /openapi.json
 * and the checks of the input cannot differ. Input is read here and nowhere else; errors of the store
 * become problems here. Knows nothing of what a call does.
 */
import type { OpenAPIHono } from '@hono/zod-openapi';
import { PROBLEM_CONTENT_TYPE, readJsonBody, singleQuery, validate } from '@trolley/cluster';
import type { Context } from 'hono';
import { z } from 'zod';
import { StoreError } from '../store.ts';
import type { QuickCheck } from './quick-input.ts';
import type { RequestNotes } from './request-frame.ts';
import { problemReplySchema } from './schemas.ts';
import { storeProblem } from './store-problem.ts';

/** What travels with a request through the app. */
export interface GatewayEnv {
  Bindings: RequestNotes;
}

export type GatewayContext = Context<GatewayEnv>;
export type GatewayRouter = OpenAPIHono<GatewayEnv>;

/** A reply as the document describes it. */
interface DescribedReply {
  readonly status: 200 | 201 | 202 | 204;
  readonly description: string;
  /** Absent for a reply without a body. */
  readonly schema?: z.ZodType;
  /** `application/json` unless said otherwise. */
  readonly contentType?: string;
  readonly headers?: z.ZodObject;
}

/** A call of the API. */
export interface Operation<Query extends z.ZodObject, Body extends z.ZodType> {
  readonly method: 'get' | 'post' | 'patch' | 'delete';
  /** With parameters in braces, as OpenAPI writes them. */
  readonly path: string;
  readonly tag: 'Products' | 'Users' | 'Carts' | 'Items' | 'Reservations' | 'Orders' | 'Cluster' | 'Stress' | 'Service';
  readonly summary: string;
  readonly description?: string;
  /** The query string; parameters that it does not name are refused. */
  readonly query: Query;
  /** The JSON body; NO_BODY when there is none. */
  readonly body: Body;
  /** Short checks that spare the schemas most of their work; see quick-input.ts. */
  readonly quick?: {
    readonly query?: QuickCheck<Readonly<Record<string, string>>, z.output<Query>>;
    readonly body?: QuickCheck<unknown, z.output<Body>>;
  };
  /** Path parameters, for the document; the handler checks them. */
  readonly parameters?: z.ZodObject;
  /** Request headers, for the document; the handler checks them. */
  readonly headers?: z.ZodObject;
  readonly success: DescribedReply;
  /** What can go wrong, by status. */
  readonly problems: Readonly<Record<number, string>>;
}

/** What a handler is given: the input, checked. */
export interface OperationInput<Query extends z.ZodObject, Body extends z.ZodType> {
  readonly query: z.output<Query>;
  readonly body: z.output<Body>;
}

/** For calls that take no query. */
export const NO_QUERY = z.strictObject({});
/** For calls that take no body; what is sent all the same is not read. */
export const NO_BODY = z.undefined();

/** Largest body of a request. The largest sensible one is a cart of a thousand lines with long names. */
const BODY_BYTES_MAX = 1_048_576;

/** Problems of every call that reads a body. */
export const BODY_PROBLEMS = {
  413: 'The body is too large.',
  415: 'The body is not sent as JSON.',
} as const;

/**
 * Serves an operation and adds it to the document.
 * The handler may throw ProblemError and StoreError; both become problem replies.
 */
export function serve<Query extends z.ZodObject, Body extends z.ZodType>(
  router: GatewayRouter,
  operation: Operation<Query, Body>,
  handle: (input: OperationInput<Query, Body>, context: GatewayContext) => Response | Promise<Response>,
): void {
  describe(router, operation);
  const { method, path } = operation;
  const readQuery = queryReader(operation);
  const readBody = bodyReader(operation);
  const routingPath = path.replaceAll(/\{(\w+)\}/g, ':$1');
  router.on(method.toUpperCase(), routingPath, async (context) => {
    context.env.route = path;
    try {
      const query = readQuery(context);
      const read = readBody(context);
      const body = read instanceof Promise ? await read : read;
      return await handle({ query, body }, context);
    } catch (error) {
      if (error instanceof StoreError) throw storeProblem(error, context.req.query());
      throw error;
    }
  });
}

/** Reads the query of a request. */
function queryReader<Query extends z.ZodObject, Body extends z.ZodType>({ query, quick }: Operation<Query, Body>) {
  return (context: GatewayContext): z.output<Query> => {
    const sent = singleQuery(context.req);
    return quick?.query?.(sent) ?? validate(query, sent);
  };
}

/** Reads the body of a request; at once when there is none to read. */
function bodyReader<Query extends z.ZodObject, Body extends z.ZodType>({ body, quick }: Operation<Query, Body>) {
  if (body instanceof z.ZodUndefined) {
    const none = validate(body, undefined);
    return (): z.output<Body> => none;
  }
  return async (context: GatewayContext): Promise<z.output<Body>> => {
    const sent = await readJsonBody(context.req, { bytesMax: BODY_BYTES_MAX });
    return quick?.body?.(sent) ?? validate(body, sent);
  };
}

function describe<Query extends z.ZodObject, Body extends z.ZodType>(
  router: GatewayRouter,
  operation: Operation<Query, Body>,
): void {
  const { method, path, tag, summary, description, query, body, parameters, headers } = operation;
  router.openAPIRegistry.registerPath({
    method,
    path,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    operationId: operationId(method, path),
    request: {
      query,
      ...(parameters === undefined ? {} : { params: parameters }),
      ...(headers === undefined ? {} : { headers }),
      ...(body instanceof z.ZodUndefined
        ? {}
        : { body: { required: true, content: { 'application/json': { schema: body } } } }),
    },
    responses: { ...describedSuccess(operation.success), ...describedProblems(operation.problems) },
  });
}

function operationId(method: string, path: string): string {
  const words = path.split(/\W+/).filter((word) => word !== '');
  return [method, ...words].map((word, index) => (index === 0 ? word : capitalised(word))).join('');
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function describedSuccess({ status, description, schema, contentType = 'application/json', headers }: DescribedReply) {
  return {
    [status]: {
      description,
      ...(headers === undefined ? {} : { headers }),
      ...(schema === undefined ? {} : { content: { [contentType]: { schema } } }),
    },
  };
}

function describedProblems(problems: Readonly<Record<number, string>>) {
  const content = { [PROBLEM_CONTENT_TYPE]: { schema: problemReplySchema } };
  const all = { 500: 'A bug, or a broken machine; the log of the gateway has the details.', ...problems };
  return Object.fromEntries(Object.entries(all).map(([status, description]) => [status, { description, content }]));
}
