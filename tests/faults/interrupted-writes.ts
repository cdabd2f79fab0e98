/*
 * Writes that are under way on one side when it is cut off. Some reach a coordinator that cannot answer, or stay on
 * the way to it; none may come to pass a second time when the sides meet again. Each key is written once there.
 */
import { send } from './two-sides.ts';

const STARTED_WITH = 3;
const ADDED_ELSEWHERE = 5;

/** So many additions to a line, and as many removals of one. */
export class InterruptedWrites {
  readonly #added: readonly string[];
  readonly #removed: readonly string[];
  readonly #statuses = new Map<string, number>();
  #all: Promise<unknown> = Promise.resolve();

  constructor(count: number) {
    this.#added = Array.from({ length: count }, (_, index) => `added${index}@example.com`);
    this.#removed = Array.from({ length: count }, (_, index) => `removed${index}@example.com`);
  }

  async prepare(url: string): Promise<void> {
    await Promise.all(
      [...this.#added, ...this.#removed].map(async (email) => {
        await this.#write(url, '/createuser', email);
        await this.#write(url, '/addtocart', email, { products: { apple: STARTED_WITH } });
      }),
    );
    this.#statuses.clear();
  }

  /** Sends all, and resolves when the sides have been parted in the midst of it. */
  async start(url: string, part: () => Promise<void>): Promise<void> {
    const sent = [
      ...this.#added.map(async (email) => this.#write(url, '/addtocart', email, { products: { apple: 1 } })),
      ...this.#removed.map(async (email) => this.#write(url, '/removefromcart', email, { products: ['apple'] })),
    ];
    this.#all = Promise.all(sent);
    await Promise.race(sent);
    await part();
  }

  /** Adds, on the other side, to the lines that were to be removed. @throws Error when that fails */
  async writeElsewhere(url: string): Promise<void> {
    await Promise.all(
      this.#removed.map(async (email) => {
        const body = { email, products: { apple: ADDED_ELSEWHERE } };
        const { status } = await send(url, { method: 'POST', path: '/addtocart', body });
        if (status !== 200) throw new Error(`an addition on the other side was answered with ${status}`);
      }),
    );
  }

  /** Resolves when every write has been answered. */
  async settled(): Promise<void> {
    await this.#all;
  }

  /** What is wrong with what is there in the end, by kind and name, as text. */
  violations(listed: ReadonlyMap<string, string | undefined>): readonly string[] {
    const apples = (...quantities: number[]) => quantities.map((quantity) => `[["apple",${quantity}]]`);
    const check = (emails: readonly string[], allowed: (status: number | undefined) => readonly string[]) =>
      emails.flatMap((email) => {
        const status = this.#statuses.get(email);
        const cart = listed.get(`cart ${email}`) ?? 'nothing';
        return allowed(status).includes(cart) ? [] : [`${email}: ${cart} after ${status}`];
      });
    const unknown = apples(STARTED_WITH, STARTED_WITH + 1);
    return [
      ...check(this.#added, (status) => (status === 200 ? apples(STARTED_WITH + 1) : unknown)),
      ...check(this.#removed, () => apples(ADDED_ELSEWHERE, STARTED_WITH + ADDED_ELSEWHERE)),
    ];
  }

  async #write(url: string, path: string, email: string, rest: object = {}): Promise<void> {
    const { status } = await send(url, { method: 'POST', path, body: { email, ...rest } });
    this.#statuses.set(email, status);
  }
}
