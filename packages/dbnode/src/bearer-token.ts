/*
 * Wants `Authorization: Bearer TOKEN` of a request, where a token is set. Compares digests in constant time, so
 * that neither the length nor the first wrong sign of a guess can be measured.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { ProblemError } from '@trolley/cluster';

/** Whether a header Authorization, as it came, holds the token; anything does when none is set. */
export function tokenCheck(token: string | undefined): (authorization: string | undefined) => boolean {
  if (token === undefined) {
    return () => true;
  }
  const wanted = digest(`Bearer ${token}`);
  return (authorization) => {
    const given = (authorization ?? '').replace(/^bearer /i, 'Bearer ');
    return timingSafeEqual(digest(given), wanted);
  };
}

/**
 * The middleware; lets everyone in when no token is set.
 *
 * @throws ProblemError 401 UNAUTHORIZED, within the app.
 */
export function requireToken(token: string | undefined): MiddlewareHandler {
  const holdsToken = tokenCheck(token);
  return async (context, next) => {
    if (!holdsToken(context.req.header('authorization'))) {
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
