/*
 * As of when this node is in step with the other replicas: since the oldest of its latest whole comparisons began, one with
 * each. What any of them held by then, this node holds as well. Comparisons by one map say nothing of the groups of another.
 */

/** When the latest whole comparison with each other node began. */
export class InStep {
  #epoch = 0;
  readonly #beganMs = new Map<string, number>();

  /** A comparison by a map was whole: this node and the other hold all that either did when it began. */
  compared(epoch: number, nodeId: string, beganMs: number): void {
    if (epoch !== this.#epoch) this.#beganMs.clear();
    this.#epoch = epoch;
    this.#beganMs.set(nodeId, beganMs);
  }

  /**
   * Since when this node is in step with all of these, by the clock of the beginnings; undefined when one of them was not
   * compared with by that map.
   */
  asOfMs(epoch: number, others: Iterable<string>): number | undefined {
    let oldestMs = Infinity;
    for (const id of others) {
      const beganMs = this.#epoch === epoch ? this.#beganMs.get(id) : undefined;
      if (beganMs === undefined) return undefined;
      oldestMs = Math.min(oldestMs, beganMs);
    }
    return oldestMs;
  }
}
