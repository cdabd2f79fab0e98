/*
 * A gateway as it is, without its HTTP: the store and the registers. It can pause with all that it waits for, as a
 * process does that gets no processor for a while, and it can die and start again as another process.
 */
import { NodeCallError, type Clock, type NodeTransport, type Timer } from '@trolley/cluster';
import { pino } from 'pino';
import { createEventFeed } from '../../packages/gateway/src/events.ts';
import { createGatewayMetrics } from '../../packages/gateway/src/metrics.ts';
import { StoreError, type Store } from '../../packages/gateway/src/store.ts';
import { createStore, type RunningStore } from '../../packages/gateway/src/store/create-store.ts';
import type { World } from './simulated-node.ts';
import type { RegistryClient } from './simulated-registry.ts';

const REPLICAS = 3;
const NODE_TIMEOUT_MS = 300;
const WATCH_MS = 2_000;
/** When the network forgets a call; long after the caller has. */
const PATIENCE_MS = 60_000;
const logger = pino({ enabled: false });

/** What a gateway stands on. */
interface GatewayWorld extends World {
  /** Nodes to wait for before there is a first map. */
  readonly expectedNodes: number;
  /** After so long a node that is down goes out. */
  readonly downOutAfterMs: number;
}

/** Something that is to happen in a process, and what kind of thing. */
interface Waiting {
  readonly kind: 'timer' | 'message';
  readonly happen: () => void;
}

/** One process of a gateway, which hears nothing while it is paused, and never again once it is dead. */
interface Process {
  readonly running: RunningStore;
  readonly registry: RegistryClient;
  /** Rejects when the process dies. */
  readonly death: Promise<never>;
  readonly die: () => void;
}

/** A gateway. */
export class SimulatedGateway {
  readonly id: string;
  readonly #world: GatewayWorld;
  #process: Process;
  #wakesAtMs = 0;
  #waiting: Waiting[] = [];

  constructor(id: string, world: GatewayWorld) {
    this.id = id;
    this.#world = world;
    this.#process = this.#start();
  }

  get store(): Store {
    return this.#process.running.store;
  }

  get registry(): RegistryClient {
    return this.#process.registry;
  }

  /** Has the gateway do something. @throws StoreError OUTCOME_UNKNOWN when it dies meanwhile, and what `work` throws */
  async use<T>(work: (running: RunningStore) => Promise<T>): Promise<T> {
    const { time } = this.#world;
    while (this.#wakesAtMs > time.monotonicMs()) await time.sleep(this.#wakesAtMs - time.monotonicMs());
    const { running, death } = this.#process;
    return Promise.race([work(running), death]);
  }

  /** Does nothing for a while, and goes on as if nothing had been. */
  pause(forMs: number): void {
    const { time } = this.#world;
    this.#wakesAtMs = time.monotonicMs() + forMs;
    time.after(forMs, () => this.#wake());
  }

  /** Kill -9, and another process in its place. What the old one has sent is still on its way. */
  restart(): void {
    const isConnected = this.registry.view.connected;
    this.#process.die();
    void this.#process.registry.close();
    this.#waiting = [];
    this.#wakesAtMs = 0;
    this.#process = this.#start();
    this.registry.connect(isConnected);
  }

  #start(): Process {
    const { network, time, random, pgCount, claimTimeoutMs, expectedNodes, downOutAfterMs, tampering } = this.#world;
    const registry = this.#world.registry.open();
    registry.connect(true);
    const state = { isDead: false, die: () => {} };
    const death = new Promise<never>((_, reject) => {
      state.die = () => reject(new StoreError('OUTCOME_UNKNOWN', 'the gateway is gone'));
    });
    // Told to whoever asks something of this process.
    death.catch(() => {});
    const hear = (kind: Waiting['kind'], happen: () => void) =>
      this.#whenAwake(kind, () => {
        if (!state.isDead) happen();
      });
    const clock = heardClock(time, hear);
    const transport = heardBy(network.transportOf(this.id), clock, hear);
    const running = createStore({
      registry,
      transport: tampering.transport?.(transport) ?? transport,
      clock,
      random,
      logger,
      metrics: createGatewayMetrics(),
      events: createEventFeed({ clock: time }),
      settings: {
        replicas: REPLICAS,
        pgCount,
        expectedNodes,
        mapSettleMs: 10_000,
        downOutAfterMs,
        downOutMinInPercent: 75,
        nodeTimeoutMs: NODE_TIMEOUT_MS,
        claimTimeoutMs,
        gatewayId: this.id,
        readRepairWatchMs: WATCH_MS,
      },
    });
    const die = () => {
      state.isDead = true;
      state.die();
    };
    return { running, registry, death, die };
  }

  #whenAwake(kind: Waiting['kind'], happen: () => void): void {
    if (this.#wakesAtMs > this.#world.time.monotonicMs()) this.#waiting.push({ kind, happen });
    else happen();
  }

  /** What a process finds when it goes on are timers that are due and messages, and either may come first. */
  #wake(): void {
    if (this.#wakesAtMs > this.#world.time.monotonicMs()) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    const first = waiting.length > 0 && this.#world.random() < 0.5 ? 'timer' : 'message';
    const isFirst = ({ kind }: Waiting) => kind === first;
    for (const { happen } of [...waiting.filter(isFirst), ...waiting.filter((each) => !isFirst(each))]) happen();
  }
}

type Hear = (kind: Waiting['kind'], happen: () => void) => void;

function heardClock(clock: Clock, hear: Hear): Clock {
  return {
    nowMs: () => clock.nowMs(),
    monotonicMs: () => clock.monotonicMs(),
    after(delayMs, callback): Timer {
      let isCancelled = false;
      const timer = clock.after(delayMs, () =>
        hear('timer', () => {
          if (!isCancelled) callback();
        }),
      );
      return {
        cancel: () => {
          isCancelled = true;
          timer.cancel();
        },
      };
    },
  };
}

/** A process that pauses notices late that an answer did not come, by its own clock, and may find the answer first. */
function heardBy(transport: NodeTransport, clock: Clock, hear: Hear): NodeTransport {
  return {
    ...transport,
    send: (address, batch, timeoutMs) =>
      new Promise((resolve, reject) => {
        const timer = clock.after(timeoutMs, () => reject(new NodeCallError('TIMEOUT', 'no answer in time')));
        const answer = (settle: () => void) =>
          hear('message', () => {
            timer.cancel();
            settle();
          });
        transport.send(address, batch, PATIENCE_MS).then(
          (reply) => answer(() => resolve(reply)),
          (error: unknown) => answer(() => reject(error)),
        );
      }),
  };
}
