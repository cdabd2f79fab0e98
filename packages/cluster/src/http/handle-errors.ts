/*
 * Gives a hono app its replies for what goes wrong: a thrown problem, a path nobody serves, a method the path
 * does not take, and whatever was not expected, which is handed to the caller to log and told as a bare 500.
 */
import type { Context, Env, Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { ProblemError, problemResponse, type ProblemDetails } from './problem.ts';

/** Called with an error that nobody foresaw. */
export type UnexpectedErrorListener = (error: Error, context: Context) => void;

/**
 * Installs the error replies.
 *
 * @param onUnexpected is called for each error that becomes a 500; it is the place to log it.
 */
export function handleErrors<E extends Env>(app: Hono<E>, onUnexpected: UnexpectedErrorListener): void {
  // Asked only once nothing was found, and not as a middleware, for which every request would pay.
  const tellOfMethod = methodNotAllowed({
    app,
    onMethodNotAllowed: (context, methods) => problemResponse(context, wrongMethod(context.req.method, methods)),
  });
  app.notFound(async (context) => {
    await tellOfMethod(context, async () => {
      context.res = problemResponse(context, unknownPath(context.req.path));
    });
    return context.res;
  });
  app.onError((error, context) => {
    if (error instanceof ProblemError) {
      return problemResponse(context, error.details);
    }
    if (error instanceof HTTPException && error.status < 500) {
      return problemResponse(context, otherClientError(error));
    }
    onUnexpected(error, context);
    return problemResponse(context, UNEXPECTED);
  });
}

/** What is told of an error that nobody foresaw. */
export const UNEXPECTED: ProblemDetails = {
  status: 500,
  code: 'INTERNAL',
  title: 'Something went wrong here',
  detail: 'The server failed on this request; its log has the details under the request id.',
};

const PATH_SHOWN_MAX = 200;

function unknownPath(path: string): ProblemDetails {
  const detail = `Nothing is served at ${path.slice(0, PATH_SHOWN_MAX)}.`;
  return { status: 404, code: 'NOT_FOUND', title: 'There is no such path', detail };
}

function wrongMethod(method: string, allowed: readonly string[]): ProblemDetails {
  const allow = allowed.join(', ');
  return {
    status: 405,
    code: 'METHOD_NOT_ALLOWED',
    title: 'The path does not take this method',
    detail: `${method} is not served here; use ${allow}.`,
    headers: { allow },
  };
}

function otherClientError(error: HTTPException): ProblemDetails {
  return { status: error.status, code: 'BAD_REQUEST', title: 'The request is not valid', detail: error.message };
}
