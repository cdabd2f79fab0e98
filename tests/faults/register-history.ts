/*
 * What was promised about registers, and whether what a node holds keeps it. Each key has one writer, and
 * each value is written once: so a value tells which write it came from. Pure.
 */
import { compare, decodeRecord, type Context, type RecordText } from '@trolley/records';

/** A value, or nothing. */
type Held = number | undefined;

/** What was promised about one key since it was last settled. */
interface Register {
  /** What may be held: the last value acknowledged, and those that were sent after it. */
  allowed: Set<Held>;
  /** What was shown to someone: none of it may be forgotten. */
  seen: Context[];
}

/** Gathers promises, and compares what is held with them. */
export class RegisterHistory {
  readonly #field: string;
  readonly #registers = new Map<string, Register>();
  /** The quantity that each dot was seen with, by key, field and dot. */
  readonly #quantities = new Map<string, number>();
  #acknowledgements = 0;

  /** @param field where the value stands in the record */
  constructor(field: string) {
    this.#field = field;
  }

  /** Every key that was ever spoken of. */
  get keys(): readonly string[] {
    return [...this.#registers.keys()];
  }

  /** Writes that were acknowledged, over all keys. */
  get acknowledgements(): number {
    return this.#acknowledgements;
  }

  /** A value is about to be sent: from now on it may be held. */
  attempted(key: string, value: number): void {
    this.#register(key).allowed.add(value);
  }

  /** The write of the value was acknowledged: nothing older may be held any more. */
  acknowledged(key: string, value: number): void {
    this.#acknowledgements += 1;
    this.#register(key).allowed = new Set([value]);
  }

  /** Someone was shown this record. @throws Error when a dot in it was seen with another quantity */
  saw(key: string, text: RecordText): void {
    const { context, fields } = decodeRecord(text);
    this.#register(key).seen.push(context);
    for (const [field, siblings] of fields) {
      for (const { dot, quantity } of siblings) this.#sawDot(JSON.stringify([key, field, ...dot]), quantity);
    }
  }

  /**
   * Nothing is under way any more: what is held now must be what was promised. It is promised from now on: a
   * write that is not there was never made, and must not turn up later.
   *
   * @throws Error when a write is missing, a value was never written, or something shown was forgotten
   */
  settle(key: string, text: RecordText | undefined): void {
    if (text !== undefined) this.saw(key, text);
    const register = this.#register(key);
    const record = text === undefined ? undefined : decodeRecord(text);
    const context: Context = record?.context ?? new Map();
    for (const seen of register.seen) {
      const order = compare(seen, context);
      if (order === 'after' || order === 'concurrent') {
        throw new Error(`${key}: ${JSON.stringify([...seen])} was shown, and now it is ${text}`);
      }
    }
    const values = record?.fields.get(this.#field)?.map(({ quantity }) => quantity) ?? [];
    if (values.length > 1 || !register.allowed.has(values[0])) {
      throw new Error(`${key} holds ${values.join(' and ')}, not ${[...register.allowed].join(' or ')}`);
    }
    register.allowed = new Set([values[0]]);
    register.seen = [context];
  }

  #register(key: string): Register {
    let register = this.#registers.get(key);
    if (register === undefined) {
      register = { allowed: new Set([undefined]), seen: [] };
      this.#registers.set(key, register);
    }
    return register;
  }

  #sawDot(dot: string, quantity: number): void {
    const known = this.#quantities.get(dot);
    if (known !== undefined && known !== quantity) {
      throw new Error(`the dot ${dot} stands for ${known} and for ${quantity}`);
    }
    this.#quantities.set(dot, quantity);
  }
}
