/*
 * The registry port on the embedded registry: follows its view with requests that wait for the next
 * change, keeps leases, writes the map. While the registry is away the view keeps its last contents.
 */
import { randomUUID } from 'node:crypto';
import { parseClusterMap } from '@trolley/crush';
import type { Logger } from 'pino';
import type { Clock } from '../environment.ts';
import { createOutageLog } from '../outage-log.ts';
import { gatewayParticipant, nodeParticipant, type Participant } from '../registry-details.ts';
import { createRegistryViewHolder, type RegistryViewHolder } from '../registry-view.ts';
import { RegistryUnavailableError, type Announcement, type Registry } from '../registry.ts';
import { keepLease } from './lease-keeper.ts';
import { pause, retryDelayMs } from './pause.ts';
import type { ViewReply } from './protocol.ts';
import { createRegistryHttp, type RegistryHttp } from './registry-http.ts';

/** What a client of the embedded registry needs. */
export interface EmbeddedRegistryClientSettings {
  /** Where the registry listens, as in http://127.0.0.1:4000. */
  readonly url: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Opens the embedded registry at this URL; returns at once and connects in the background. */
export function openEmbeddedRegistry(settings: EmbeddedRegistryClientSettings): Registry {
  const { url, clock, logger } = settings;
  const http = createRegistryHttp(url, clock);
  const holder = createRegistryViewHolder(logger);
  const announcements = new Set<Announcement>();
  const ended = new AbortController();
  const following = followView(settings, http, holder, ended.signal);
  let closing: Promise<void> | undefined;

  function announce(participant: Participant): Announcement {
    requireOpen();
    const announcement = keepLease(http, clock, randomUUID(), participant);
    announcements.add(announcement);
    return {
      async withdraw() {
        await announcement.withdraw();
        announcements.delete(announcement);
      },
    };
  }

  function requireOpen(): void {
    if (closing !== undefined) {
      throw new RegistryUnavailableError('The registry was closed.');
    }
  }

  async function close(): Promise<void> {
    holder.close();
    ended.abort();
    await Promise.all([...announcements].map(async (announcement) => await announcement.withdraw()));
    await http.close();
    await following;
  }

  return {
    get view() {
      return holder.view;
    },
    onChange: (listener) => holder.onChange(listener),
    ready: async () => await holder.ready(),
    announceNode: (details) => announce(nodeParticipant(details)),
    announceGateway: (details) => announce(gatewayParticipant(details)),
    async writeMap(map, expectedRevision) {
      requireOpen();
      return await http.writeMap({ map: parseClusterMap(map), expectedRevision: expectedRevision ?? null });
    },
    async close() {
      closing ??= close();
      await closing;
    },
  };
}

async function followView(
  { url, clock, logger }: EmbeddedRegistryClientSettings,
  http: RegistryHttp,
  holder: RegistryViewHolder,
  signal: AbortSignal,
): Promise<void> {
  const outage = createOutageLog(`the registry at ${url}`, clock, logger);
  let revision: number | undefined;
  let failures = 0;
  while (!signal.aborted) {
    try {
      const reply = await http.view(revision);
      failures = 0;
      outage.recovered();
      holder.update(reply === undefined ? { connected: true } : contentsOf(reply));
      revision = reply?.revision ?? revision;
    } catch (error) {
      if (signal.aborted) {
        return;
      }
      failures += 1;
      holder.update({ connected: false });
      outage.failed(error instanceof Error ? error.message : String(error));
      await pause(clock, retryDelayMs(failures), signal);
    }
  }
}

function contentsOf({ nodes, gateways, stored }: ViewReply): Parameters<RegistryViewHolder['update']>[0] {
  return { connected: true, nodes, gateways, stored: stored ?? undefined };
}
