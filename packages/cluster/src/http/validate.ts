/*
 * Checks input against a schema and names, in a problem, the fields that are wrong. Also reads a query string
 * in which each parameter may stand once: of two values that differ, neither may be silently preferred.
 */
import type { HonoRequest } from 'hono';
import type { z } from 'zod';
import { invalidInput, type FieldError } from './problem.ts';

/** How many wrong fields one reply names, and how much of a name it repeats. */
const ERRORS_MAX = 20;
const FIELD_SHOWN_MAX = 100;

/**
 * The value as the schema gives it back.
 *
 * @throws ProblemError 400 INVALID_INPUT with the fields that are wrong.
 */
export function validate<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value, { error: requiredMessage });
  if (result.success) {
    return result.data;
  }
  throw invalidInput(fieldErrors(result.error.issues));
}

/** One entry for each field that is wrong, bounded; a field of a field is written `outer.inner`. */
function fieldErrors(issues: readonly z.core.$ZodIssue[]): FieldError[] {
  return issues.flatMap(fieldErrorsOf).slice(0, ERRORS_MAX);
}

/**
 * The query parameters, each of which may be given once.
 *
 * @throws ProblemError 400 INVALID_INPUT naming the parameters that were given twice.
 */
export function singleQuery(request: HonoRequest): Record<string, string> {
  const { url } = request;
  const start = url.indexOf('?');
  if (start === -1) return {};
  // As many names as there are parts: none of them stands there twice.
  const first = request.query();
  if (Object.keys(first).length === partsFrom(url, start)) return first;
  return checkedQuery(request);
}

function partsFrom(url: string, start: number): number {
  let parts = 1;
  for (let at = url.indexOf('&', start); at !== -1; at = url.indexOf('&', at + 1)) parts += 1;
  return parts;
}

function checkedQuery(request: HonoRequest): Record<string, string> {
  const single: [string, string][] = [];
  const twice: FieldError[] = [];
  for (const [name, values] of Object.entries(request.queries())) {
    if (values.length === 1 && values[0] !== undefined) {
      single.push([name, values[0]]);
    } else {
      twice.push({ field: shown(name), message: 'may be given once only' });
    }
  }
  if (twice.length > 0) {
    throw invalidInput(twice.slice(0, ERRORS_MAX));
  }
  return Object.fromEntries(single);
}

function requiredMessage(issue: z.core.$ZodRawIssue): string | undefined {
  return issue.code === 'invalid_type' && issue.input === undefined ? 'is required' : undefined;
}

function fieldErrorsOf(issue: z.core.$ZodIssue): FieldError[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ field: fieldName([...issue.path, key]), message: 'is not a known field' }));
  }
  return [{ field: fieldName(issue.path), message: issue.message }];
}

function fieldName(path: readonly PropertyKey[]): string {
  return path.length === 0 ? 'body' : shown(path.map(String).join('.'));
}

function shown(name: string): string {
  const cut = name.length > FIELD_SHOWN_MAX ? `${name.slice(0, FIELD_SHOWN_MAX)}…` : name;
  return cut.replace(/\p{Cs}/gu, '\ufffd');
}
