/*
 * What start-up finds wrong, gathered in one place: nothing is skipped silently. Any doubt costs the node
 * its incarnation; damage to what was acknowledged marks placement groups incomplete as well.
 */
import { basename, join } from 'node:path';
import type { SetAside } from '../engine.ts';
import type { DataLayout } from './data-layout.ts';
import type { Disk } from './disk.ts';

/** The findings of one start. */
export class Findings {
  readonly #disk: Disk;
  readonly #layout: DataLayout;
  readonly #nowMs: number;
  readonly #incomplete = new Set<number>();
  readonly setAside: SetAside[] = [];
  /** Why it cannot be proven that all that was ever acknowledged is here. */
  readonly doubts: string[] = [];
  /** Something that was acknowledged may be gone, however unlikely that is: promises on registers with it. */
  mayHaveForgotten = false;
  /** Any placement group may lack something. */
  allIncomplete = false;
  /** Some file is older than it should be, nobody knows how much. */
  hasOldFiles = false;
  /** The journal cannot be taken at its word: replaying must not go back behind what is already known. */
  journalDoubtful = false;

  constructor(disk: Disk, layout: DataLayout, nowMs: number) {
    this.#disk = disk;
    this.#layout = layout;
    this.#nowMs = nowMs;
  }

  /**
   * The time as of which what is here is certainly all that it was, in wall-clock milliseconds; undefined when
   * nothing was lost that could have told of later changes to what is here.
   * @param checkpointMs when the last checkpoint was begun: the files held all of that.
   */
  asOfMs(checkpointMs: number | undefined): number | undefined {
    if (this.hasOldFiles) return 0;
    return this.allIncomplete ? (checkpointMs ?? 0) : undefined;
  }

  get incomplete(): ReadonlySet<number> {
    return this.#incomplete;
  }

  doubt(reason: string): void {
    this.doubts.push(reason);
  }

  forgot(reason: string): void {
    this.mayHaveForgotten = true;
    this.doubt(reason);
  }

  lostGroup(pg: number, reason: string): void {
    this.#incomplete.add(pg);
    this.doubt(reason);
  }

  lostAnything(reason: string): void {
    this.allIncomplete = true;
    this.doubt(reason);
  }

  /** Moves a file that is not to be used any more out of the way. */
  async moveAside(path: string, reason: string): Promise<void> {
    const target = await this.#asidePath(path, reason);
    await this.#disk.rename(path, target);
  }

  /** Keeps a copy of a file that goes on being used until the next checkpoint. */
  async copyAside(path: string, reason: string): Promise<void> {
    const target = await this.#asidePath(path, reason);
    const copy = await this.#disk.create(target);
    try {
      await copy.append(await this.#disk.read(path));
      await copy.sync();
    } finally {
      await copy.close();
    }
  }

  async #asidePath(path: string, reason: string): Promise<string> {
    await this.#disk.makeDirectory(this.#layout.setAside);
    const when = new Date(this.#nowMs).toISOString().replaceAll(':', '');
    const names = new Set(await this.#disk.list(this.#layout.setAside));
    const wanted = `${when}-${basename(path)}`;
    let name = wanted;
    for (let copy = 2; names.has(name); copy++) name = `${wanted}.${copy}`;
    const target = join(this.#layout.setAside, name);
    this.setAside.push({ file: target, reason: `${basename(path)}: ${reason}` });
    return target;
  }
}
