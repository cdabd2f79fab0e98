/*
 * Asks replicas until a quorum has answered: first as many as are needed, one more for each that fails
 * or is late. Nodes that may have missed writes are asked on top, and not waited for. What comes after
 * the quorum goes to `onLate`.
 */
import type { Clock, NodeRead, Timer } from '@trolley/cluster';
import type { Peer } from './peers.ts';
import type { ReplicaAnswer } from './quorum-read.ts';
import { answerOf } from './ask-replica.ts';
import { FAILING_PATIENCE_MS } from './failing-patience.ts';
import { quorumMet, type Nodes, type ReplicaSet } from './quorum.ts';

/** A node that is always fast is not called late for a hiccup of the event loop. */
const HEDGE_DELAY_MIN_MS = 10;

/** Between two looks at a node with drafts, whose fate comes with a round trip and a disk. */
const DRAFTS_LOOK_MS = 5;

/** What a gathering works with. */
export interface GatherOptions {
  readonly key: string;
  readonly requestId: string;
  readonly clock: Clock;
  /** In the order to ask. */
  readonly peers: readonly Peer[];
  readonly sets: readonly ReplicaSet[];
  /** Whether the first is asked for its whole record; the others give their contexts. */
  readonly firstDetail: 'record' | 'context';
  /**
   * How long to ask again those that may be about to change, for their drafts; undefined to take what they hold. What is
   * drafted counts for whoever changes the key next.
   */
  readonly awaitsDraftsMs?: number;
  /** Peers to ask on top of the quorum. */
  readonly isWatched: (nodeId: string) => boolean;
  /** Told when a late answer made another replica be asked. */
  readonly onHedge: () => void;
  /** Told of answers that came after the gathering was over, and of what it brought. */
  readonly onLate: (nodeId: string, answer: ReplicaAnswer, gathered: Pick<Gathered, 'answers'>) => void;
}

/** What a gathering brought. */
export interface Gathered {
  readonly answers: ReadonlyMap<string, ReplicaAnswer>;
  /** Those whose answers count towards a quorum. */
  readonly complete: Nodes;
  readonly met: boolean;
  /** Why replicas did not answer. */
  readonly failures: ReadonlyMap<string, string>;
}

/** Resolves once a quorum has answered, or no more answers are to be had. Never rejects. */
export function gather(options: GatherOptions): Promise<Gathered> {
  return new Promise((resolve) => new Gathering(options, resolve).start());
}

const NO_FAILURES: ReadonlyMap<string, string> = new Map();

class Gathering {
  readonly #options: GatherOptions;
  readonly #resolve: (gathered: Gathered) => void;
  readonly #unasked: Peer[];
  readonly #startedMs: number;
  readonly #outstanding: Peer[] = [];
  readonly #answers = new Map<string, ReplicaAnswer>();
  readonly #complete = new Set<string>();
  /** Made once there is one. */
  #failures: Map<string, string> | undefined;
  #over = false;
  #timer: Timer | undefined;
  /** Those that have answered or still may. */
  readonly #hopedFor: Nodes = {
    has: (id) => this.#complete.has(id) || this.#outstanding.some((peer) => peer.id === id),
  };

  constructor(options: GatherOptions, resolve: (gathered: Gathered) => void) {
    this.#options = options;
    this.#resolve = resolve;
    this.#unasked = options.peers.slice();
    this.#startedMs = options.awaitsDraftsMs === undefined ? 0 : options.clock.monotonicMs();
  }

  start(): void {
    this.#askWhatIsMissing(this.#options.firstDetail);
    this.#askWatched();
    if (this.#outstanding.length === 0) this.#settle(false);
    else this.#waitForLate();
  }

  /** Asks for as many answers as are still missing beyond those on their way. */
  #askWhatIsMissing(firstDetail: 'record' | 'context' = 'context'): void {
    let detail = firstDetail;
    while (!quorumMet(this.#options.sets, this.#hopedFor)) {
      const next = this.#unasked.shift();
      if (next === undefined) return;
      this.#ask(next, detail);
      detail = 'context';
    }
  }

  #askWatched(): void {
    for (const peer of this.#unasked.filter(({ id, up }) => up && this.#options.isWatched(id))) {
      this.#unasked.splice(this.#unasked.indexOf(peer), 1);
      this.#ask(peer, 'context');
    }
  }

  #ask(peer: Peer, detail: 'record' | 'context'): void {
    this.#outstanding.push(peer);
    peer.client.read(this.#options.key, detail, this.#options.requestId).then(
      (read) => this.#answered(peer, read),
      (error: unknown) => this.#failed(peer, error),
    );
  }

  #answered(peer: Peer, read: NodeRead): void {
    if (read.drafted && this.#isPatientWithDrafts() && !this.#over) {
      this.#options.clock.after(DRAFTS_LOOK_MS, () => this.#askOnceMore(peer));
      return;
    }
    const answer = answerOf(read);
    if (this.#over) {
      this.#options.onLate(peer.id, answer, { answers: this.#answers });
      return;
    }
    this.#ended(peer);
    this.#answers.set(peer.id, answer);
    if (answer.incomplete) this.#askWhatIsMissing();
    else this.#complete.add(peer.id);
    this.#settleIfDone();
  }

  #isPatientWithDrafts(): boolean {
    const { clock, awaitsDraftsMs } = this.#options;
    return awaitsDraftsMs !== undefined && clock.monotonicMs() - this.#startedMs < awaitsDraftsMs;
  }

  #askOnceMore(peer: Peer): void {
    if (this.#over) return;
    this.#ended(peer);
    this.#ask(peer, 'context');
  }

  #failed(peer: Peer, error: unknown): void {
    if (this.#over) return;
    this.#ended(peer);
    this.#fail(peer.id, error instanceof Error ? error.message : String(error));
    this.#askWhatIsMissing();
    this.#settleIfDone();
  }

  #ended(peer: Peer): void {
    this.#outstanding.splice(this.#outstanding.indexOf(peer), 1);
  }

  #settleIfDone(): void {
    const met = quorumMet(this.#options.sets, this.#complete);
    if (met || this.#outstanding.length === 0) this.#settle(met);
  }

  #settle(met: boolean): void {
    this.#over = true;
    this.#timer?.cancel();
    const failures = this.#failures ?? NO_FAILURES;
    this.#resolve({ answers: this.#answers, complete: this.#complete, met, failures });
  }

  #fail(id: string, reason: string): void {
    this.#failures ??= new Map();
    this.#failures.set(id, reason);
  }

  /** Hedges: once the slowest outstanding node is past its own p99, one more replica is asked. */
  #waitForLate(): void {
    let delayMs: number | undefined;
    for (const { client } of this.#outstanding) {
      if (!client.failing) delayMs = Math.max(delayMs ?? HEDGE_DELAY_MIN_MS, client.readP99Ms);
    }
    this.#timer = this.#options.clock.after(delayMs ?? FAILING_PATIENCE_MS, () => this.#late());
  }

  #late(): void {
    const next = this.#unasked.shift();
    if (next !== undefined) {
      this.#options.onHedge();
      this.#ask(next, 'context');
    } else if (this.#outstanding.every(({ client }) => client.failing)) {
      for (const { id } of this.#outstanding) this.#fail(id, 'no answer yet, and none to its last call');
      this.#settle(false);
      return;
    }
    this.#waitForLate();
  }
}
