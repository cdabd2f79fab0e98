/*
 * Storage nodes in memory behind a transport: they merge as real ones do, count what they are asked, and
 * can be made to refuse, hang, forget or answer late.
 */
import {
  NodeCallError,
  type Batch,
  type BatchReply,
  type NodeAddress,
  type NodeOperation,
  type NodeResult,
  type NodeStatus,
  type NodeTransport,
  type RepairRun,
} from '@trolley/cluster';
import type { ClusterMap } from '@trolley/crush';
import {
  accept,
  applyChange,
  compare,
  contextTextOf,
  decodeRecord,
  decodeRegister,
  emptyRecord,
  emptyRegister,
  encodeContext,
  encodeRecord,
  encodeRegister,
  isRegisterText,
  merge,
  mergeTexts,
  prepare,
  type CausalRecord,
  type Register,
} from '@trolley/records';

/** How a fake node answers. */
export type Behaviour = 'sound' | 'refuses' | 'hangs' | 'read-only' | 'loses-answers' | 'incomplete';

const IDLE: NodeStatus = {
  records: 0,
  bytes: 0,
  hintsWaiting: [],
  incompleteGroups: [],
  fetching: null,
  lastEvent: 0,
  events: [],
};

/** What gateways never ask. */
const NEVER_ASKED = {
  'digest-groups': 0,
  'digest-children': 0,
  'digest-entries': 0,
  drop: 0,
  'tombstone-drops': 0,
  'highest-promises': 0,
  'known-map': 0,
};

const READ_ONLY: NodeResult = { type: 'error', code: 'READ_ONLY', message: 'the disk is full' };

/** One node in memory. */
export class FakeNode {
  readonly id: string;
  readonly port: number;
  readonly records = new Map<string, CausalRecord>();
  readonly registers = new Map<string, Register>();
  behaviour: Behaviour = 'sound';
  /** Operations by type, and how many of them changed a record. */
  readonly counts = {
    read: 0,
    change: 0,
    draft: 0,
    adopt: 0,
    withdraw: 0,
    merge: 0,
    scan: 0,
    status: 0,
    hint: 0,
    prepare: 0,
    accept: 0,
    repair: 0,
    changed: 0,
    batches: 0,
    ...NEVER_ASKED,
  };
  /** What it was told to remember: which node missed which keys. */
  readonly hints: [node: string, keys: readonly string[]][] = [];
  /** What it says of itself. */
  status: NodeStatus = IDLE;
  /** What it says of its latest full comparison. */
  repairRun: RepairRun | null = null;
  /** The event after which it was last asked for more. */
  lastEventsAfter = -1;
  incarnation = 1;
  /** Groups of which scans say that the node may lack something. */
  incompleteGroups: readonly number[] = [];
  syncedEpoch = 0;
  /** Whether it drafts changes; otherwise they are made the long way. */
  drafts = false;
  /** Drafts of the one key that a test changes, oldest first. */
  readonly #drafts: { readonly id: string; readonly record: CausalRecord }[] = [];
  /** Batches made under an older map than this are turned away. */
  epoch = 0;
  /** The newest map that it says the registry told it. */
  knownMap: ClusterMap | null = null;

  constructor(id: string, port: number) {
    this.id = id;
    this.port = port;
  }

  perform(operation: NodeOperation): NodeResult {
    this.counts[operation.type] += 1;
    switch (operation.type) {
      case 'read':
        return this.#read(operation.key, operation.detail);
      case 'merge':
        return { type: 'merge', changed: this.#merge(operation.key, operation.record) };
      case 'draft':
        return this.#draft(operation);
      case 'adopt':
        return this.#adopt(operation);
      case 'withdraw':
        return this.#withdraw(operation);
      case 'prepare':
        return this.#prepare(operation);
      case 'accept':
        return this.#accept(operation);
      case 'change':
        return this.#change(operation);
      case 'scan':
        return this.#scan(operation);
      case 'status':
        this.lastEventsAfter = operation.eventsAfter;
        return { type: 'status', ...this.status };
      case 'hint':
        this.hints.push([operation.node, operation.keys]);
        return { type: 'hint' };
      case 'known-map':
        return { type: 'known-map', map: this.#mapNewerThan(operation.newerThan ?? 0) };
      case 'repair':
        return { type: 'repair', run: this.repairRun };
      case 'digest-groups':
      case 'digest-children':
      case 'digest-entries':
      case 'drop':
      case 'tombstone-drops':
      case 'highest-promises':
        return { type: 'error', code: 'INVALID_OPERATION', message: 'for nodes among themselves' };
      default:
        return operation satisfies never;
    }
  }

  #mapNewerThan(epoch: number): ClusterMap | null {
    return this.knownMap !== null && this.knownMap.epoch > epoch ? this.knownMap : null;
  }

  #read(key: string, detail: 'record' | 'context'): NodeResult {
    const record = this.records.get(key);
    const flag = this.behaviour === 'incomplete' ? { incomplete: true as const } : {};
    const register = this.registers.get(key);
    if (register !== undefined) {
      const text = encodeRegister(register);
      return { type: 'read', ...(detail === 'context' ? { context: contextTextOf(text) } : { record: text }), ...flag };
    }
    if (detail === 'context') {
      return { type: 'read', context: record === undefined ? null : encodeContext(record.context), ...flag };
    }
    return { type: 'read', record: record === undefined ? null : encodeRecord(record), ...flag };
  }

  #change({ key, change, base }: Extract<NodeOperation, { type: 'change' }>): NodeResult {
    if (this.behaviour === 'read-only') return READ_ONLY;
    const before = merge(this.#get(key), base === null ? emptyRecord : decodeRecord(base));
    const outcome = applyChange(before, change, { actor: `${this.id}.${this.incarnation}`, nowMs: 0 });
    this.#put(key, outcome.record);
    const record = encodeRecord(outcome.record);
    if (outcome.type === 'refused') return { ...outcome, record };
    return { type: 'change', outcome: outcome.type, record };
  }

  #draft({ key, id, change }: Extract<NodeOperation, { type: 'draft' }>): NodeResult {
    const nothing = { type: 'draft', record: null } as const;
    if (!this.drafts || this.behaviour === 'read-only' || this.behaviour === 'incomplete') return nothing;
    const before = merge(this.#get(key), this.#drafts.at(-1)?.record ?? emptyRecord);
    const outcome = applyChange(before, change, { actor: `${this.id}.draft-${this.incarnation}`, nowMs: 0 });
    if (outcome.type !== 'applied') return nothing;
    this.#drafts.push({ id, record: outcome.record });
    return { type: 'draft', record: encodeRecord(outcome.record) };
  }

  #withdraw({ key, id, record }: Extract<NodeOperation, { type: 'withdraw' }>): NodeResult {
    const index = this.#drafts.findIndex((draft) => draft.id === id);
    const drafted = record === undefined ? this.#drafts[index]?.record : decodeRecord(record);
    const held = this.#get(key);
    if (drafted !== undefined && ['before', 'equal'].includes(compare(drafted.context, held.context))) {
      return { type: 'withdraw', outcome: { type: 'held', record: encodeRecord(held) } };
    }
    if (index !== -1 && index < this.#drafts.length - 1) return { type: 'withdraw', outcome: { type: 'built-upon' } };
    if (index !== -1) this.#drafts.splice(index);
    this.incarnation += 1;
    return { type: 'withdraw', outcome: { type: 'withdrawn' } };
  }

  #adopt({ key, record }: Extract<NodeOperation, { type: 'adopt' }>): NodeResult {
    if (this.behaviour === 'read-only') return READ_ONLY;
    const order = compare(this.#get(key).context, decodeRecord(record).context);
    if (order === 'concurrent' || this.behaviour === 'incomplete') return { type: 'adopt', outcome: 'refused' };
    return { type: 'adopt', outcome: this.#merge(key, record) ? 'adopted' : 'held' };
  }

  #merge(key: string, text: string): boolean {
    if (!isRegisterText(text)) return this.#put(key, merge(this.#get(key), decodeRecord(text)));
    const own = this.registers.get(key);
    const merged = mergeTexts(own === undefined ? undefined : encodeRegister(own), text, 0);
    if (own !== undefined && merged === encodeRegister(own)) return false;
    this.registers.set(key, decodeRegister(merged));
    return true;
  }

  #prepare({ key, ballot }: Extract<NodeOperation, { type: 'prepare' }>): NodeResult {
    if (this.behaviour === 'read-only') return READ_ONLY;
    if (this.behaviour === 'incomplete') return { type: 'no-vote' };
    const register = this.registers.get(key) ?? emptyRegister;
    const outcome = prepare(register, ballot, 0);
    if (outcome.type === 'outbid') return outcome;
    this.registers.set(key, outcome.register);
    return { type: 'promised', accepted: register.accepted[0] === 0 ? null : register.accepted, value: register.value };
  }

  #accept({ key, ...proposal }: Extract<NodeOperation, { type: 'accept' }>): NodeResult {
    if (this.behaviour === 'read-only') return READ_ONLY;
    if (this.behaviour === 'incomplete') return { type: 'no-vote' };
    const outcome = accept(this.registers.get(key) ?? emptyRegister, proposal, 0);
    if (outcome.type === 'outbid') return outcome;
    if (outcome.type === 'ballot-reused') return { type: 'error', code: 'INTERNAL', message: 'a ballot was reused' };
    this.registers.set(key, outcome.register);
    return { type: 'accepted' };
  }

  #scan({ prefix, after, limit }: Extract<NodeOperation, { type: 'scan' }>): NodeResult {
    const texts = new Map([
      ...[...this.records].map(([key, record]) => [key, encodeRecord(record)] as const),
      ...[...this.registers].map(([key, register]) => [key, encodeRegister(register)] as const),
    ]);
    const keys = [...texts.keys()]
      .filter((key) => key.startsWith(prefix) && (after === null || key > after))
      .toSorted();
    const entries = keys.slice(0, limit).map((key) => [key, texts.get(key) ?? ''] as const);
    const page = { type: 'scan', entries, more: keys.length > limit } as const;
    return this.incompleteGroups.length > 0 ? { ...page, incompleteGroups: this.incompleteGroups } : page;
  }

  #get(key: string): CausalRecord {
    return this.records.get(key) ?? emptyRecord;
  }

  #put(key: string, record: CausalRecord): boolean {
    const changed = encodeRecord(record) !== encodeRecord(this.#get(key));
    if (changed) {
      this.records.set(key, record);
      this.counts.changed += 1;
    }
    return changed;
  }
}

/** Carries batches to fake nodes, found by port. */
export class FakeTransport implements NodeTransport {
  readonly nodes = new Map<number, FakeNode>();
  /** Called before a batch reaches a node, to interfere at that moment. */
  onBatch: (node: FakeNode, batch: Batch) => void = () => {};

  async send(address: NodeAddress, batch: Batch, timeoutMs: number): Promise<BatchReply> {
    const node = this.nodes.get(address.port);
    if (node === undefined || node.behaviour === 'refuses')
      throw new NodeCallError('UNREACHABLE', 'connection refused');
    this.onBatch(node, batch);
    if (node.behaviour === 'hangs') throw await timeoutAfter(timeoutMs);
    const isAboutMaps = batch.operations.every(({ type }) => type === 'known-map');
    const isStale = batch.epoch < node.epoch && !isAboutMaps;
    if (isStale) throw new NodeCallError('STALE_EPOCH', `this node knows epoch ${node.epoch}`);
    if (!isAboutMaps) node.counts.batches += 1;
    const results = batch.operations.map((operation) => node.perform(operation));
    if (node.behaviour === 'loses-answers') throw new NodeCallError('CONNECTION_LOST', 'the connection broke');
    const epoch = Math.max(batch.epoch, node.epoch);
    const clockMs = performance.now();
    return { node: node.id, epoch, epochInForce: epoch, syncedEpoch: node.syncedEpoch, clockMs, results };
  }

  forget(): void {}

  async close(): Promise<void> {}
}

function timeoutAfter(timeoutMs: number): Promise<NodeCallError> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(new NodeCallError('TIMEOUT', `no answer within ${timeoutMs} ms`)), timeoutMs);
  });
}
