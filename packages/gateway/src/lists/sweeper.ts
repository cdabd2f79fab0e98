/*
 * Finishes or undoes what a gateway's death cut short: looks through the lists of open work now and then, and hands
 * what has been there for long to whoever knows that kind of work. Every gateway does this, at moments of its own, so
 * handlers must bear company.
 */
import type { Clock, Random, Timer } from '@trolley/cluster';
import type { Logger } from 'pino';
import type { GatewayMetrics } from '../metrics.ts';
import { mapParallel } from '../parallel.ts';
import { OPEN_LISTS, type OpenEntry, type OpenWork } from './open-work.ts';

/** An entry that has been open for long. */
export interface OldWork {
  /** What follows the kind in its name. */
  readonly id: string;
  /** How long ago it was noted, by this gateway's clock. */
  readonly ageMs: number;
  readonly requestId: string;
}

/** Finishes or undoes one piece of work. `open`: it is too early, try again later. */
export type SweepHandler = (work: OldWork) => Promise<'finished' | 'open'>;

/** What a sweeper works with. */
export interface SweeperDependencies {
  readonly openWork: OpenWork;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: Pick<GatewayMetrics, 'openWorkSwept'>;
  /** By kind: what stands before the colon of an entry's name. Others are left alone. */
  readonly handlers: Readonly<Record<string, SweepHandler>>;
}

/** Work that is younger is being done: taking it up would only be in its way. */
export const OPEN_FOR_LONG_MS = 10_000;
/** Time between two sweeps, on average. More often finishes sooner, and reads more. */
const SWEEP_EVERY_MS = 5_000;
/** How many pieces of work are taken up at a time. */
const HANDLED_AT_A_TIME = 8;

/** Sweeps until it is stopped. */
export class Sweeper {
  readonly #dependencies: SweeperDependencies;
  #timer: Timer | undefined;
  #isStopped = false;
  #sweeps = 0;

  constructor(dependencies: SweeperDependencies) {
    this.#dependencies = dependencies;
  }

  /** Begins to sweep now and then. */
  start(): void {
    const { clock, random } = this.#dependencies;
    if (this.#isStopped) return;
    // From half to one and a half times: gateways that started together part ways.
    this.#timer = clock.after(SWEEP_EVERY_MS * (0.5 + random()), () => void this.sweep().finally(() => this.start()));
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  /** Looks through all lists once. Never rejects: what fails is logged and tried again the next time. */
  async sweep(): Promise<void> {
    this.#sweeps += 1;
    const requestId = `sweep-${this.#sweeps}`;
    for (let list = 0; list < OPEN_LISTS && !this.#isStopped; list += 1) {
      await this.#attempt(`open list ${list}`, () => this.#sweepList(list, requestId));
    }
  }

  async #sweepList(list: number, requestId: string): Promise<void> {
    const { openWork, clock } = this.#dependencies;
    const entries = await openWork.entriesOf(list, requestId);
    const aged = entries.map((entry) => ({ entry, ageMs: clock.nowMs() - entry.sinceSeconds * 1_000 }));
    await mapParallel(
      aged.filter(({ ageMs }) => ageMs >= OPEN_FOR_LONG_MS),
      ({ entry, ageMs }) => this.#takeUp(entry, ageMs, requestId),
      HANDLED_AT_A_TIME,
    );
  }

  async #takeUp(entry: OpenEntry, ageMs: number, requestId: string): Promise<void> {
    const { metrics } = this.#dependencies;
    const isDone = await this.#attempt(entry.name, async () => {
      metrics.openWorkSwept(await this.#handle(entry, ageMs, requestId));
    });
    if (!isDone) metrics.openWorkSwept('failed');
  }

  async #handle({ name, sinceSeconds }: OpenEntry, ageMs: number, requestId: string): Promise<'finished' | 'open'> {
    const { openWork, handlers } = this.#dependencies;
    const colon = name.indexOf(':');
    const kind = name.slice(0, colon);
    const handler = Object.hasOwn(handlers, kind) ? handlers[kind] : undefined;
    if (handler === undefined) return 'open';
    const outcome = await handler({ id: name.slice(colon + 1), ageMs, requestId });
    if (outcome === 'finished') await openWork.strike(name, requestId, sinceSeconds);
    return outcome;
  }

  /** Whether it did not fail. */
  async #attempt(what: string, work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      this.#dependencies.logger.warn({ what, err: error }, 'a sweep could not finish this; the next one tries again');
      return false;
    }
  }
}
