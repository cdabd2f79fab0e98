/*
 * So many clients at once, each at one piece of work at a time until all is done.
 */

/** Does the work for each item, and resolves once all is done. @throws what the work throws first */
export async function mapWithClients<T>(
  clients: number,
  items: readonly T[],
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  const left = items.entries();
  const client = async (): Promise<void> => {
    for (const [index, item] of left) await work(item, index);
  };
  await Promise.all(Array.from({ length: clients }, client));
}
