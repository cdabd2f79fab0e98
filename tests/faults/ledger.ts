/*
 * What one client was promised about one line of a cart that only it adds to, one at a time. An addition
 * whose outcome is not known may have been made or not; and it may still be made later. Pure.
 */

/** A cart line as the gateway showed it. */
export interface Shown {
  readonly quantity: number;
  readonly version: number;
}

/** Keeps count of additions of one, and judges what is shown. */
export class Ledger {
  #acknowledged = 0;
  #unknown = 0;
  #version = 0;

  get acknowledged(): number {
    return this.#acknowledged;
  }

  get unknown(): number {
    return this.#unknown;
  }

  /** An addition was made by a quorum: it must never be missing from now on. */
  add(shown: Shown): void {
    this.#acknowledged += 1;
    this.judge(shown);
  }

  /** An addition may have been made. */
  addPerhaps(): void {
    this.#unknown += 1;
  }

  /**
   * A quorum showed the line, in answer to a question asked after everything that is in the ledger; whatever
   * it showed must not be forgotten either.
   * @throws Error when an addition is missing, was made twice, or something older is shown than before
   */
  judge({ quantity, version }: Shown): void {
    const most = this.#acknowledged + this.#unknown;
    if (quantity < this.#acknowledged || quantity > most) {
      throw new Error(`the line holds ${quantity}, not ${this.#acknowledged} to ${most}`);
    }
    if (version < this.#version) throw new Error(`version ${version} is shown after version ${this.#version}`);
    this.#version = version;
  }
}
