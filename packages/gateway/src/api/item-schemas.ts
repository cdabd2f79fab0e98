/*
 * What the calls about items and reservations take and answer, with the words and examples of the document.
 */
import { z } from '@hono/zod-openapi';
import { emailSchema, PAGE_LIMIT_MAX, pageLimitSchema } from '@trolley/cluster';
import { ITEM_ID_PATTERN } from '../items/item-ids.ts';
import type { NewItem } from '../items/item-service.ts';
import { searchSchema } from './schemas.ts';

/** Most items in one request. */
const ITEMS_MAX = 200;
/** Most details of an item, and longest text of one. */
const DETAILS_MAX = 20;
const DETAIL_LENGTH_MAX = 500;
const HOLD_SECONDS_MAX = 86_400;

const DETAIL_NAME = /^[a-z][A-Za-z0-9]{0,39}$/;
/** Names that an item's own fields have, or may come to have. */
const RESERVED_NAMES = new Set(['id', 'kind', 'holder', 'version', 'status']);
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}]/u;
const LONE_SURROGATE = /\p{Cs}/u;

const itemId = z
  .string({ error: 'must be text' })
  .overwrite((text) => text.trim().toLowerCase())
  .regex(ITEM_ID_PATTERN, { error: 'must be 1 to 100 letters, digits, dots, dashes or underscores' });

const kind = z
  .string({ error: 'must be text' })
  .overwrite((text) => text.trim().toLowerCase())
  .regex(/^[a-z][a-z0-9-]{0,39}$/, { error: 'must be 1 to 40 letters, digits or dashes' });

const detail = z.union(
  [
    z
      .string()
      .max(DETAIL_LENGTH_MAX)
      .refine((text) => !CONTROL.test(text) && !LONE_SURROGATE.test(text)),
    z.number().overwrite((number) => number + 0),
  ],
  { error: `must be a number, or text of at most ${DETAIL_LENGTH_MAX} characters without control characters` },
);

const ITEM_EXAMPLE = { id: 'moby-dick', kind: 'book', title: 'Moby-Dick', author: 'Herman Melville', year: 1851 };

/** An item that is wanted: `id`, `kind`, and whatever else there is as details. */
export const newItemBody = z
  .unknown()
  .transform((value, context): NewItem => {
    const refuse = (path: string[], message: string): void => {
      context.issues.push({ code: 'custom', path, message, input: value });
    };
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      refuse([], 'must be an object');
      return z.NEVER;
    }
    const entries = new Map<string, unknown>(Object.entries(value));
    const take = <T>(name: string, schema: z.ZodType<T>): T | undefined => {
      const parsed = schema.safeParse(entries.get(name));
      if (parsed.success) return parsed.data;
      refuse([name], entries.has(name) ? (parsed.error.issues[0]?.message ?? 'is not valid') : 'is required');
      return undefined;
    };
    const id = entries.has('id') ? take('id', itemId) : undefined;
    const itemKind = take('kind', kind) ?? '';
    const others = [...entries.keys()].filter((name) => name !== 'id' && name !== 'kind');
    if (others.length > DETAILS_MAX) refuse([], `must have at most ${DETAILS_MAX} details`);
    const details: [string, string | number][] = [];
    for (const name of others.slice(0, DETAILS_MAX)) {
      if (!DETAIL_NAME.test(name) || RESERVED_NAMES.has(name)) {
        refuse([name], 'is not a name that a detail can have');
      } else {
        const found = take(name, detail);
        if (found !== undefined) details.push([name, found]);
      }
    }
    return { id, kind: itemKind, details: Object.fromEntries(details) };
  })
  .openapi('NewItem', {
    type: 'object',
    required: ['kind'],
    properties: {
      id: { type: 'string', pattern: ITEM_ID_PATTERN.source, description: 'Made up when it is absent; lower-cased.' },
      kind: { type: 'string', description: 'What it is, such as `book` or `seat`; lower-cased.' },
    },
    additionalProperties: { oneOf: [{ type: 'string', maxLength: DETAIL_LENGTH_MAX }, { type: 'number' }] },
    description:
      `Whatever else it is known by: up to ${DETAILS_MAX} texts or numbers, named with letters and digits. ` +
      `The names ${[...RESERVED_NAMES].join(', ')} are taken.`,
    example: ITEM_EXAMPLE,
  });

const isoTime = z.iso.datetime().openapi({ example: '2026-05-04T12:00:00.000Z' });
const pendingFlag = z.literal(true).optional().openapi({
  description: 'Set while it is being reserved together with others, and may come to nothing yet.',
});
const expires = isoTime.nullable().openapi({ description: 'When it lapses unless it is confirmed; null for never.' });

const holderSchema = z
  .object({ reservation: z.string(), email: z.string(), since: isoTime, expires, pending: pendingFlag })
  .nullable()
  .openapi({ description: 'Who has it; null when it is free.' });

export const itemSchema = z
  .object({
    id: z.string(),
    kind: z.string(),
    holder: holderSchema,
    version: z.int().openapi({ description: 'Only ever grows.', example: 3 }),
  })
  .catchall(z.union([z.string(), z.number()]))
  .openapi('Item', { example: { ...ITEM_EXAMPLE, holder: null, version: 1 } });

export const itemListSchema = z.array(itemSchema);

export const itemPageQuery = z.strictObject({
  kind: kind.optional().openapi({ description: 'Only items of this kind.', example: 'book' }),
  q: searchSchema.openapi({
    description: 'Only items that have each of these words in their id or a text, whatever its case and accents.',
    example: 'melville moby',
  }),
  available: z
    .enum(['true', 'false'], { error: 'must be true or false' })
    .transform((text) => text === 'true')
    .optional()
    .openapi({ type: 'string', enum: ['true', 'false'], description: 'Only free items, or only held ones.' }),
  limit: pageLimitSchema.meta({
    type: 'integer',
    minimum: 1,
    maximum: PAGE_LIMIT_MAX,
    description: `Most entries in the reply; ${PAGE_LIMIT_MAX} when absent. There may be fewer though more follow.`,
  }),
  cursor: itemId.optional().openapi({ description: 'Where to go on; take it from the `Link` of the page before.' }),
});

export const itemPageHeaders = z.object({
  Link: z.string().optional().openapi({
    description: 'Where the next page is; absent on the last.',
    example: '</items?limit=10&cursor=moby-dick>; rel="next"',
  }),
});

export const itemParameters = z.strictObject({
  id: itemId.openapi({ param: { name: 'id', in: 'path' }, example: 'moby-dick' }),
});

export const locationHeaders = z.object({
  Location: z.string().openapi({ description: 'Where it is read.', example: '/items/moby-dick' }),
});

const RESERVATION_EXAMPLE = {
  id: 'moby-dick~k3v9x0q2m8r4t6w1',
  item: 'moby-dick',
  email: 'ann@example.com',
  since: '2026-05-04T12:00:00.000Z',
  expires: null,
};
const email = emailSchema.meta({
  description: 'Who holds it; an e-mail address, trimmed and lower-cased. It need not be a user of the shop.',
  example: 'ann@example.com',
});

export const reservationSchema = z
  .object({ id: z.string(), item: z.string(), email: z.string(), since: isoTime, expires, pending: pendingFlag })
  .openapi('Reservation', { example: RESERVATION_EXAMPLE });

export const reservationListSchema = z.array(reservationSchema);

export const changedReservationSchema = reservationSchema
  .extend({
    replaces: z
      .string()
      .optional()
      .openapi({ description: 'The reservation that was given up for this one, which is of another item.' }),
  })
  .openapi('ChangedReservation', { example: RESERVATION_EXAMPLE });

const refusalSchema = z.object({
  item: z.string(),
  reason: z.enum(['TAKEN', 'NOT_FOUND', 'UNKNOWN']).openapi({
    description: '`UNKNOWN`: it may have been reserved, under the reservation that is named; ask for that.',
  }),
  reservation: z.string().optional(),
});

export const reservedSchema = z
  .object({ reserved: reservationListSchema, refused: z.array(refusalSchema) })
  .openapi('Reserved', { example: { reserved: [RESERVATION_EXAMPLE], refused: [{ item: 'emma', reason: 'TAKEN' }] } });

export const newReservationsBody = z
  .strictObject({
    email,
    items: z
      .array(itemId, { error: 'must be a list of items' })
      .min(1, { error: 'must not be empty' })
      .max(ITEMS_MAX, { error: `must have at most ${ITEMS_MAX} items`, abort: true })
      .superRefine((items, context) => {
        for (const [index, item] of items.entries()) {
          if (items.indexOf(item) !== index) {
            context.addIssue({ code: 'custom', path: [index], message: 'stands here twice' });
          }
        }
      })
      .openapi({ description: 'The items, by their ids.', example: ['moby-dick'] }),
    atomic: z
      .boolean({ error: 'must be true or false' })
      .optional()
      .openapi({ description: '`true` reserves all of the items or none.' }),
    holdSeconds: z
      .int({ error: 'must be a whole number' })
      .min(1, { error: 'must be at least 1' })
      .max(HOLD_SECONDS_MAX, { error: `must be at most ${HOLD_SECONDS_MAX}` })
      .optional()
      .openapi({ description: 'When the reservations lapse unless they are confirmed; never when it is absent.' }),
  })
  .openapi('NewReservations');

export const reservationQuery = z
  .strictObject({
    email: email.optional(),
    item: itemId.optional().openapi({ description: 'An item, by its id.', example: 'moby-dick' }),
  })
  .refine((query) => query.email !== undefined || query.item !== undefined, {
    path: ['email'],
    error: 'or item is required',
  });

export const reservationParameters = z.strictObject({
  id: z.string().openapi({ param: { name: 'id', in: 'path' }, example: RESERVATION_EXAMPLE.id }),
});

export const reservationChangeBody = z
  .strictObject({
    item: itemId.optional().openapi({ description: 'The item to have instead.', example: 'emma' }),
    email: email.optional(),
    confirm: z
      .literal(true, { error: 'must be true' })
      .optional()
      .openapi({ description: '`true` makes it last for ever.' }),
  })
  .refine((body) => Object.values(body).some((value) => value !== undefined), {
    error: 'must have an item, an email or confirm',
  })
  .openapi('ReservationChange', { example: { confirm: true } });
