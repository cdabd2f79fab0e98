/*
 * What shoppers saw, and whether a store that keeps its promises can have shown it. Every line that is put in a
 * cart has a name of its own, so that each write can be told in whatever is read later.
 */
import { encodeContext, encodeRecord, userOf, type CausalRecord, type Context } from '@trolley/records';

/** A broken promise, in words. */
export type Violation = string;

/** An operation under way. */
export interface Begun {
  readonly key: string;
  /** The lines that whoever looks from then on must see. */
  readonly mustSee: ReadonlySet<string>;
  /** What the deletion of the user had seen, which whoever looks from then on must not see; undefined unless it is gone. */
  readonly gone: Context | undefined;
}

/** Collects what was seen, and every violation in it. */
export class History {
  readonly violations: Violation[] = [];
  /** Lines that are acknowledged, or were shown by a quorum, by key. */
  readonly #established = new Map<string, ReadonlySet<string>>();
  /** Lines that somebody has begun to take out. */
  readonly #takenOut = new Set<string>();
  readonly #gone = new Map<string, Context>();
  readonly #texts = new Map<string, string>();
  readonly #quantities = new Map<string, number>();
  acknowledged = 0;

  /** To be called before the operation is asked for. */
  begin(key: string): Begun {
    return { key, mustSee: new Set(this.#linesOf(key)), gone: this.#gone.get(key) };
  }

  /** The users whose deletion is acknowledged, and whom nobody creates again. */
  get gone(): readonly string[] {
    return [...this.#gone.keys()];
  }

  /** The deletion came back as one that a quorum has on disk. */
  deleted({ key }: Pick<Begun, 'key'>, { context }: CausalRecord): void {
    this.acknowledged += 1;
    this.#gone.set(key, context);
  }

  /** The lines that are in the cart for all to see. */
  lines(key: string): readonly string[] {
    return [...this.#linesOf(key)].filter((line) => !this.#takenOut.has(line));
  }

  takingOut(line: string): void {
    this.#takenOut.add(line);
  }

  /** A write came back as one that a quorum has on disk. */
  wrote(begun: Begun, line: string | undefined, record: CausalRecord): void {
    const { mustSee } = begun;
    this.acknowledged += 1;
    this.read({ ...begun, mustSee: line === undefined ? mustSee : new Set([...mustSee, line]) }, record);
  }

  /** A quorum holds the record: whoever looks from now on sees all that is in it. */
  read(begun: Begun, record: CausalRecord): void {
    this.listed(begun, record);
    const established = this.#linesOf(begun.key);
    this.#established.set(begun.key, new Set([...established, ...linesIn(record)]));
  }

  /** A quorum has told what it holds, which may since be on one replica only. */
  listed({ key, mustSee, gone }: Begun, record: CausalRecord): void {
    this.observe(key, record, 'a gateway');
    if (gone !== undefined && isAlive(record, gone)) this.violations.push(`${key} was shown after it was deleted`);
    const seen = linesIn(record);
    const missing = [...mustSee].filter((line) => !seen.has(line) && !this.#takenOut.has(line));
    if (missing.length > 0) this.violations.push(`${key} was shown without ${missing.join(', ')}`);
  }

  /** The user was said not to be there. */
  refused({ key }: Begun, reason: string): void {
    this.violations.push(`${key} was refused: ${reason}`);
  }

  /** Whoever shows a record: equal contexts mean equal records, and one write never has two values. */
  observe(key: string, record: CausalRecord, where: string): void {
    const text = encodeRecord(record);
    this.#same(this.#texts, `${key} after ${encodeContext(record.context)}`, text, where);
    for (const [field, siblings] of record.fields) {
      for (const { dot, quantity } of siblings) {
        this.#same(this.#quantities, `${key} ${field} of ${dot.join(':')}`, quantity, where);
      }
    }
  }

  #same<T>(known: Map<string, T>, what: string, value: T, where: string): void {
    const before = known.get(what);
    if (before !== undefined && before !== value) this.violations.push(`${what} is two things, says ${where}`);
    known.set(what, value);
  }

  #linesOf(key: string): ReadonlySet<string> {
    return this.#established.get(key) ?? new Set();
  }
}

/**
 * Whether a user lives by a write that the deletion had seen. One that it had not is another matter: a creation whose
 * coordinator did not answer was made once more by the next, and the first may turn up later; it counts as concurrent.
 */
function isAlive(record: CausalRecord, deletion: Context): boolean {
  const siblings = record.fields.get('exists') ?? [];
  return siblings.some(({ dot: [actor, counter] }) => counter <= (deletion.get(actor) ?? 0));
}

function linesIn(record: CausalRecord): ReadonlySet<string> {
  return new Set(userOf(record)?.cart.keys());
}
