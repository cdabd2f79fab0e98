/*
 * Errors as HTTP tells them: application/problem+json (RFC 9457), with a stable code beside the title. Gateway
 * and nodes answer with the same shape. Never carries internals: what is unexpected is logged, not told.
 */
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { z } from 'zod';
import type { RefusalCode } from '@trolley/records';

/** The content type of every error. */
export const PROBLEM_CONTENT_TYPE = 'application/problem+json';

/** What is wrong with one field of the input. */
const fieldErrorSchema = z.object({ field: z.string(), message: z.string() });

/** The body of an error. */
export const problemSchema = z.object({
  /** Names the kind of problem: `urn:trolley:problem:` and the code. */
  type: z.string(),
  /** The kind of problem in words; the same for every problem with this code. */
  title: z.string(),
  status: z.int(),
  /** What happened this time. */
  detail: z.string(),
  /** Stable, for programs to act on. */
  code: z.string(),
  /** One entry for each field that is wrong, when the input is. */
  errors: z.array(fieldErrorSchema).optional(),
});

export type Problem = z.infer<typeof problemSchema>;
export type FieldError = z.infer<typeof fieldErrorSchema>;

/** What tells one problem from another; the type follows from the code. */
export interface ProblemDetails {
  readonly status: ContentfulStatusCode;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly errors?: readonly FieldError[] | undefined;
  /** What this kind of problem tells beside, such as the lines that are short; members of the body like the others. */
  readonly members?: Readonly<Record<string, unknown>> | undefined;
  /** Headers of the reply, such as Allow or Retry-After. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** Thrown anywhere in a handler, it becomes the reply. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly details: ProblemDetails;

  constructor(details: ProblemDetails) {
    super(details.detail);
    this.details = details;
  }
}

/** The reply that tells a problem; it keeps the headers already set on the context. */
export function problemResponse(context: Context, details: ProblemDetails): Response {
  return context.body(problemText(details), details.status, {
    ...details.headers,
    'content-type': PROBLEM_CONTENT_TYPE,
  });
}

/** The body that tells a problem, as JSON. */
export function problemText({ status, code, title, detail, errors, members }: ProblemDetails): string {
  const problem: Problem = { type: `urn:trolley:problem:${code}`, title, status, detail, code };
  if (errors !== undefined) {
    problem.errors = [...errors];
  }
  return JSON.stringify({ ...problem, ...members });
}

/** A 400 that names the fields that are wrong. */
export function invalidInput(errors: readonly FieldError[]): ProblemError {
  const detail = errors.map(({ field, message }) => `${field}: ${message}`).join('; ');
  return new ProblemError({ status: 400, code: 'INVALID_INPUT', title: 'The request is not valid', detail, errors });
}

/** A refused change as HTTP tells it. */
export function refusalProblem(code: RefusalCode, detail: string): ProblemError {
  return new ProblemError({ ...REFUSALS[code], code, detail });
}

const REFUSALS: Readonly<Record<RefusalCode, { status: ContentfulStatusCode; title: string }>> = {
  USER_NOT_FOUND: { status: 404, title: 'There is no such user' },
  PRODUCT_NOT_FOUND: { status: 404, title: 'There is no such product' },
  USER_EXISTS: { status: 409, title: 'The user exists already' },
  BELOW_ZERO: { status: 409, title: 'The quantity would fall below zero' },
  QUANTITY_TOO_LARGE: { status: 409, title: 'The quantity would become too large' },
  CART_TOO_LARGE: { status: 409, title: 'The cart would have too many lines' },
  LIST_TOO_LARGE: { status: 409, title: 'The list would have too many entries' },
  IDEMPOTENCY_KEY_REUSED: { status: 422, title: 'The idempotency key was used for another request' },
};
