/*
 * Reads a key from a quorum and repairs what the read finds stale. The decisions are quorum-read.ts's.
 */
import { decodeRecord, emptyRecord, version, type ContextText, type RecordText } from '@trolley/records';
import { StoreError, type ReadResult, type StoreOptions } from '../store.ts';
import { askReplica } from './ask-replica.ts';
import { gather, type Gathered } from './gather.ts';
import type { Peer } from './peers.ts';
import { judgeAnswers, NO_CONTEXT, reconcile, type Reconciliation, type ReplicaAnswer } from './quorum-read.ts';
import { quorumReport, worseReport, type Nodes } from './quorum.ts';
import type { Repairer } from './repairer.ts';
import type { StoreContext } from './store-context.ts';
import { targetsOf, type Targets } from './targets.ts';
import { underOneMap } from './under-one-map.ts';
import { writeBack } from './write-back.ts';

/** What a read has seen, to go on from. */
interface Request {
  readonly key: string;
  readonly targets: Targets;
  readonly options: StoreOptions;
}

/** Reads keys. */
export class QuorumReader {
  readonly #context: StoreContext;
  readonly #repairer: Repairer;

  constructor(context: StoreContext, repairer: Repairer) {
    this.#context = context;
    this.#repairer = repairer;
  }

  /** The merged record of a quorum, held by a quorum when this resolves. @throws StoreError */
  read(key: string, options: StoreOptions): Promise<ReadResult> {
    const { map, peers } = this.#context;
    return underOneMap(map, () => this.#readOnce({ key, options, targets: targetsOf(key, map(), peers, options) }));
  }

  async #readOnce(request: Request): Promise<ReadResult> {
    const gathered = await this.#gather(request);
    refuseIfTooFew(request, gathered);
    const verdict = judgeAnswers(gathered.answers);
    if (verdict.type === 'agreed') {
      if (verdict.context === NO_CONTEXT) return result(request, emptyRecord, gathered.complete);
      const text = verdict.record ?? (await this.#fetchFromAny(request, gathered, verdict.context));
      if (text !== undefined) return result(request, decodeRecord(text), gathered.complete);
    }
    return this.#readAndRepair(request, gathered);
  }

  #gather({ key, targets, options }: Request): Promise<Gathered> {
    const { clock, watched, metrics } = this.#context;
    return gather({
      key,
      requestId: options.requestId,
      clock,
      peers: targets.peers,
      sets: targets.readSets,
      firstDetail: 'record',
      isWatched: (nodeId) => watched.isWatched(nodeId),
      onHedge: () => metrics.hedged(),
      onLate: (_nodeId, answer, { answers }) => this.#compare(key, answer, answers),
    });
  }

  /** Looks at what came after the quorum. Where that did not agree, all replicas are asked anyway. */
  #compare(key: string, late: ReplicaAnswer, answers: Gathered['answers']): void {
    const verdict = judgeAnswers(answers);
    if (answers.size > 0 && verdict.type === 'agreed' && late.context !== verdict.context) this.#repairer.enqueue(key);
  }

  /**
   * The replica asked for its record failed, others told their contexts: any of these will do. Undefined also when it
   * has been written since then: that may be on this one replica only.
   */
  async #fetchFromAny(
    { key, targets, options }: Request,
    { answers }: Gathered,
    agreed: ContextText,
  ): Promise<RecordText | undefined> {
    for (const peer of targets.peers) {
      if (!answers.has(peer.id)) continue;
      try {
        const { context, record } = await askReplica(peer, key, 'record', options.requestId);
        return context === agreed ? record : undefined;
      } catch {
        // The next one may answer; when none does, the read goes on with all replicas.
      }
    }
    return undefined;
  }

  /** Fetches from every replica that can be asked, merges, and writes back what is stale. */
  async #readAndRepair(request: Request, gathered: Gathered): Promise<ReadResult> {
    const { key, targets, options } = request;
    const { records, complete } = await fetchRecords(request, gathered);
    if (records.size === 0) {
      throw new StoreError('NO_REPLICA', `no replica answered: ${describe(gathered)}`);
    }
    const reconciliation = reconcile(records);
    const holders = await writeBackStale(this.#context, request, reconciliation);
    // A quorum must have told what it has, to miss no write, and a quorum must hold the result, for whoever reads next.
    const told = quorumReport(targets.readSets, complete);
    const quorum = worseReport(told, quorumReport(targets.readSets, holders));
    if (options.strict === true && quorum.degraded) {
      throw new StoreError(
        'QUORUM_NOT_MET',
        `too few replicas told what they hold of ${key}, or took what others told`,
      );
    }
    return { record: reconciliation.merged, quorum };
  }
}

/** Merges all that can be reached and writes back what is stale; for background repair. */
export async function repairEverywhere(context: StoreContext, key: string, requestId: string): Promise<void> {
  const targets = targetsOf(key, context.map(), context.peers, {});
  const request: Request = { key, targets, options: { requestId } };
  const { records } = await fetchRecords(request, undefined);
  if (records.size > 0) await writeBackStale(context, request, reconcile(records));
}

async function writeBackStale(
  context: StoreContext,
  { key, targets, options }: Request,
  { text, merged, current, stale }: Reconciliation,
): Promise<ReadonlySet<string>> {
  if (stale.length === 0) return new Set(current);
  const versions = new Map(stale.map(({ node, fromVersion }) => [node, fromVersion]));
  return writeBack(context, {
    key,
    text,
    requestId: options.requestId,
    peers: targets.peers.filter(({ id }) => versions.has(id)),
    sets: targets.readSets,
    owners: [],
    holders: current,
    onChanged: (node) => {
      context.metrics.repaired('read');
      const fromVersion = versions.get(node) ?? 0;
      context.events.publish({ type: 'repaired', key, node, fromVersion, toVersion: version(merged), why: 'read' });
    },
  });
}

/** Asks all replicas for their records, but for those whose records are here already. */
async function fetchRecords({ key, targets, options }: Request, gathered: Gathered | undefined) {
  const records = new Map<string, string | undefined>();
  const complete = new Set<string>();
  const fetchOne = async (peer: Peer) => {
    const known = gathered?.answers.get(peer.id);
    const isHere = known !== undefined && (known.record !== undefined || known.context === NO_CONTEXT);
    const answer = isHere ? known : await askReplica(peer, key, 'record', options.requestId);
    records.set(peer.id, answer.record);
    if (!answer.incomplete) complete.add(peer.id);
  };
  await Promise.allSettled(targets.peers.filter((peer) => worthAsking(peer, gathered)).map(fetchOne));
  return { records, complete };
}

/** A replica that has just failed is not asked again, nor one that failed last time. */
function worthAsking(peer: Peer, gathered: Gathered | undefined): boolean {
  return gathered?.answers.has(peer.id) === true || (!gathered?.failures.has(peer.id) && !peer.client.failing);
}

function refuseIfTooFew({ targets, options }: Request, gathered: Gathered): void {
  if (gathered.answers.size === 0) throw new StoreError('NO_REPLICA', `no replica answered: ${describe(gathered)}`);
  if (gathered.met || options.strict !== true) return;
  const { answered, replicas } = quorumReport(targets.readSets, gathered.complete);
  throw new StoreError('QUORUM_NOT_MET', `${answered} of ${replicas} replicas answered: ${describe(gathered)}`);
}

function describe({ failures }: Gathered): string {
  return [...failures].map(([node, reason]) => `${node}: ${reason}`).join('; ') || 'the others are down';
}

function result({ targets }: Request, record: ReadResult['record'], answered: Nodes): ReadResult {
  return { record, quorum: quorumReport(targets.readSets, answered) };
}
