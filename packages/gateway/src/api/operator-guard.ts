/*
 * Who may command nodes and the map: guarded against web pages of others (a browser must not be made to
 * do it by a page that the operator happens to visit) and, when the gateway has one, by the operator's token.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from '@hono/zod-openapi';
import { invalidInput, ProblemError } from '@trolley/cluster';
import type { HonoRequest } from 'hono';

/** What the guard can answer, for the document. */
export const GUARD_PROBLEMS = {
  400: 'The node’s id is not valid.',
  401: 'The operator’s token is missing or wrong.',
  403: 'The request comes from a web page of another origin.',
  415: 'The request does not call itself JSON, which a form on a foreign page cannot do.',
};

/** How the guard is passed, for the document. */
export const GUARD_NOTE =
  'Wants `Content-Type: application/json` (a body is not needed), and `Authorization: Bearer` with the ' +
  'operator’s token when the gateway has one.';

/** The node that a path names, for the document. */
export const nodeParameters = z.object({
  id: z.string().openapi({ description: 'The node’s id.', example: 'node-1' }),
});

/**
 * Lets only those through who may command the cluster.
 * @param operatorToken absent when anyone who reaches the gateway may
 * @throws ProblemError when the request is refused.
 */
export function refuseUnlessOperator(request: HonoRequest, operatorToken: string | undefined): void {
  refuseForeignPage(request);
  refuseStranger(request, operatorToken);
}

/**
 * The id of the node that an operator commands.
 * @param operatorToken absent when anyone who reaches the gateway may
 * @throws ProblemError when the request is refused.
 */
export function commandedNode(request: HonoRequest, operatorToken: string | undefined): string {
  refuseUnlessOperator(request, operatorToken);
  const id = request.param('id') ?? '';
  if (/^[\w.-]{1,100}$/.test(id)) return id;
  throw invalidInput([{ field: 'id', message: 'must be 1 to 100 letters, digits, dots, dashes or underscores' }]);
}

function refuseForeignPage(request: HonoRequest): void {
  const site = request.header('sec-fetch-site') ?? 'none';
  const origin = request.header('origin');
  const isForeign = (site !== 'same-origin' && site !== 'none') || (origin !== undefined && !isOwn(origin, request));
  if (isForeign) {
    const detail = 'Only pages of this gateway may.';
    throw new ProblemError({
      status: 403,
      code: 'FOREIGN_ORIGIN',
      title: 'The request comes from another origin',
      detail,
    });
  }
  if (!/^application\/json\s*(?:;|$)/i.test(request.header('content-type') ?? '')) {
    const detail = 'Send the header Content-Type: application/json.';
    const title = 'The request is not of a type that is taken here';
    throw new ProblemError({ status: 415, code: 'UNSUPPORTED_MEDIA_TYPE', title, detail });
  }
}

function isOwn(origin: string, request: HonoRequest): boolean {
  return URL.canParse(origin) && new URL(origin).host === (request.header('host') ?? new URL(request.url).host);
}

function refuseStranger(request: HonoRequest, token: string | undefined): void {
  if (token === undefined || isSameSecret(request.header('authorization') ?? '', `Bearer ${token}`)) return;
  throw new ProblemError({
    status: 401,
    code: 'UNAUTHORIZED',
    title: 'The operator’s token is missing or wrong',
    detail: 'Send the header Authorization: Bearer with the token that the gateway was given as OPERATOR_TOKEN.',
    headers: { 'www-authenticate': 'Bearer' },
  });
}

/** Takes as long whatever differs, so that the time tells nothing of the secret. */
function isSameSecret(a: string, b: string): boolean {
  return timingSafeEqual(digest(a), digest(b));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
