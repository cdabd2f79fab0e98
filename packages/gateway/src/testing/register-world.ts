/*
 * Acceptors in memory, by the real rules, a network between them and the proposers that can lose, delay and repeat what
 * it carries, and owners that can change: everything that registers stand on, on virtual time. What acceptors know is on
 * disk: they can be down, but they forget nothing.
 */
import { NodeCallError, type AcceptResult, type PrepareResult, type Random } from '@trolley/cluster';
import {
  accept,
  decodeRegister,
  emptyRegister,
  encodeRegister,
  mergeTexts,
  prepare,
  type Register,
} from '@trolley/records';
import { pino } from 'pino';
import { createRegisters } from '../store/registers/create-registers.ts';
import type { ReadAnswer, Replica, ReplicaGroup } from '../store/registers/replica.ts';
import type { ReplicaSet } from '../store/quorum.ts';
import { VirtualClock } from './virtual-clock.ts';

const CALL_TIMEOUT_MS = 100;

type Asked = 'prepare' | 'accept' | 'read';

/** What happens to one message and its answer. */
export interface Fate {
  /** Copies of the message that arrive, each after its own time. */
  readonly arrivalsMs: readonly number[];
  /** How long the answer takes; undefined when it is lost. */
  readonly answerMs: number | undefined;
}

const ON_TIME: Fate = { arrivalsMs: [1], answerMs: 1 };

/** One acceptor. */
export class Acceptor {
  readonly id: string;
  readonly registers = new Map<string, Register>();
  isDown = false;
  /** Has no vote: it lost data. */
  isIncomplete = false;
  /** Takes part in no ballot whose counter is not above it. */
  floor = 0;
  /** The newest epoch that it has heard of; what was sent under an older one is turned away. */
  epoch = 1;

  constructor(id: string) {
    this.id = id;
  }

  register(key: string): Register {
    return this.registers.get(key) ?? emptyRegister;
  }

  /** Learns what another one accepted, as by comparing digests. */
  hear(key: string, other: Acceptor): void {
    const merged = mergeTexts(encodeRegister(this.register(key)), encodeRegister(other.register(key)), this.floor);
    this.registers.set(key, decodeRegister(merged));
  }
}

/** What a gateway is made with. */
export interface GatewayOptions {
  readonly claimTimeoutMs?: number;
}

/** Owners by one epoch: one list, or two while data moves. */
export interface Owners {
  readonly epoch: number;
  readonly lists: readonly (readonly string[])[];
}

/** Everything but the proposers. */
export class RegisterWorld {
  readonly clock = new VirtualClock();
  readonly random: Random;
  readonly acceptors = new Map<string, Acceptor>();
  /** Decides what becomes of each message. */
  fate: (asked: Asked, node: string, from: string) => Fate = () => ON_TIME;
  /** Messages that were sent. */
  readonly sent = { prepare: 0, accept: 0, read: 0 };
  readonly missed: (readonly [node: string, key: string, holders: readonly string[]])[] = [];
  #gateways = 0;

  constructor(ids: readonly string[], random: Random = () => 0.5) {
    this.random = random;
    for (const id of ids) this.acceptors.set(id, new Acceptor(id));
  }

  acceptor(id: string): Acceptor {
    const found = this.acceptors.get(id);
    if (found === undefined) throw new Error(`no acceptor ${id}`);
    return found;
  }

  /** A gateway with the registers' proposer, which works by the owners that it is given. */
  gateway(owners: Owners, { claimTimeoutMs = 10_000 }: GatewayOptions = {}): RegisterGateway {
    this.#gateways += 1;
    return new RegisterGateway(this, `g${this.#gateways}`, { owners, claimTimeoutMs });
  }

  /** Carries a message to an acceptor and the answer back. */
  call<T>(asked: Asked, node: string, gateway: RegisterGateway, perform: (acceptor: Acceptor) => T): Promise<T> {
    // What a dead gateway asks is never sent, and nobody is there to hear that.
    if (gateway.isDead) return new Promise(() => {});
    this.sent[asked] += 1;
    const { arrivalsMs, answerMs } = this.fate(asked, node, gateway.id);
    const sentUnder = gateway.owners.epoch;
    return new Promise((resolve, reject) => {
      this.clock.after(CALL_TIMEOUT_MS, () => reject(new NodeCallError('TIMEOUT', 'no answer in time')));
      const arrive = () => {
        const acceptor = this.acceptor(node);
        if (acceptor.isDown) return;
        const isStale = sentUnder < acceptor.epoch;
        acceptor.epoch = Math.max(acceptor.epoch, sentUnder);
        const answer = isStale ? undefined : perform(acceptor);
        if (answerMs === undefined) return;
        this.clock.after(answerMs, () => {
          if (answer !== undefined) resolve(answer);
          else reject(new NodeCallError('STALE_EPOCH', 'the node knows a newer map'));
        });
      };
      for (const arrivalMs of arrivalsMs) this.clock.after(arrivalMs, arrive);
    });
  }
}

/** One gateway: what it knows of the map, and its registers. */
export class RegisterGateway {
  readonly id: string;
  readonly registers: ReturnType<typeof createRegisters>;
  /** By the newest map that has come here. */
  owners: Owners;
  /** It sends and hears nothing any more; what it sent may still arrive. */
  isDead = false;
  readonly commits = { 'one-round-trip': 0, prepared: 0 };
  unknownOutcomes = 0;
  readonly #world: RegisterWorld;

  constructor(
    world: RegisterWorld,
    id: string,
    { owners, claimTimeoutMs }: Required<GatewayOptions> & { readonly owners: Owners },
  ) {
    this.#world = world;
    this.id = id;
    this.owners = owners;
    const { clock, random } = world;
    this.registers = createRegisters({
      proposer: `${id}.1`,
      replicasOf: () => this.#group(),
      epoch: () => this.owners.epoch,
      missed: (node, key, holders) => void world.missed.push([node, key, holders]),
      clock,
      random,
      logger: pino({ level: 'silent' }),
      metrics: {
        registerRound: () => {},
        registerCommit: (path) => void (this.commits[path] += 1),
        registerOutcomeUnknown: () => void (this.unknownOutcomes += 1),
      },
      claimTimeoutMs,
    });
  }

  #group(): ReplicaGroup {
    const { epoch, lists } = this.owners;
    const nodes = [...new Set(lists.flat())];
    const majorities: ReplicaSet[] = lists.map((list) => ({ nodes: list, required: Math.floor(list.length / 2) + 1 }));
    return { epoch, nodes, majorities, replicas: nodes.map((node) => this.#replica(node)) };
  }

  #replica(id: string): Replica {
    const world = this.#world;
    return {
      id,
      prepare: (key, ballot, { epoch }) => {
        return this.#underMap(epoch, () =>
          world.call('prepare', id, this, (acceptor): PrepareResult => {
            if (acceptor.isIncomplete) return { type: 'no-vote' };
            const { accepted, value } = acceptor.register(key);
            const outcome = prepare(acceptor.register(key), ballot, acceptor.floor);
            if (outcome.type === 'outbid') return outcome;
            acceptor.registers.set(key, outcome.register);
            return { type: 'promised', accepted: accepted[0] === 0 ? null : accepted, value };
          }),
        );
      },
      accept: (key, proposal, { epoch }) => {
        return this.#underMap(epoch, () =>
          world.call('accept', id, this, (acceptor): AcceptResult => {
            if (acceptor.isIncomplete) return { type: 'no-vote' };
            const outcome = accept(acceptor.register(key), proposal, acceptor.floor);
            if (outcome.type === 'ballot-reused') throw new Error('two values under one ballot');
            if (outcome.type === 'outbid') return outcome;
            acceptor.registers.set(key, outcome.register);
            return { type: 'accepted' };
          }),
        );
      },
      read: (key) =>
        world.call('read', id, this, (acceptor): ReadAnswer => {
          const { accepted, value, heard } = acceptor.register(key);
          return { accepted, value, isVote: !acceptor.isIncomplete && !heard };
        }),
    };
  }

  /** As the client of a node does: what was decided under an older map is not sent. */
  async #underMap<T>(epoch: number, send: () => Promise<T>): Promise<T> {
    if (epoch !== this.owners.epoch) throw new NodeCallError('STALE_EPOCH', 'the map changed before it was sent');
    return send();
  }
}
