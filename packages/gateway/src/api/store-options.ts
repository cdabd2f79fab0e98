/*
 * The query parameters that every shop call takes: how many replicas must answer, and whether fewer will
 * do.
 */
import { z } from '@hono/zod-openapi';
import type { ConsistencyLevel, StoreOptions } from '../store.ts';
import type { GatewayContext } from './operation.ts';

function levelSchema(description: string) {
  return z
    .string()
    .regex(/^(?:one|quorum|all|[1-9]\d{0,3})$/, { error: 'must be one, quorum, all or a positive whole number' })
    .transform(toLevel)
    .optional()
    .openapi({ type: 'string', description, example: 'quorum' });
}

function toLevel(text: string): ConsistencyLevel {
  return text === 'one' || text === 'quorum' || text === 'all' ? text : Number(text);
}

/** `r`, `w` and `strict`, to be spread into the schema of a query. */
export const storeQueryShape = {
  r: levelSchema('Replicas that must answer a read: `one`, `quorum` (the default), `all` or a number.'),
  w: levelSchema('Replicas that must have a write on disk: `one`, `quorum` (the default), `all` or a number.'),
  strict: z
    .enum(['true', 'false'], { error: 'must be true or false' })
    .transform((text) => text === 'true')
    .optional()
    .openapi({
      type: 'string',
      enum: ['true', 'false'],
      description: '`true` refuses with 503 where otherwise fewer replicas than asked for would serve.',
    }),
};

interface StoreQuery {
  readonly r?: ConsistencyLevel | undefined;
  readonly w?: ConsistencyLevel | undefined;
  readonly strict?: boolean | undefined;
}

/** What the store is told of a request. */
export function storeOptions({ r, w, strict }: StoreQuery, context: GatewayContext): StoreOptions {
  return { r, w, strict, requestId: context.env.requestId };
}
