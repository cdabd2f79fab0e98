/*
 * The registry port on ZooKeeper. Holds one session after another; on each connection it reads everything
 * anew and then follows the watches, and brings what ZooKeeper holds of this process in line with what it
 * announces. While ZooKeeper is away the view keeps its last contents.
 */
import { parseClusterMap, type ClusterMap } from '@trolley/crush';
import type { Logger } from 'pino';
import { coalesce } from '../coalesce.ts';
import type { Clock, Timer } from '../environment.ts';
import { createOutageLog, type OutageLog } from '../outage-log.ts';
import { gatewayParticipant, nodeParticipant, onePerId, type Participant } from '../registry-details.ts';
import { createRegistryViewHolder, type RegistryViewHolder } from '../registry-view.ts';
import {
  RegistryUnavailableError,
  type Announcement,
  type GatewayDetails,
  type NodeDetails,
  type Registered,
  type Registry,
  type RegistryView,
} from '../registry.ts';
import { checkConnectString } from './connect-string.ts';
import { encode, layoutUnder, type Layout } from './layout.ts';
import { reconcile, type Entry } from './reconcile.ts';
import { createFolders, RegistryContents } from './registry-contents.ts';
import { ConnectionLostError, ZooKeeperSession } from './session.ts';

const DEFAULT_ROOT = '/trolley';
/** Longer: a node that dies is seen later. Shorter: a node that pauses is taken for dead. */
const DEFAULT_SESSION_TIMEOUT_MS = 6000;
/** ZooKeeper's health is looked at this many times in the span of a session. */
const CHECKS_PER_SESSION = 3;
/** A connection that is not made within this many checks is tried anew; this also passes over a server that hangs. */
const CHECKS_PER_ATTEMPT = 2;
/** After this many checks without a connection the session has ended, or ZooKeeper has lost its data: begin anew. */
const CHECKS_UNTIL_NEW_SESSION = 6;
/** Sessions remembered as ours, long after they can have ended. */
const PAST_SESSIONS_MAX = 16;
/** How long to wait after ZooKeeper refused something for reasons of its own, such as access rights. */
const RETRY_AFTER_MS = 1000;

/** What a client of ZooKeeper needs. */
export interface ZooKeeperRegistrySettings {
  /** The servers, as HOST:PORT[,HOST:PORT]. */
  readonly connect: string;
  /** Where everything is kept; /trolley unless set. */
  readonly root?: string | undefined;
  /** How long a registration outlives its process; 6000 unless set, within what ZooKeeper grants. */
  readonly sessionTimeoutMs?: number | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Opens the registry in ZooKeeper; returns at once and connects in the background.
 * @throws RegistrySettingsError when the address is not one
 */
export function openZooKeeperRegistry(settings: ZooKeeperRegistrySettings): Registry {
  return new ZooKeeperRegistry(settings);
}

class ZooKeeperRegistry implements Registry {
  readonly #connect: string;
  readonly #sessionTimeoutMs: number;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #layout: Layout;
  readonly #contents: RegistryContents;
  readonly #holder: RegistryViewHolder;
  readonly #outage: OutageLog;
  readonly #wanted = new Set<Participant>();
  readonly #ownSessions = new Set<string>();
  readonly #synchronize = coalesce(async () => await this.#synchronizeOnce());
  #session: ZooKeeperSession;
  #nextCheck: Timer;
  #checksUnconnected = 0;
  #closing: Promise<void> | undefined;

  constructor({ connect, root, sessionTimeoutMs, clock, logger }: ZooKeeperRegistrySettings) {
    this.#connect = checkConnectString(connect);
    this.#sessionTimeoutMs = sessionTimeoutMs ?? DEFAULT_SESSION_TIMEOUT_MS;
    this.#clock = clock;
    this.#logger = logger;
    this.#layout = layoutUnder(root ?? DEFAULT_ROOT);
    this.#contents = new RegistryContents(this.#layout, logger);
    this.#holder = createRegistryViewHolder(logger);
    this.#outage = createOutageLog(`ZooKeeper at ${connect}`, clock, logger);
    this.#session = this.#openSession();
    this.#nextCheck = this.#checkLater();
  }

  get view(): RegistryView {
    return this.#holder.view;
  }

  onChange(listener: (view: RegistryView) => void): () => void {
    return this.#holder.onChange(listener);
  }

  async ready(): Promise<void> {
    await this.#holder.ready();
  }

  announceNode(details: NodeDetails): Announcement {
    return this.#announce(nodeParticipant(details));
  }

  announceGateway(details: GatewayDetails): Announcement {
    return this.#announce(gatewayParticipant(details));
  }

  async writeMap(map: ClusterMap, expectedRevision: number | undefined): Promise<'written' | 'conflict'> {
    this.#requireOpen();
    const bytes = encode(parseClusterMap(map));
    try {
      return expectedRevision === undefined
        ? await this.#createMap(bytes)
        : await this.#replaceMap(bytes, expectedRevision);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new RegistryUnavailableError(`The map could not be written: ${reason}`);
    }
  }

  async close(): Promise<void> {
    this.#closing ??= this.#closeOnce();
    await this.#closing;
  }

  #announce(participant: Participant): Announcement {
    this.#requireOpen();
    this.#wanted.add(participant);
    void this.#synchronize();
    return {
      withdraw: async () => {
        this.#wanted.delete(participant);
        await this.#synchronize();
      },
    };
  }

  #requireOpen(): void {
    if (this.#closing !== undefined) throw new RegistryUnavailableError('The registry was closed.');
  }

  async #closeOnce(): Promise<void> {
    this.#holder.close();
    this.#nextCheck.cancel();
    this.#wanted.clear();
    // The end of the session withdraws everything at once.
    await this.#session.close();
  }

  async #createMap(bytes: Buffer): Promise<'written' | 'conflict'> {
    let created = await this.#session.create(this.#layout.map, bytes, 'PERSISTENT');
    if (created === 'no-parent') {
      await createFolders(this.#session, this.#layout);
      created = await this.#session.create(this.#layout.map, bytes, 'PERSISTENT');
    }
    if (created === 'no-parent') throw new ConnectionLostError('its folder was removed as soon as it was made');
    return created === 'created' ? 'written' : 'conflict';
  }

  async #replaceMap(bytes: Buffer, revision: number): Promise<'written' | 'conflict'> {
    // ZooKeeper takes -1 for any version.
    if (revision < 0) return 'conflict';
    const replaced = await this.#session.replace(this.#layout.map, bytes, revision);
    return replaced === 'replaced' ? 'written' : 'conflict';
  }

  #openSession(): ZooKeeperSession {
    const session = new ZooKeeperSession(
      {
        connect: this.#connect,
        sessionTimeoutMs: this.#sessionTimeoutMs,
        operationTimeoutMs: Math.floor((this.#sessionTimeoutMs * 2) / 3),
        clock: this.#clock,
      },
      {
        connected: () => {
          this.#checksUnconnected = 0;
          this.#remember(session.id);
          this.#contents.markStale();
          void this.#synchronize();
        },
        disconnected: () => {
          this.#holder.update({ connected: false });
          this.#outage.failed('there is no connection');
        },
        expired: () => {
          this.#holder.update({ connected: false });
          this.#logger.warn('the ZooKeeper session has expired; registering again with a new one');
          this.#session = this.#openSession();
        },
      },
    );
    return session;
  }

  #remember(session: string): void {
    this.#ownSessions.delete(session);
    this.#ownSessions.add(session);
    for (const oldest of this.#ownSessions) {
      if (this.#ownSessions.size <= PAST_SESSIONS_MAX) break;
      this.#ownSessions.delete(oldest);
    }
  }

  /** Reads what has changed, shows it, and sets right what ZooKeeper holds of this process. Never throws. */
  async #synchronizeOnce(): Promise<void> {
    const session = this.#session;
    try {
      if (!session.connected) return;
      await this.#contents.refresh(session, () => void this.#synchronize());
      if (!session.connected) return;
      this.#outage.recovered();
      this.#holder.update({ connected: true, stored: this.#contents.stored, ...membersOf(this.#contents.entries) });
      await this.#reconcile(session);
    } catch (error) {
      // A lost connection comes back with everything to be read; after anything else it is tried again.
      if (!session.connected) return;
      this.#outage.failed(error instanceof Error ? error.message : String(error));
      this.#clock.after(RETRY_AFTER_MS, () => void this.#synchronize());
    }
  }

  async #reconcile(session: ZooKeeperSession): Promise<void> {
    const own = { current: session.id, past: this.#ownSessions };
    const { register, withdraw } = reconcile([...this.#wanted], this.#contents.entries, own);
    // The watches tell of these changes too, and have everything read again.
    for (const { kind, details } of register) {
      await session.create(this.#layout.prefixOf(kind), encode(details), 'EPHEMERAL_SEQUENTIAL');
    }
    for (const path of withdraw) await session.remove(path);
  }

  #checkLater(): Timer {
    return this.#clock.after(this.#sessionTimeoutMs / CHECKS_PER_SESSION, () => {
      this.#check();
      this.#nextCheck = this.#checkLater();
    });
  }

  #check(): void {
    if (this.#session.connected) {
      // A connection that hangs is dropped by the deadline of this question.
      this.#session.probe().catch(() => {});
      return;
    }
    this.#checksUnconnected += 1;
    this.#outage.failed('there is no connection');
    if (this.#checksUnconnected % CHECKS_UNTIL_NEW_SESSION === 0) {
      this.#logger.warn('no connection to ZooKeeper for long; trying with a new session');
      void this.#session.close();
      this.#session = this.#openSession();
    } else if (this.#checksUnconnected % CHECKS_PER_ATTEMPT === 0) {
      this.#session.drop('the connection was not made in time');
    }
  }
}

/** The nodes and the gateways among the registrations. */
function membersOf(entries: readonly Entry[]): Pick<RegistryView, 'nodes' | 'gateways'> {
  const nodes: Registered<NodeDetails>[] = [];
  const gateways: Registered<GatewayDetails>[] = [];
  for (const { participant, sequence } of entries) {
    if (participant.kind === 'node') nodes.push({ ...participant.details, sequence });
    else gateways.push({ ...participant.details, sequence });
  }
  return { nodes: onePerId(nodes), gateways: onePerId(gateways) };
}
