/*
 * Whether a system answers what it should, looked at before any load: a cart that is read, and one that is added to.
 * So a fast system that answers something else is not compared.
 */
import { z } from 'zod';
import { emails, firstCart, productsOf } from '../workload.ts';

const cartSchema = z.object({ email: z.string(), cart: z.record(z.string(), z.int()) });

/** Additions that a check makes. */
export const SAMPLE_ADDITIONS = 2;

const SAMPLE_USER = 17;

/** What is wrong, in words; empty when nothing is. */
export async function sampleComplaints(name: string, url: string): Promise<readonly string[]> {
  const email = emails[SAMPLE_USER] ?? '';
  const [product = ''] = productsOf(SAMPLE_USER);
  const expected = firstCart(SAMPLE_USER);
  const read = () => fetch(`${url}/user?email=${encodeURIComponent(email)}`);
  const add = () =>
    fetch(`${url}/addtocart`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, products: { [product]: 1 } }),
    });
  const steps: readonly (readonly [what: string, ask: () => Promise<Response>, units: number])[] = [
    ['a read', read, 1],
    ['an addition', add, 2],
    ['the next addition', add, 3],
    ['a read of what was added', read, 3],
  ];
  const complaints: string[] = [];
  for (const [what, ask, units] of steps) {
    const response = await ask();
    const body: unknown = await response.json();
    const answer = cartSchema.safeParse(body);
    const wanted = { ...expected, [product]: units };
    const isRight = answer.success && answer.data.email === email && isSame(answer.data.cart, wanted);
    if (response.status !== 200 || !isRight) {
      complaints.push(`${name}: ${what} was answered ${response.status} ${JSON.stringify(body)}`);
    }
  }
  return complaints;
}

function isSame(cart: Readonly<Record<string, number>>, wanted: Readonly<Record<string, number>>): boolean {
  const products = new Set([...Object.keys(cart), ...Object.keys(wanted)]);
  return [...products].every((product) => cart[product] === wanted[product]);
}
