/*
 * Short checks in front of the schemas of the calls that a shop makes most: input that is plainly right, as nearly all
 * is, is taken without asking zod. Whatever they do not know is left to the schema, which decides and words the errors;
 * so they may be narrow, but what they take the schema has to take too, with the same outcome (quick-input.test.ts).
 */
import { QUANTITY_MAX, type Line } from '@trolley/records';
import { z } from 'zod';
import type { storeQuery } from './schemas.ts';

/** What the schema would make of the input; undefined when that is for the schema to say. */
export type QuickCheck<Input, Output> = (input: Input) => Output | undefined;

const EMAIL_LENGTH_MAX = 254;
const UPPER_CASE = /[A-Z]/;
/** A name that normalisation leaves as it is, and that is not too long. */
const PLAIN_NAME = /^[a-z\d](?:[a-z\d _.-]{0,198}[a-z\d])?$/;
const LINES_MAX = 100;

/** The query of a call that takes `r`, `w` and `strict`, and was given none of them. */
export function quickStoreQuery(query: Readonly<Record<string, string>>): z.output<typeof storeQuery> | undefined {
  return Object.keys(query).length === 0 ? {} : undefined;
}

/** A query of nothing but an e-mail address. */
export function quickUserQuery(query: Readonly<Record<string, string>>): { email: string } | undefined {
  const { email } = query;
  return Object.keys(query).length === 1 && isPlainEmail(email) ? { email } : undefined;
}

/** The body of an addition: an e-mail address and a few lines. */
export function quickAddedLines(body: unknown): { email: string; products: Line[] } | undefined {
  if (!isObject(body) || Object.keys(body).length !== 2) return undefined;
  const { email, products } = body;
  if (!isPlainEmail(email) || !isObject(products)) return undefined;
  const lines: Line[] = [];
  for (const name of Object.keys(products)) {
    const quantity = products[name];
    if (!PLAIN_NAME.test(name) || !isLineQuantity(quantity)) return undefined;
    lines.push([name, quantity]);
  }
  return lines.length > 0 && lines.length <= LINES_MAX ? { email, products: lines } : undefined;
}

function isPlainEmail(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.length <= EMAIL_LENGTH_MAX &&
    !UPPER_CASE.test(value) &&
    z.regexes.email.test(value)
  );
}

function isLineQuantity(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= QUANTITY_MAX;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
