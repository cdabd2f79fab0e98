/*
 * Writes that are sent to a coordinator that has just been cut off: they stay on the way to it, and another makes them.
 * When the sides meet again the network delivers what it kept, and none may be made a second time. Each key is
 * written once on each side.
 */
import { send } from './two-sides.ts';

const STARTED_WITH = 3;
const ADDED_ELSEWHERE = 5;

/** So many additions to a line, and as many removals of one. */
export class InterruptedWrites {
  readonly #added: readonly string[];
  readonly #removed: readonly string[];

  constructor(count: number) {
    this.#added = Array.from({ length: count }, (_, index) => `added${index}@example.com`);
    this.#removed = Array.from({ length: count }, (_, index) => `removed${index}@example.com`);
  }

  async prepare(url: string): Promise<void> {
    await Promise.all(
      [...this.#added, ...this.#removed].map(async (email) => {
        await this.#write(url, '/createuser', { email });
        await this.#write(url, '/addtocart', { email, products: { apple: STARTED_WITH } });
      }),
    );
  }

  /**
   * To be called as soon as the side of this gateway has lost the other. What comes first goes out first, and may be
   * all that stays on the way: a removal that is made again is the one that cannot be overlooked.
   */
  async write(url: string): Promise<void> {
    await Promise.all([
      ...this.#removed.map(async (email) => this.#write(url, '/removefromcart', { email, products: ['apple'] })),
      ...this.#added.map(async (email) => this.#write(url, '/addtocart', { email, products: { apple: 1 } })),
    ]);
  }

  /** Adds, on the other side, to the lines that are removed on this one. */
  async writeElsewhere(url: string): Promise<void> {
    await Promise.all(
      this.#removed.map(async (email) =>
        this.#write(url, '/addtocart', { email, products: { apple: ADDED_ELSEWHERE } }),
      ),
    );
  }

  /** What is wrong with what is there in the end: texts by kind and name. */
  violations(listed: ReadonlyMap<string, string | undefined>): readonly string[] {
    const check = (emails: readonly string[], quantity: number) =>
      emails
        .map((email) => `${email}: ${listed.get(`cart ${email}`) ?? 'nothing'}`)
        .filter((line) => !line.endsWith(`: [["apple",${quantity}]]`));
    return [...check(this.#added, STARTED_WITH + 1), ...check(this.#removed, STARTED_WITH + ADDED_ELSEWHERE)];
  }

  async #write(url: string, path: string, body: object): Promise<void> {
    const response = await send(url, { method: 'POST', path, body });
    if (!response.ok) throw new Error(`${JSON.stringify(body)} was answered with ${response.status}`);
  }
}
