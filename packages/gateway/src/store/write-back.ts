/*
 * Sends one record to several replicas and resolves once enough have it on disk. Used for the second
 * half of a write and for read repair alike: a replica merges what it is sent, so sending twice or to
 * one that knows more does no harm.
 */
import { NodeCallError, type Timer } from '@trolley/cluster';
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

/** A record that so far is the draft of a replica, which must be told when others have adopted it. */
export interface DraftOffer {
  readonly coordinator: Peer;
  /** The epoch by which it coordinates. */
  readonly madeUnder: number;
  /** Whoever adopts it must do so within this time. */
  readonly withinMs: number;
}

/** What has come of spreading a record. */
interface Spread {
  readonly holders: ReadonlySet<string>;
  /** A replica that brought no answer may hold it. */
  readonly isUncertain: boolean;
}

/**
 * Resolves to the replicas that hold the record on disk, as soon as they are a quorum or no more are to
 * be had. Never rejects; replicas that miss it are watched from then on, and a holder is told to push it to them later.
 */
export async function writeBack(context: StoreContext, write: WriteBack): Promise<ReadonlySet<string>> {
  const { holders } = await spread(context, write, undefined);
  return holders;
}

/**
 * Offers a draft to the peers. Once one has adopted it, it is as good as any other record, and spread like one: to the
 * coordinator and to whoever refused it as well. While none has, no replica has it, and none will.
 */
export function offerDraft(context: StoreContext, write: WriteBack, offer: DraftOffer): Promise<Spread> {
  return spread(context, write, offer);
}

function spread(context: StoreContext, write: WriteBack, offer: DraftOffer | undefined): Promise<Spread> {
  return new Promise((resolve) => new Spreading(context, write, offer, resolve).start());
}

class Spreading {
  readonly #context: StoreContext;
  readonly #write: WriteBack;
  /** Undefined for what is no draft, or no longer one. */
  #offer: DraftOffer | undefined;
  readonly #resolve: (spread: Spread) => void;
  readonly #holders: Set<string>;
  readonly #outstanding = new Map<string, Peer>();
  /** Those that did not take the draft, and those that could not be asked; made once there are any. */
  #without: Peer[] | undefined;
  #missing: [node: string, error: string][] | undefined;
  #isUncertain = false;
  #isPatient = true;
  #isOver = false;
  #patience: Timer | undefined;

  constructor(
    context: StoreContext,
    write: WriteBack,
    offer: DraftOffer | undefined,
    resolve: (spread: Spread) => void,
  ) {
    this.#context = context;
    this.#write = write;
    this.#offer = offer;
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
    if (this.#offer === undefined) this.#merge(peer);
    else this.#offerTo(peer, this.#offer);
  }

  #offerTo(peer: Peer, offer: DraftOffer): void {
    const { key, text, requestId } = this.#write;
    peer.client.adopt(key, text, offer, requestId).then(
      (isHeld) => (isHeld ? this.#adopted(peer) : this.#notTaken(peer)),
      (error: unknown) => {
        // Under the newer map it is offered, or merged, anew.
        const isOutdated = error instanceof NodeCallError && error.code === 'STALE_EPOCH';
        if (isOutdated) this.#notTaken(peer);
        else this.#failed(peer, error);
      },
    );
  }

  #adopted(peer: Peer): void {
    const offer = this.#offer;
    this.#offer = undefined;
    this.#holders.add(peer.id);
    if (offer !== undefined) {
      for (const [node, error] of this.#missing ?? []) this.#missed(node, error);
      for (const late of [offer.coordinator, ...(this.#without ?? [])]) {
        this.#outstanding.set(late.id, late);
        this.#merge(late);
      }
    }
    this.#reached(peer, true);
  }

  #notTaken(peer: Peer): void {
    if (this.#offer === undefined) {
      this.#merge(peer);
      return;
    }
    this.#without ??= [];
    this.#without.push(peer);
    this.#ended(peer);
  }

  #failed(peer: Peer, error: unknown): void {
    this.#isUncertain ||= !(error instanceof NodeCallError) || error.maybeDone;
    if (this.#offer === undefined) {
      this.#missed(peer.id, String(error));
    } else {
      // It may hold the draft all the same.
      this.#context.watched.watch(peer.id);
      this.#missing ??= [];
      this.#missing.push([peer.id, String(error)]);
    }
    this.#ended(peer);
  }

  #merge(peer: Peer): void {
    const { key, text, requestId } = this.#write;
    peer.client.merge(key, text, requestId).then(
      (changed) => this.#reached(peer, changed),
      (error: unknown) => this.#failed(peer, error),
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
    this.#context.watched.watch(node);
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
    this.#resolve({
      holders: new Set(this.#holders),
      isUncertain: this.#isUncertain || this.#outstanding.size > 0,
    });
  }

  #areAllFailing(): boolean {
    return [...this.#outstanding.values()].every(({ client }) => client.failing);
  }
}
