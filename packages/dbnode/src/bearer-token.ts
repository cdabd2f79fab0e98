/*
 * Wants `Authorization: Bearer TOKEN` of a request, where a token is set. Compares digests in constant time, so
 * that neither the length nor the first wrong sign of a guess can be measured.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { ProblemError } from '@trolley/cluster';

/**
 * The middleware; lets everyone in when no token is set.
 *
 * @throws ProblemError 401 UNAUTHORIZED, within the app.
 */
export function requireToken(token: string | undefined): MiddlewareHandler {
  if (token === undefined) {
    return async (_, next) => next();
  }
  const wanted = digest(`Bearer ${token}`);
  return async (context, next) => {
    const given = (context.req.header('authorization') ?? '').replace(/^bearer /i, 'Bearer ');
    if (!timingSafeEqual(digest(given), wanted)) {
      throw unauthorized();
    }
    await next();
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function unauthorized(): ProblemError {
  return new ProblemError({
    status: 401,
    code: 'UNAUTHORIZED',
    title: 'The cluster token is wanted',
    detail: 'Send the header Authorization: Bearer with the cluster’s token.',
    headers: { 'www-authenticate': 'Bearer realm="trolley"' },
  });
}
