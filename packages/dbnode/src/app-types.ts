/*
 * What the routes of a node share.
 */
import type { Hono } from 'hono';
import type { RequestIdVariables } from 'hono/request-id';

/** The node's hono app. */
export type NodeApp = Hono<{ Variables: RequestIdVariables }>;
