/*
 * A causal record: what every key of the store holds. A context says which writes have been seen, and
 * each field keeps the siblings that no seen write has replaced. The data types only; the operations
 * stand in files of their own.
 */

/** The counter-th write to this key that the actor coordinated. An actor is one incarnation of a node. */
export type Dot = readonly [actor: string, counter: number];

/** A version vector: for each actor the number of its writes that have been seen, all without gaps. */
export type Context = ReadonlyMap<string, number>;

/** One value of a field that no seen write has replaced. */
export interface Sibling {
  readonly dot: Dot;
  readonly quantity: number;
}

/** A context and a map of fields. A deleted record is one with a context and no fields (a tombstone). */
export interface CausalRecord {
  readonly context: Context;
  /** Never holds a field with an empty list. Field names come from users: a Map, never a plain object. */
  readonly fields: ReadonlyMap<string, readonly Sibling[]>;
}

/**
 * A record in its canonical text (see encode.ts): equal records, equal texts, so texts can be compared,
 * stored and passed on without being parsed.
 */
export type RecordText = string;

/** A context in its canonical text. */
export type ContextText = string;
