/*
 * A simulated disk. It keeps apart what is written and what would survive a loss of power: contents
 * count once the file is synced, names once their folder is. Tests make it fail, fill up, and crash at
 * any operation; the same seed gives the same wreck.
 */
import { basename, dirname } from 'node:path';
import type { Random } from '@trolley/cluster';
import { SyncFailedError, type Disk, type DiskFile, type DurableFile } from '../storage/disk.ts';

interface FileNode {
  readonly kind: 'file';
  content: Buffer;
  durable: Buffer;
}

type FolderChange = (entries: Map<string, TreeNode>) => void;

interface FolderNode {
  readonly kind: 'folder';
  readonly entries: Map<string, TreeNode>;
  durable: Map<string, TreeNode>;
  /** What has been done to the names since the last sync, in order. */
  unsynced: FolderChange[];
}

type TreeNode = FileNode | FolderNode;

/** What the operations are called in `fault`. */
export type DiskOperation =
  | 'makeDirectory'
  | 'list'
  | 'read'
  | 'create'
  | 'append'
  | 'sync'
  | 'rename'
  | 'remove'
  | 'truncate';

/** What of the unsynced survives a crash: all (a kill -9), nothing, or some of it, torn. */
export type Survival = 'everything' | 'nothing' | Random;

/** An error as the operating system would give it. */
export function diskError(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: simulated, '${path}'`), { code });
}

/** The process that used the disk is no more. */
class CrashedError extends Error {
  override readonly name = 'CrashedError';
}

function newFolder(): FolderNode {
  return { kind: 'folder', entries: new Map(), durable: new Map(), unsynced: [] };
}

/** The medium; `mount` gives one process access to it. */
export class MemoryDisk {
  #root = newFolder();
  #mounts = 0;
  /** Operations since the start, and the flushes among them. */
  operations = 0;
  syncs = 0;
  /** Room that is left for contents. */
  freeBytes = Number.POSITIVE_INFINITY;
  /** Fails an operation with the error it returns; an append then has written half. */
  fault: ((operation: DiskOperation, path: string) => Error | undefined) | undefined;
  /** Resolves before each sync goes on, when a test wants to hold it. */
  beforeSync: ((path: string) => Promise<void>) | undefined;
  /** The process crashes at this operation, counted by `operations`. */
  crashAtOperation = Number.POSITIVE_INFINITY;

  /** The disk as a process sees it, until the next crash. */
  mount(): Disk {
    const mount = this.#mounts;
    const enter = (operation: DiskOperation, path: string): void => this.#enter(mount, operation, path);
    return {
      makeDirectory: async (path) => {
        enter('makeDirectory', path);
        this.#makeFolder(path);
      },
      list: async (path) => {
        enter('list', path);
        return [...this.#folder(path).entries.keys()];
      },
      read: async (path) => {
        enter('read', path);
        return Buffer.from(this.#file(path).content);
      },
      create: async (path) => {
        enter('create', path);
        return this.#create(path, mount);
      },
      createDurable: async (path, bytes) => {
        enter('create', path);
        return await this.#createDurable(path, bytes, mount);
      },
      rename: async (from, to) => {
        enter('rename', from);
        const node = this.#file(from);
        this.#changeFolder(from, (entries) => entries.delete(basename(from)));
        this.#changeFolder(to, (entries) => entries.set(basename(to), node));
      },
      remove: async (path) => {
        enter('remove', path);
        if (this.#folder(dirname(path)).entries.has(basename(path))) {
          this.#changeFolder(path, (entries) => entries.delete(basename(path)));
        }
      },
      truncate: async (path, length) => {
        enter('truncate', path);
        const file = this.#file(path);
        this.freeBytes += file.content.length - length;
        file.content = Buffer.concat([file.content.subarray(0, length)], length);
      },
      sync: async (path) => {
        await this.#beginSync(mount, path);
        this.#sync(this.#node(path));
      },
    };
  }

  /** Ends whatever uses the disk, and leaves what survives. */
  crash(survival: Survival): void {
    this.#mounts += 1;
    this.crashAtOperation = Number.POSITIVE_INFINITY;
    this.fault = undefined;
    // A kill -9 leaves the cache alone: what was not synced still is not.
    if (survival !== 'everything')
      this.#root = survivingFolder(this.#root, survival === 'nothing' ? () => 0 : survival);
  }

  /** The paths of all files, in order. */
  files(): string[] {
    const walk = (folder: FolderNode, path: string): string[] =>
      [...folder.entries].flatMap(([name, node]) =>
        node.kind === 'file' ? [`${path}/${name}`] : walk(node, `${path}/${name}`),
      );
    return walk(this.#root, '').toSorted();
  }

  /** A file's contents. */
  contents(path: string): Buffer {
    return Buffer.from(this.#file(path).content);
  }

  /** Puts a file's contents there, durably: what a bad sector or a meddling hand does. */
  overwrite(path: string, content: Buffer): void {
    const node: FileNode = { kind: 'file', content: Buffer.from(content), durable: Buffer.from(content) };
    this.#changeFolder(path, (entries) => entries.set(basename(path), node));
    this.#sync(this.#folder(dirname(path)));
  }

  /** Takes a file away, durably. */
  delete(path: string): void {
    this.#changeFolder(path, (entries) => entries.delete(basename(path)));
    this.#sync(this.#folder(dirname(path)));
  }

  /** A second disk with the same contents, all durable. */
  copy(): MemoryDisk {
    const copy = new MemoryDisk();
    copy.#root = copyFolder(this.#root);
    return copy;
  }

  #enter(mount: number, operation: DiskOperation, path: string): void {
    if (mount !== this.#mounts) throw new CrashedError('the process has crashed');
    this.operations += 1;
    if (this.operations >= this.crashAtOperation) throw new CrashedError(`crashed at ${operation} of ${path}`);
    const error = this.fault?.(operation, path);
    if (error !== undefined) throw error;
  }

  #create(path: string, mount: number): DiskFile {
    const node: FileNode = { kind: 'file', content: Buffer.alloc(0), durable: Buffer.alloc(0) };
    this.#changeFolder(path, (entries) => entries.set(basename(path), node));
    return {
      append: async (bytes) => {
        const half = bytes.subarray(0, Math.ceil(bytes.length / 2));
        try {
          this.#enter(mount, 'append', path);
        } catch (error) {
          if (mount === this.#mounts) node.content = Buffer.concat([node.content, half]);
          throw error;
        }
        const fits = bytes.subarray(0, Math.min(bytes.length, this.freeBytes));
        node.content = Buffer.concat([node.content, fits]);
        this.freeBytes -= fits.length;
        if (fits.length < bytes.length) throw diskError('ENOSPC', path);
      },
      sync: async () => {
        await this.#beginSync(mount, path);
        this.#sync(node);
      },
      close: async () => undefined,
    };
  }

  async #createDurable(path: string, bytes: number, mount: number): Promise<DurableFile> {
    const file = this.#create(path, mount);
    const node = this.#file(path);
    if (bytes > 0) {
      await file.append(Buffer.alloc(bytes));
      await file.sync();
    }
    return {
      write: async (piece, position) => {
        try {
          this.#enter(mount, 'append', path);
        } catch (error) {
          if (mount === this.#mounts) this.#write(node, piece.subarray(0, Math.ceil(piece.length / 2)), position);
          throw error;
        }
        const room = node.content.length - position + this.freeBytes;
        this.#write(node, piece.subarray(0, Math.max(0, Math.min(piece.length, room))), position);
        if (room < piece.length) throw diskError('ENOSPC', path);
        await this.#beginSync(mount, path);
        this.#sync(node);
      },
      close: async () => undefined,
    };
  }

  #write(node: FileNode, bytes: Uint8Array, position: number): void {
    const length = Math.max(node.content.length, position + bytes.length);
    this.freeBytes -= length - node.content.length;
    const content = Buffer.alloc(length);
    content.set(node.content);
    content.set(bytes, position);
    node.content = content;
  }

  async #beginSync(mount: number, path: string): Promise<void> {
    try {
      this.#enter(mount, 'sync', path);
    } catch (error) {
      if (error instanceof CrashedError) throw error;
      throw new SyncFailedError(`could not flush ${path} to disk`, { cause: error });
    }
    this.syncs += 1;
    await this.beforeSync?.(path);
    if (mount !== this.#mounts) throw new CrashedError('the process has crashed');
  }

  #sync(node: TreeNode): void {
    if (node.kind === 'file') {
      node.durable = node.content;
    } else {
      node.durable = new Map(node.entries);
      node.unsynced = [];
    }
  }

  #makeFolder(path: string): FolderNode {
    if (path === '/' || path === '.') return this.#root;
    const parent = this.#makeFolder(dirname(path));
    const found = parent.entries.get(basename(path));
    if (found?.kind === 'folder') return found;
    if (found !== undefined) throw diskError('EEXIST', path);
    const folder = newFolder();
    parent.entries.set(basename(path), folder);
    parent.durable.set(basename(path), folder);
    return folder;
  }

  #changeFolder(path: string, change: FolderChange): void {
    const folder = this.#folder(dirname(path));
    change(folder.entries);
    folder.unsynced.push(change);
  }

  #node(path: string): TreeNode {
    if (path === '/' || path === '.') return this.#root;
    const node = this.#folder(dirname(path)).entries.get(basename(path));
    if (node === undefined) throw diskError('ENOENT', path);
    return node;
  }

  #folder(path: string): FolderNode {
    const node = this.#node(path);
    if (node.kind !== 'folder') throw diskError('ENOTDIR', path);
    return node;
  }

  #file(path: string): FileNode {
    const node = this.#node(path);
    if (node.kind !== 'file') throw diskError('EISDIR', path);
    return node;
  }
}

function upTo(random: Random, limit: number): number {
  return Math.floor(random() * (limit + 1));
}

/** What is overwritten goes to disk in pieces, each whole, in any order. */
const PIECE_BYTES = 32;

function survivingFile(file: FileNode, random: Random): FileNode {
  const { content, durable } = file;
  let kept = random() < 0.5 ? durable : content;
  if (content.length === durable.length && !content.equals(durable)) {
    kept = Buffer.from(durable);
    for (let at = 0; at < kept.length; at += PIECE_BYTES) {
      if (random() >= 0.5) content.copy(kept, at, at, at + PIECE_BYTES);
    }
  } else if (content.length > durable.length && content.subarray(0, durable.length).equals(durable)) {
    kept = Buffer.from(content.subarray(0, durable.length + upTo(random, content.length - durable.length)));
    // The length may be on disk and some of the bytes not.
    if (random() > 0.75) kept.fill(0, durable.length + upTo(random, kept.length - durable.length));
  }
  return { kind: 'file', content: kept, durable: kept };
}

function survivingFolder(folder: FolderNode, random: Random): FolderNode {
  const entries = new Map(folder.durable);
  for (const change of folder.unsynced.slice(0, upTo(random, folder.unsynced.length))) change(entries);
  return durableFolder(entries, (node) =>
    node.kind === 'file' ? survivingFile(node, random) : survivingFolder(node, random),
  );
}

function copyFolder(folder: FolderNode): FolderNode {
  return durableFolder(folder.entries, (node) => {
    if (node.kind === 'folder') return copyFolder(node);
    const content = Buffer.from(node.content);
    return { kind: 'file', content, durable: content };
  });
}

function durableFolder(entries: Iterable<[string, TreeNode]>, change: (node: TreeNode) => TreeNode): FolderNode {
  const changed = new Map(Array.from(entries, ([name, node]) => [name, change(node)]));
  return { kind: 'folder', entries: changed, durable: new Map(changed), unsynced: [] };
}
