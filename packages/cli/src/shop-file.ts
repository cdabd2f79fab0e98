/*
 * The file that `trolley seed` reads: products and users with carts. Says what is wrong with a file, and
 * where, before anything is written. What a name or a quantity may be is for the HTTP input schemas to say.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { cartSchema, emailSchema, productNameSchema, stockChangeSchema } from '@trolley/cluster';
import { z } from 'zod';
import { CommandFailure, messageOf, systemCodeOf } from './failure.ts';
import { printable } from './printable.ts';

/** Errors of one file that are listed; the rest are counted. */
const LISTED_ERRORS_MAX = 10;

export interface SeedProduct {
  readonly name: string;
  readonly quantity: number;
}

export interface SeedUser {
  readonly email: string;
  readonly cart: readonly (readonly [productName: string, quantity: number])[];
}

export interface Shop {
  readonly products: readonly SeedProduct[];
  readonly users: readonly SeedUser[];
}

/** The shop that comes with Trolley. */
export const SAMPLE_SHOP_FILE = fileURLToPath(new URL('../data/sample-shop.json', import.meta.url));

const stock = stockChangeSchema.refine((quantity) => quantity >= 0, { error: 'must not be negative' });

const shopSchema = z.strictObject(
  {
    products: z.array(z.strictObject({ name: productNameSchema, quantity: stock }), 'must be a list').default([]),
    users: z.array(z.strictObject({ email: emailSchema, cart: cartSchema }), 'must be a list').default([]),
  },
  { error: (issue) => (issue.code === 'invalid_type' ? 'must be an object with products and users' : undefined) },
);

/** Reads and checks a shop file. @throws CommandFailure that names the file and the place. */
export async function readShopFile(path: string): Promise<Shop> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const reason = systemCodeOf(error) === 'ENOENT' ? 'there is no such file' : messageOf(error);
    throw new CommandFailure(`Cannot read ${path}: ${reason}.`);
  }
  return parseShop(text, path);
}

/** The shop that a text in JSON describes. @throws CommandFailure that names the file and the place. */
export function parseShop(text: string, path: string): Shop {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new CommandFailure(`${path} is not JSON: ${printable(messageOf(error))}.`);
  }
  const parsed = shopSchema.safeParse(value);
  const errors = parsed.success ? repeats(parsed.data) : parsed.error.issues.map(issueText);
  if (!parsed.success || errors.length > 0) throw invalidShop(path, errors);
  return parsed.data;
}

function issueText(issue: z.core.$ZodIssue): string {
  return `${placeText(issue.path)}: ${issue.message}`;
}

/** `products[3].quantity`, as one would write it in code. */
function placeText(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'the file';
  return path
    .map((step, index) =>
      typeof step === 'number' ? `[${step}]` : `${index > 0 ? '.' : ''}${printable(String(step))}`,
    )
    .join('');
}

function repeats(shop: Shop): string[] {
  return [
    ...repeatsIn(
      'products',
      shop.products.map((product) => product.name),
    ),
    ...repeatsIn(
      'users',
      shop.users.map((user) => user.email),
    ),
  ];
}

function repeatsIn(list: string, names: readonly string[]): string[] {
  const firstAt = new Map<string, number>();
  const errors: string[] = [];
  for (const [index, each] of names.entries()) {
    const first = firstAt.get(each);
    if (first === undefined) firstAt.set(each, index);
    else errors.push(`${list}[${index}]: "${printable(each)}" is already ${list}[${first}]`);
  }
  return errors;
}

function invalidShop(path: string, errors: readonly string[]): CommandFailure {
  const listed = errors.slice(0, LISTED_ERRORS_MAX).map((error) => `  ${error}`);
  if (errors.length > listed.length) listed.push(`  and ${errors.length - listed.length} more`);
  return new CommandFailure(
    [`${path} is not a shop that can be seeded:`, ...listed].join('\n'),
    'It should read {"products": [{"name": "apple", "quantity": 5}], "users": [{"email": "ann@example.com", "cart": {"apple": 1}}]}.',
  );
}
