/*
 * Runs the embedded registry's state: ends leases as time goes by, wakes whoever waits for a change,
 * writes the map to its file before anyone sees it. It knows no HTTP.
 */
import type { Clock, Timer } from '../environment.ts';
import type { Participant } from '../registry-details.ts';
import type { StoredMap } from '../registry.ts';
import { readMapFile, writeMapFile } from './map-file.ts';
import { RENEWALS_PER_LEASE, VIEW_WAIT_MS, type MapWrite, type ViewReply } from './protocol.ts';
import {
  expire,
  nextStored,
  prolong,
  register,
  REGISTRATIONS_MAX,
  showStored,
  startState,
  viewOf,
  withdraw,
  type RegistryState,
} from './registry-state.ts';

/** Leases are looked at this many times in the span of one. */
const CHECKS_PER_LEASE = 8;
/** Requests for the next view that may wait at the same time: one of each that is registered. */
const WAITING_MAX = REGISTRATIONS_MAX;
/** Writes of the map that may wait for the disk at the same time. */
const MAP_WRITES_MAX = 100;

/** What the embedded registry needs. */
export interface RegistryHostSettings {
  readonly clock: Clock;
  /** How long a registration lasts that is not renewed. */
  readonly leaseMs: number;
  /** Where the map is kept; without it, a restart forgets the map. */
  readonly mapFile?: string | undefined;
}

/** The embedded registry, apart from HTTP. `busy` means that a bound has been reached. */
export interface RegistryHost {
  register(lease: string, participant: Participant): { readonly sequence: number } | 'busy';
  withdraw(lease: string): void;
  /**
   * Answers when the view has another revision than `after`, with the same object to all; `unchanged` when that takes a
   * while. So it costs the registry little to be followed by many.
   */
  view(after: number | undefined): Promise<ViewReply | 'unchanged' | 'busy'>;
  /** Rejects when the disk does; nothing has changed then, for anyone who asks this registry. */
  writeMap(write: MapWrite): Promise<'written' | 'conflict' | 'busy'>;
  /** Wakes whoever waits, and stops the clock. */
  close(): void;
}

/**
 * Starts the registry on the map that its file holds. If there is one, nodes may still be running that a
 * registry before this one knew: the view is withheld for as long as they need to register again, so that
 * nobody takes them for dead.
 *
 * @throws MapFileError when the file is damaged
 */
export async function createRegistryHost(settings: RegistryHostSettings): Promise<RegistryHost> {
  const stored = settings.mapFile === undefined ? undefined : await readMapFile(settings.mapFile);
  return new EmbeddedRegistryHost(settings, stored);
}

class EmbeddedRegistryHost implements RegistryHost {
  readonly #settings: RegistryHostSettings;
  readonly #waiting = new Set<() => void>();
  #state: RegistryState;
  /** The state as clients see it; undefined until one asks for it. */
  #view: ViewReply | undefined;
  #settling: boolean;
  #mapWrites = 0;
  #lastMapWrite: Promise<unknown> = Promise.resolve();
  readonly #settled: Timer;
  #nextCheck: Timer;

  constructor(settings: RegistryHostSettings, stored: StoredMap | undefined) {
    this.#settings = settings;
    this.#state = startState(settings.clock.nowMs(), stored);
    this.#settling = stored !== undefined;
    this.#settled = settings.clock.after(settings.leaseMs / RENEWALS_PER_LEASE, () => {
      this.#settling = false;
      this.#wake();
    });
    this.#nextCheck = this.#checkLater();
  }

  register(lease: string, participant: Participant): { readonly sequence: number } | 'busy' {
    const expiresAtMs = this.#settings.clock.monotonicMs() + this.#settings.leaseMs;
    const next = register(this.#state, lease, participant, expiresAtMs);
    if (next === undefined) {
      return 'busy';
    }
    this.#become(next);
    return { sequence: next.registrations.get(lease)?.sequence ?? 0 };
  }

  withdraw(lease: string): void {
    this.#become(withdraw(this.#state, lease));
  }

  async view(after: number | undefined): Promise<ViewReply | 'unchanged' | 'busy'> {
    if (this.#settling || after === this.#state.revision) {
      if (this.#waiting.size >= WAITING_MAX) {
        return 'busy';
      }
      await this.#nextChange();
    }
    if (this.#settling) {
      return 'busy';
    }
    if (after === this.#state.revision) {
      return 'unchanged';
    }
    this.#view ??= viewOf(this.#state);
    return this.#view;
  }

  async writeMap(write: MapWrite): Promise<'written' | 'conflict' | 'busy'> {
    if (this.#mapWrites >= MAP_WRITES_MAX) {
      return 'busy';
    }
    this.#mapWrites += 1;
    const result = this.#lastMapWrite.then(async () => await this.#writeNext(write));
    this.#lastMapWrite = result.catch(() => {});
    try {
      return await result;
    } finally {
      this.#mapWrites -= 1;
    }
  }

  close(): void {
    this.#settled.cancel();
    this.#nextCheck.cancel();
    this.#wake();
  }

  async #writeNext(write: MapWrite): Promise<'written' | 'conflict'> {
    const stored = nextStored(this.#state, write);
    if (stored === undefined) {
      return 'conflict';
    }
    if (this.#settings.mapFile !== undefined) {
      await writeMapFile(this.#settings.mapFile, stored);
    }
    this.#become(showStored(this.#state, stored));
    return 'written';
  }

  #become(next: RegistryState): void {
    const seen = next.revision !== this.#state.revision;
    this.#state = next;
    if (seen) {
      this.#view = undefined;
    }
    if (seen && !this.#settling) {
      this.#wake();
    }
  }

  #wake(): void {
    for (const wake of this.#waiting) {
      wake();
    }
  }

  async #nextChange(): Promise<void> {
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        timer.cancel();
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = this.#settings.clock.after(VIEW_WAIT_MS, wake);
      this.#waiting.add(wake);
    });
  }

  #checkLater(): Timer {
    const { clock, leaseMs } = this.#settings;
    const everyMs = leaseMs / CHECKS_PER_LEASE;
    const dueMs = clock.monotonicMs() + everyMs;
    return clock.after(everyMs, () => {
      const lateMs = clock.monotonicMs() - dueMs;
      // This process stood still (a stopped process, a busy machine): renewals wait unread in its sockets.
      if (lateMs > everyMs) {
        this.#become(prolong(this.#state, lateMs));
      }
      this.#become(expire(this.#state, clock.monotonicMs()));
      this.#nextCheck = this.#checkLater();
    });
  }
}
