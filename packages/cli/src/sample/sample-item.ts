/*
 * An item as the sample data has it: what `POST /items` is sent.
 */
export interface SampleItem {
  readonly id: string;
  readonly kind: 'book' | 'seat';
  readonly details: Readonly<Record<string, string | number>>;
}
