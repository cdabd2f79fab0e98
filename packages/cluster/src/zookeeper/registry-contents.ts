/*
 * What the registry holds in ZooKeeper, as last read: reads only what a watch has called stale, and reads
 * and watches in one call, so that no change in between is missed. Damaged contents are left out and
 * reported once; they never stop the rest.
 */
import type { Logger } from 'pino';
import type { StoredMap } from '../registry.ts';
import { decodeMap, decodeParticipant, KINDS, sequenceOf, type Kind, type Layout } from './layout.ts';
import type { Entry } from './reconcile.ts';
import { ConnectionLostError, type Children, type NodeData, type ZooKeeperSession } from './session.ts';

/** Requests under way at the same time while registrations are read. */
const READS_AT_ONCE = 100;
/** A map that comes and goes this often within one read is for the next one. */
const MAP_ATTEMPTS = 5;

type Part = Kind | 'map';

interface Folder {
  readonly parent: string;
  /** Undefined for what is not a registration, or a damaged one. Contents never change under a name. */
  readonly entries: ReadonlyMap<string, Entry | undefined>;
}

const NOTHING: Folder = { parent: '', entries: new Map() };

/** The registry's contents, kept up to date by calls of `refresh`. */
export class RegistryContents {
  readonly #layout: Layout;
  readonly #logger: Logger;
  readonly #stale = new Set<Part>();
  readonly #folders = new Map<Kind, Folder>();
  #stored: StoredMap | undefined;
  #damagedMap = '';

  constructor(layout: Layout, logger: Logger) {
    this.#layout = layout;
    this.#logger = logger;
  }

  /** All registrations, several for one id when there are. */
  get entries(): readonly Entry[] {
    return KINDS.flatMap((kind) => [...this.#folder(kind).entries.values()]).filter((entry) => entry !== undefined);
  }

  /** The map; what was last known of it while it is damaged. */
  get stored(): StoredMap | undefined {
    return this.#stored;
  }

  /** Has a part, or everything, read again with the next refresh. */
  markStale(...parts: readonly Part[]): void {
    for (const part of parts.length === 0 ? [...KINDS, 'map' as const] : parts) this.#stale.add(part);
  }

  /**
   * Reads what is stale. `onStale` is called once a part of it has changed again.
   * @throws ConnectionLostError, and whatever else ZooKeeper refuses; what was to be read is then still stale
   */
  async refresh(session: ZooKeeperSession, onStale: () => void): Promise<void> {
    const parts = [...this.#stale];
    this.#stale.clear();
    const watcher = (part: Part) => (): void => {
      this.#stale.add(part);
      onStale();
    };
    try {
      for (const part of parts) {
        if (part === 'map') await this.#readMap(session, watcher(part));
        else await this.#readFolder(session, part, watcher(part));
      }
    } catch (error) {
      this.markStale(...parts);
      throw error;
    }
  }

  #folder(kind: Kind): Folder {
    return this.#folders.get(kind) ?? NOTHING;
  }

  async #readFolder(session: ZooKeeperSession, kind: Kind, onChange: () => void): Promise<void> {
    const children = await this.#childrenOf(session, kind, onChange);
    const before = this.#folder(kind);
    const known = before.parent === children.parent ? before.entries : NOTHING.entries;
    const entries = new Map<string, Entry | undefined>();
    for (let start = 0; start < children.names.length; start += READS_AT_ONCE) {
      const names = children.names.slice(start, start + READS_AT_ONCE);
      const read = await Promise.all(
        names.map(async (name) => (known.has(name) ? known.get(name) : await this.#readEntry(session, kind, name))),
      );
      for (const [index, name] of names.entries()) {
        const entry = read[index];
        // What went in between is told by the watch.
        if (entry !== 'gone') entries.set(name, entry);
      }
    }
    this.#folders.set(kind, { parent: children.parent, entries });
  }

  async #childrenOf(session: ZooKeeperSession, kind: Kind, onChange: () => void): Promise<Children> {
    const path = this.#layout.folderOf(kind);
    const children = await session.children(path, onChange);
    if (children !== undefined) return children;
    await createFolders(session, this.#layout);
    const created = await session.children(path, onChange);
    if (created === undefined) throw new ConnectionLostError(`${path} was removed as soon as it was made.`);
    return created;
  }

  async #readEntry(session: ZooKeeperSession, kind: Kind, name: string): Promise<Entry | 'gone' | undefined> {
    const path = `${this.#layout.folderOf(kind)}/${name}`;
    const sequence = sequenceOf(kind, name);
    if (sequence === undefined) {
      this.#logger.warn({ path }, 'ignoring what is not a registration');
      return undefined;
    }
    const data = await session.data(path);
    if (data === undefined) return 'gone';
    const decoded = decodeParticipant(kind, data.bytes);
    if (decoded.kind === 'read') return { path, sequence, owner: data.owner, participant: decoded.value };
    this.#logger.warn({ path, reason: decoded.reason }, 'ignoring a damaged registration');
    return undefined;
  }

  async #readMap(session: ZooKeeperSession, onChange: () => void): Promise<void> {
    const path = this.#layout.map;
    const data = await readOrAwaitMap(session, path, onChange);
    if (data === undefined) {
      this.#stored = undefined;
      return;
    }
    const decoded = decodeMap(data.bytes);
    if (decoded.kind === 'read') {
      this.#stored = { map: decoded.value, revision: data.version };
    } else if (this.#damagedMap !== data.transaction) {
      this.#damagedMap = data.transaction;
      const { reason } = decoded;
      this.#logger.error({ path, reason }, 'the cluster map in ZooKeeper is damaged; going on with the last one');
    }
  }
}

/** Makes what registrations and the map need above them. */
export async function createFolders(session: ZooKeeperSession, layout: Layout): Promise<void> {
  for (const folder of layout.folders) await session.create(folder, Buffer.alloc(0), 'PERSISTENT');
}

/** The map under a watch, or undefined under a watch for its first appearance. */
async function readOrAwaitMap(
  session: ZooKeeperSession,
  path: string,
  onChange: () => void,
): Promise<NodeData | undefined> {
  for (let attempt = 0; attempt < MAP_ATTEMPTS; attempt += 1) {
    const data = await session.watchedData(path, onChange);
    if (data !== undefined) return data;
    if (!(await session.watchedExists(path, onChange))) return undefined;
  }
  throw new ConnectionLostError(`${path} comes and goes.`);
}
