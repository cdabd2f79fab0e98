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

/** Who is an operator. */
export interface OperatorRules {
  /** Absent when anyone who reaches the gateway may. */
  readonly token: string | undefined;
  /** Names that the gateway goes by, beside addresses and localhost. */
  readonly hostNames: readonly string[];
}

/**
 * Lets only those through who may command the cluster.
 * @throws ProblemError when the request is refused.
 */
export function refuseUnlessOperator(request: HonoRequest, rules: OperatorRules): void {
  refuseForeignPage(request);
  // Whoever has the token is no page that came under a borrowed name.
  if (rules.token === undefined) refuseBorrowedName(request, rules.hostNames);
  else refuseStranger(request, rules.token);
}

/**
 * The id of the node that an operator commands.
 * @throws ProblemError when the request is refused.
 */
export function commandedNode(request: HonoRequest, rules: OperatorRules): string {
  refuseUnlessOperator(request, rules);
  const id = request.param('id') ?? '';
  if (/^[\w.-]{1,100}$/.test(id)) return id;
  throw invalidInput([{ field: 'id', message: 'must be 1 to 100 letters, digits, dots, dashes or underscores' }]);
}

function refuseForeignPage(request: HonoRequest): void {
  const site = request.header('sec-fetch-site') ?? 'none';
  const origin = request.header('origin');
  const isForeign = (site !== 'same-origin' && site !== 'none') || (origin !== undefined && !isOwn(origin, request));
  if (isForeign) throw foreignOrigin('Only pages of this gateway may.');
  if (!/^application\/json\s*(?:;|$)/i.test(request.header('content-type') ?? '')) {
    const detail = 'Send the header Content-Type: application/json.';
    const title = 'The request is not of a type that is taken here';
    throw new ProblemError({ status: 415, code: 'UNSUPPORTED_MEDIA_TYPE', title, detail });
  }
}

function foreignOrigin(detail: string): ProblemError {
  const title = 'The request comes from another origin';
  return new ProblemError({ status: 403, code: 'FOREIGN_ORIGIN', title, detail });
}

function isOwn(origin: string, request: HonoRequest): boolean {
  return URL.canParse(origin) && new URL(origin).host === hostOf(request);
}

function hostOf(request: HonoRequest): string {
  return request.header('host') ?? new URL(request.url).host;
}

/**
 * A page can have its own name lead to this gateway (DNS rebinding); its requests then seem to come from here. So a
 * browser has to call the gateway by an address, which no page has for a name, or by a name that is known to be its own.
 */
function refuseBorrowedName(request: HonoRequest, hostNames: readonly string[]): void {
  const isBrowser = request.header('origin') !== undefined || request.header('sec-fetch-site') !== undefined;
  if (!isBrowser || isOwnName(hostOf(request), hostNames)) return;
  throw foreignOrigin(
    'The gateway does not know that it goes by this name. Open it by its address, or start it with this name as ' +
      'ADVERTISED_HOST, or with an OPERATOR_TOKEN.',
  );
}

function isOwnName(host: string, hostNames: readonly string[]): boolean {
  if (!URL.canParse(`http://${host}`)) return false;
  const name = new URL(`http://${host}`).hostname.replace(/\.$/, '');
  const isAddress = name.startsWith('[') || /^\d+(?:\.\d+){3}$/.test(name);
  return isAddress || /(?:^|\.)localhost$/.test(name) || hostNames.some((own) => own.toLowerCase() === name);
}

function refuseStranger(request: HonoRequest, token: string): void {
  if (isSameSecret(request.header('authorization') ?? '', `Bearer ${token}`)) return;
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
