/*
 * What the API takes and answers, with the words and examples of its document. The rules for names,
 * e-mails and quantities are those of @trolley/cluster, which nodes share.
 */
import { z } from '@hono/zod-openapi';
import {
  addedLinesSchema,
  cartSchema,
  emailSchema,
  PAGE_LIMIT_MAX,
  pageLimitSchema,
  problemSchema,
  productNameSchema,
  productNamesSchema,
  stockChangeSchema,
} from '@trolley/cluster';
import { SEARCH_LENGTH_MAX } from '../search-words.ts';
import { storeQueryShape } from './store-options.ts';

const NAME_NOTE = 'Trimmed, lower-cased and NFC-normalised; 1 to 200 characters, no control characters.';

const productName = productNameSchema.meta({ description: `A product’s name. ${NAME_NOTE}`, example: 'orange' });
const email = emailSchema.meta({
  description: 'A user’s e-mail address; trimmed and lower-cased.',
  example: 'ann@example.com',
});
const linesMetadata = {
  type: 'object',
  additionalProperties: { type: 'integer', minimum: 1 },
  example: { apple: 2, orange: 1 },
} as const;

const version = z.int().openapi({
  description: 'Counts the writes to this record; only ever grows.',
  example: 3,
});
const quantitySchema = z.int();

export const productSchema = z
  .object({ name: z.string(), quantity: quantitySchema, version })
  .openapi('Product', { example: { name: 'orange', quantity: 12, version: 3 } });

/** A product by itself: a list of them does not ask for what is left of each. */
export const stockedProductSchema = z
  .object({
    name: z.string(),
    quantity: quantitySchema,
    available: quantitySchema.nullable().openapi({
      description: 'How many can be ordered: what is neither sold nor held. Null when that cannot be told now.',
    }),
    version,
  })
  .openapi('StockedProduct', { example: { name: 'orange', quantity: 12, available: 9, version: 3 } });

export const userSchema = z
  .object({ email: z.string(), cart: z.record(z.string(), quantitySchema), version })
  .openapi('User', { example: { email: 'ann@example.com', cart: { apple: 2, orange: 1 }, version: 4 } });

export const productListSchema = z.array(productSchema);
export const userListSchema = z.array(userSchema);

/** An error, RFC 9457. */
export const problemReplySchema = problemSchema.clone().openapi('Problem', {
  example: {
    type: 'urn:trolley:problem:INVALID_INPUT',
    title: 'The request is not valid',
    status: 400,
    detail: 'quantity: must be a whole number',
    code: 'INVALID_INPUT',
    errors: [{ field: 'quantity', message: 'must be a whole number' }],
  },
});

export const storeQuery = z.strictObject(storeQueryShape);
export const productQuery = z.strictObject({ name: productName, ...storeQueryShape });
export const userQuery = z.strictObject({ email, ...storeQueryShape });

const limit = pageLimitSchema.meta({
  type: 'integer',
  minimum: 1,
  maximum: PAGE_LIMIT_MAX,
  description: `Most entries in the reply; ${PAGE_LIMIT_MAX} when absent.`,
});
const CURSOR_NOTE = 'Where to go on; take it from the `Link` of the page before. Entries after this one are listed.';

/** Words to look for in a listing. */
export const searchSchema = z
  .string()
  .max(SEARCH_LENGTH_MAX, { error: `must have at most ${SEARCH_LENGTH_MAX} characters` })
  .optional();

export const productPageQuery = z.strictObject({
  q: searchSchema.openapi({
    description:
      'Only products that have each of these words in their name, whatever its case and accents. A page may then have ' +
      'fewer entries than `limit` though more follow.',
    example: 'juice',
  }),
  limit,
  cursor: productNameSchema.optional().meta({ description: CURSOR_NOTE }),
  ...storeQueryShape,
});
export const userPageQuery = z.strictObject({
  limit,
  cursor: emailSchema.optional().meta({ description: CURSOR_NOTE }),
  ...storeQueryShape,
});

export const productBody = z
  .strictObject({
    name: productName,
    quantity: stockChangeSchema.meta({ description: 'How many to add; negative takes away.', example: 5 }),
  })
  .openapi('ProductChange');

export const newUserBody = z.strictObject({ email }).openapi('NewUser');

export const cartBody = z
  .strictObject({ email, cart: cartSchema.meta({ ...linesMetadata, description: 'Quantities by product name.' }) })
  .openapi('CartReplacement', { required: ['email', 'cart'] });

export const addedLinesBody = z
  .strictObject({
    email,
    products: addedLinesSchema.meta({ ...linesMetadata, description: 'What to add: quantities by product name.' }),
  })
  .openapi('AddedLines', { required: ['email', 'products'] });

export const removedLinesBody = z
  .strictObject({
    email,
    products: productNamesSchema.meta({
      description: 'The products whose lines go. Those that are not in the cart are ignored.',
      example: ['orange'],
    }),
  })
  .openapi('RemovedLines');

/** The header of every reply that replicas stand behind. */
export const quorumHeaders = z.object({
  'Trolley-Quorum': z.string().openapi({
    description: 'Replicas that answered, of how many; `; degraded` follows when fewer did than were asked for.',
    example: '2/3',
  }),
});

export const pageHeaders = quorumHeaders.extend({
  Link: z.string().optional().openapi({
    description: 'Where the next page is; absent on the last.',
    example: '</productslist?limit=10&cursor=orange>; rel="next"',
  }),
});

export const createdHeaders = quorumHeaders.extend({
  Location: z.string().openapi({ description: 'Where the user is read.', example: '/user?email=ann%40example.com' }),
});

/** The header that makes a POST apply once. */
export const idempotencyHeaders = z.object({
  'Idempotency-Key': z
    .string()
    .optional()
    .openapi({
      description:
        'Names this request: 1 to 255 printable ASCII characters. A request sent again with the same key within ' +
        'a day is applied once, whichever gateway it reaches; a record remembers its latest 64. Refusals, such as 409, ' +
        'are not remembered: a retry is tried anew.',
      example: '0f8c6b1e-5d0b-4b6e-8d39-5a3f1c9f7a10',
      minLength: 1,
      maxLength: 255,
    }),
});
