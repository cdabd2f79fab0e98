/*
 * As of when this node is in step with the other replicas: since the oldest of its latest whole comparisons began, one with
 * each. What any of them held by then, this node holds as well. Pure.
 */

/** When the latest whole comparison with each other node began. */
export class InStep {
  #beganMs: ReadonlyMap<string, number> = new Map();

  /** A comparison with a node was whole: both hold all that either did when it began. */
  compared(nodeId: string, beganMs: number): void {
    this.#beganMs = new Map([...this.#beganMs, [nodeId, beganMs]]);
  }

  /**
   * Since when this node is in step with all of these, by the clock of the beginnings; undefined when one of them was never
   * compared with, or there is none. The others are forgotten.
   */
  asOfMs(others: Iterable<string>): number | undefined {
    const wanted = [...others];
    const known = wanted.flatMap((id) => {
      const beganMs = this.#beganMs.get(id);
      return beganMs === undefined ? [] : [[id, beganMs] as const];
    });
    this.#beganMs = new Map(known);
    if (known.length < wanted.length || known.length === 0) return undefined;
    return Math.min(...this.#beganMs.values());
  }
}
