/*
 * Sends one record to several replicas and resolves once enough have it on disk. Used for the second
 * half of a write and for read repair alike: a replica merges what it is sent, so sending twice or to
 * one that knows more does no harm.
 */
import type { Timer } from '@trolley/cluster';
import type { RecordText } from '@trolley/records';
import { FAILING_PATIENCE_MS } from './failing-patience.ts';
import type { Peer } from './peers.ts';
import { quorumMet, type ReplicaSet } from './quorum.ts';
import type { StoreContext } from './store-context.ts';

/** What is written where. */
export interface WriteBack {
  readonly key: string;
  readonly text: RecordText;
  readonly requestId: string;
  readonly peers: readonly Peer[];
  readonly sets: readonly ReplicaSet[];
  /** Those that hold the record already. */
  readonly holders: readonly string[];
  /** Replicas that should hold it as well, whether or not they are among the peers; they are hinted to if not. */
  readonly owners: readonly string[];
  /** Told of each replica that learned something from it. */
  readonly onChanged?: (nodeId: string) => void;
}

/**
 * Resolves to the replicas that hold the record on disk, as soon as they are a quorum or no more are to
 * be had. Never rejects; replicas that miss it are watched from then on, and a holder is told to push it to them later.
 */
export function writeBack(context: StoreContext, write: WriteBack): Promise<ReadonlySet<string>> {
  return new Promise((resolve) => new Spreading(context, write, resolve).start());
}

class Spreading {
  readonly #context: StoreContext;
  readonly #write: WriteBack;
  readonly #resolve: (holders: ReadonlySet<string>) => void;
  readonly #holders: Set<string>;
  readonly #outstanding = new Map<string, Peer>();
  #isPatient = true;
  #isOver = false;
  #patience: Timer | undefined;

  constructor(context: StoreContext, write: WriteBack, resolve: (holders: ReadonlySet<string>) => void) {
    this.#context = context;
    this.#write = write;
    this.#resolve = resolve;
    this.#holders = new Set(write.holders);
  }

  start(): void {
    const { peers, owners } = this.#write;
    for (const peer of peers) this.#outstanding.set(peer.id, peer);
    for (const owner of owners) {
      if (!this.#holders.has(owner) && !this.#outstanding.has(owner)) this.#missed(owner, 'it is down');
    }
    for (const peer of peers) this.#send(peer);
    this.#settleIfDone();
    if (!this.#isOver) this.#waitForFailing();
  }

  #send(peer: Peer): void {
    const { key, text, requestId } = this.#write;
    peer.client.merge(key, text, requestId).then(
      (changed) => this.#reached(peer, changed),
      (error: unknown) => {
        this.#context.watched.watch(peer.id);
        this.#missed(peer.id, String(error));
        this.#ended(peer);
      },
    );
  }

  #reached(peer: Peer, changed: boolean): void {
    this.#holders.add(peer.id);
    this.#context.missedWrites.reached(peer.id);
    if (changed) this.#write.onChanged?.(peer.id);
    this.#ended(peer);
  }

  #missed(node: string, error: string): void {
    const { key, requestId } = this.#write;
    this.#context.hints.missed(node, key, this.#holders);
    this.#context.missedWrites.missed({ node, key, requestId, error });
  }

  #ended(peer: Peer): void {
    this.#outstanding.delete(peer.id);
    this.#settleIfDone();
  }

  #waitForFailing(): void {
    this.#patience = this.#context.clock.after(FAILING_PATIENCE_MS, () => {
      this.#isPatient = false;
      this.#settleIfDone();
    });
  }

  #settleIfDone(): void {
    if (this.#isOver) return;
    const isHopeless = this.#outstanding.size === 0 || (!this.#isPatient && this.#areAllFailing());
    if (!isHopeless && !quorumMet(this.#write.sets, this.#holders)) return;
    this.#isOver = true;
    this.#patience?.cancel();
    // Whoever reaches it later still adds to the set of this one.
    this.#resolve(new Set(this.#holders));
  }

  #areAllFailing(): boolean {
    return [...this.#outstanding.values()].every(({ client }) => client.failing);
  }
}
