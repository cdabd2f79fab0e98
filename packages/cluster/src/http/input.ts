/*
 * What clients may send: names, e-mails, quantities, cart lines, pages. Plain zod schemas, so that the gateway
 * can add its OpenAPI metadata and the nodes need none. Names are brought to one spelling here and nowhere else.
 */
import { QUANTITY_MAX, type Line } from '@trolley/records';
import { z } from 'zod';

/** Longest product name after normalisation, in UTF-16 code units. */
const NAME_LENGTH_MAX = 200;
/** Longest e-mail address (RFC 5321 leaves room for 254 characters). */
const EMAIL_LENGTH_MAX = 254;
/** Most cart lines, or names of lines, in one request. */
const LINES_MAX = 1000;
/** Most entries on one page of a listing. */
export const PAGE_LIMIT_MAX = 1000;

/**
 * Longest text that is normalised at all: Unicode normalisation of many combining marks takes time that grows
 * with their square.
 */
const RAW_LENGTH_MAX = 2000;

/** Controls, and the two separators that end a line. */
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}]/u;
/** Half of a surrogate pair without the other half: no UTF-8 can say it. */
const LONE_SURROGATE = /\p{Cs}/u;

/** The one spelling of a name. Composed twice: lower-casing can leave a letter decomposed. */
function normalised(text: string): string {
  return text.normalize('NFC').toLowerCase().normalize('NFC').trim();
}

const rawText = z
  .string({ error: 'must be text' })
  .max(RAW_LENGTH_MAX, { error: 'is too long', abort: true })
  .refine((text) => !LONE_SURROGATE.test(text), { error: 'holds half of a surrogate pair', abort: true })
  .overwrite(normalised);

/** A product name: trimmed, lower-cased, NFC; 1 to 200 characters without controls. Emoji are welcome. */
export const productNameSchema = rawText
  .min(1, { error: 'must not be empty' })
  .max(NAME_LENGTH_MAX, { error: `must have at most ${NAME_LENGTH_MAX} characters` })
  .refine((name) => !CONTROL.test(name), { error: 'must not hold control characters' });

/** An e-mail address: trimmed, lower-cased, at most 254 characters. */
export const emailSchema = rawText
  .min(1, { error: 'must not be empty', abort: true })
  .max(EMAIL_LENGTH_MAX, { error: `must have at most ${EMAIL_LENGTH_MAX} characters`, abort: true })
  .check(z.email({ error: 'must be an e-mail address' }));

/** How much to add to a product's stock; negative takes away. JSON can say -0, which becomes 0. */
export const stockChangeSchema = z
  .int({ error: 'must be a whole number', abort: true })
  .min(-QUANTITY_MAX, { error: `must be at least -${QUANTITY_MAX}` })
  .max(QUANTITY_MAX, { error: `must be at most ${QUANTITY_MAX}` })
  .overwrite((quantity) => quantity + 0);

/** How many of a product a cart line holds or is given. */
export const lineQuantitySchema = z
  .int({ error: 'must be a whole number', abort: true })
  .min(1, { error: 'must be at least 1' })
  .max(QUANTITY_MAX, { error: `must be at most ${QUANTITY_MAX}` });

/** A whole cart, `{name: quantity}`, as lines; may be empty. */
export const cartSchema = linesSchema(0);

/** Lines to add to a cart, `{name: quantity}`; at least one. */
export const addedLinesSchema = linesSchema(1);

/** Names of cart lines; at least one, none of them twice. */
export const productNamesSchema = z
  .array(productNameSchema, { error: 'must be a list of product names' })
  .min(1, { error: 'must not be empty' })
  .max(LINES_MAX, { error: `must have at most ${LINES_MAX} names`, abort: true })
  .superRefine((names, context) => {
    const seen = new Set<string>();
    for (const [index, name] of names.entries()) {
      if (seen.has(name)) {
        context.addIssue({ code: 'custom', path: [index], message: 'stands here twice' });
      }
      seen.add(name);
    }
  });

/** The `limit` of a page as a query string has it; 1000 when absent. */
export const pageLimitSchema = z
  .string()
  .regex(/^[1-9]\d{0,3}$/, { error: `must be a whole number from 1 to ${PAGE_LIMIT_MAX}`, abort: true })
  .transform(Number)
  .refine((limit) => limit <= PAGE_LIMIT_MAX, { error: `must be at most ${PAGE_LIMIT_MAX}` })
  .default(PAGE_LIMIT_MAX);

/**
 * An object of quantities by product name. Not z.record, which drops a product called `__proto__`: the names
 * are users' own, so the own properties that JSON.parse made are read one by one.
 */
function linesSchema(linesMin: number) {
  return z.unknown().transform((value, context): Line[] => {
    const lines: Line[] = [];
    const refuse = (path: string[], message: string): void => {
      context.issues.push({ code: 'custom', path, message, input: value });
    };
    if (value === undefined) {
      refuse([], 'is required');
      return z.NEVER;
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      refuse([], 'must be an object of quantities by product name');
      return z.NEVER;
    }
    const entries: [string, unknown][] = Object.entries(value);
    if (entries.length < linesMin) {
      refuse([], 'must not be empty');
    }
    if (entries.length > LINES_MAX) {
      refuse([], `must have at most ${LINES_MAX} lines`);
      return z.NEVER;
    }
    const seen = new Set<string>();
    for (const [rawName, rawQuantity] of entries) {
      const name = productNameSchema.safeParse(rawName);
      const quantity = lineQuantitySchema.safeParse(rawQuantity);
      if (!name.success) {
        refuse([rawName], `the product name ${name.error.issues[0]?.message ?? 'is not valid'}`);
      } else if (!quantity.success) {
        refuse([rawName], quantity.error.issues[0]?.message ?? 'is not valid');
      } else if (seen.has(name.data)) {
        refuse([rawName], 'stands here twice, in two spellings');
      } else {
        seen.add(name.data);
        lines.push([name.data, quantity.data]);
      }
    }
    return lines;
  });
}
