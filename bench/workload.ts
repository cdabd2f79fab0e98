/*
 * The shop that is measured and the requests that are sent to it: a thousand users, each with a cart of three
 * lines. Adding goes to lines that are in the cart already, so that carts keep their size. Pure.
 */

/** What is sent: additions alone, reads alone, or one after the other. */
export const MIXES = ['post', 'get', 'half'] as const;

/** One of them. */
export type Mix = (typeof MIXES)[number];

/** What each mix is called. */
export const MIX_TITLES: Readonly<Record<Mix, string>> = {
  post: 'POST /addtocart',
  get: 'GET /user',
  half: 'half POST /addtocart, half GET /user',
};

/** A request: with a body when it is a POST. */
export interface LoadRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body: string | undefined;
}

const USERS = 1_000;
const LINES_IN_CART = 3;
const PRODUCTS = 200;

/** The users' e-mail addresses. */
export const emails: readonly string[] = names(USERS, (number) => `shopper-${number}@example.com`);

/** The products on the shelf. */
export const products: readonly string[] = names(PRODUCTS, (number) => `product ${number}`);

/** The products in the cart of the user at this place of `emails`. */
export function productsOf(userIndex: number): readonly string[] {
  return Array.from(
    { length: LINES_IN_CART },
    (_, line) => products[(userIndex * LINES_IN_CART + line) % PRODUCTS] ?? '',
  );
}

/** A cart as it is at the start: one of each product. */
export function firstCart(userIndex: number): Readonly<Record<string, number>> {
  return Object.fromEntries(productsOf(userIndex).map((product) => [product, 1]));
}

/** Units in all carts at the start. */
export const UNITS_AT_START = USERS * LINES_IN_CART;

/** The requests of a mix, to be sent one after the other, again and again; each POST adds one unit to one line. */
export function requestsOf(mix: Mix): readonly LoadRequest[] {
  switch (mix) {
    case 'post':
      return additions();
    case 'get':
      return reads();
    case 'half': {
      const read = reads();
      // A user's cart is read some time after it was added to, not at once.
      return additions().flatMap((addition, index) => [addition, read[(index + USERS / 2) % USERS] ?? addition]);
    }
    default:
      return mix satisfies never;
  }
}

/** How many of so many requests of a mix, sent in their order, are additions; half of an odd number is rounded up. */
export function additionsAmong(mix: Mix, requests: number): number {
  switch (mix) {
    case 'post':
      return requests;
    case 'get':
      return 0;
    case 'half':
      return Math.ceil(requests / 2);
    default:
      return mix satisfies never;
  }
}

function reads(): readonly LoadRequest[] {
  return emails.map((email) => ({
    method: 'GET',
    path: `/user?email=${encodeURIComponent(email)}`,
    body: undefined,
  }));
}

function additions(): readonly LoadRequest[] {
  return Array.from({ length: LINES_IN_CART }, (_, line) =>
    emails.map((email, userIndex): LoadRequest => {
      const product = productsOf(userIndex)[line] ?? '';
      return { method: 'POST', path: '/addtocart', body: JSON.stringify({ email, products: { [product]: 1 } }) };
    }),
  ).flat();
}

/** The requests as text for a load generator: a line for each, with method, path and body between tabs. */
export function requestsText(requests: readonly LoadRequest[]): string {
  return requests.map(({ method, path, body }) => `${method}\t${path}\t${body ?? ''}\n`).join('');
}

/** The requests that requestsText wrote. @throws when the text is none of its. */
export function parseRequests(text: string): readonly LoadRequest[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [method, path, body] = line.split('\t');
      if ((method !== 'GET' && method !== 'POST') || path === undefined) throw new Error(`no request: ${line}`);
      return { method, path, body: body === '' ? undefined : body };
    });
}

function names(count: number, nameOf: (number: string) => string): readonly string[] {
  return Array.from({ length: count }, (_, index) => nameOf(String(index + 1).padStart(4, '0')));
}
