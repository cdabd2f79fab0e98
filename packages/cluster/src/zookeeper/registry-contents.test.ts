import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { NodeDetails } from '../registry.ts';
import { connectSession } from '../testing/connect-session.ts';
import { startZooKeeperServer, type ZooKeeperServer } from '../testing/zookeeper-server.ts';
import { encode, layoutUnder, type Layout } from './layout.ts';
import { RegistryContents } from './registry-contents.ts';
import { ConnectionLostError, type ZooKeeperSession } from './session.ts';

const logger = pino({ level: 'silent' });
const ignore = (): void => {};

describe('RegistryContents', () => {
  let server: ZooKeeperServer;
  let session: ZooKeeperSession;
  let layout: Layout;
  let tests = 0;

  beforeAll(async () => {
    server = await startZooKeeperServer();
    session = await connectSession(server.connect);
  });

  afterAll(async () => {
    await session.close();
    await server.stop();
  });

  beforeEach(() => {
    tests += 1;
    layout = layoutUnder(`/test-${tests}`);
  });

  async function register(id: string): Promise<void> {
    await session.create(layout.prefixOf('node'), encode(node(id)), 'EPHEMERAL_SEQUENTIAL');
  }

  it('reads the folder anew when it was removed and made again, and names begin again', async () => {
    const contents = new RegistryContents(layout, logger);
    contents.markStale();
    await contents.refresh(session, ignore);
    await register('first');
    contents.markStale('node');
    await contents.refresh(session, ignore);
    expect(idsOf(contents)).toEqual(['first']);
    await session.remove(`${layout.prefixOf('node')}0000000000`);
    await session.remove(layout.folderOf('node'));
    await session.create(layout.folderOf('node'), Buffer.alloc(0), 'PERSISTENT');
    await register('second');
    contents.markStale('node');
    await contents.refresh(session, ignore);
    expect(contents.entries).toMatchObject([{ sequence: 0, participant: { details: { id: 'second' } } }]);
  });

  it('reads again what it could not read', async () => {
    const contents = new RegistryContents(layout, logger);
    const lost = await connectSession(server.connect);
    await lost.close();
    contents.markStale();
    await expect(contents.refresh(lost, ignore)).rejects.toBeInstanceOf(ConnectionLostError);
    await session.create(`/test-${tests}`, Buffer.alloc(0), 'PERSISTENT');
    await session.create(layout.folderOf('node'), Buffer.alloc(0), 'PERSISTENT');
    await register('found');
    await contents.refresh(session, ignore);
    expect(idsOf(contents)).toEqual(['found']);
  });

  it('reads only what has changed, and tells of each change once', async () => {
    const contents = new RegistryContents(layout, logger);
    const onStale = vi.fn<() => void>();
    contents.markStale();
    await contents.refresh(session, onStale);
    await register('one');
    await register('two');
    await vi.waitFor(() => expect(onStale).toHaveBeenCalledTimes(1));
    expect(contents.entries).toEqual([]);
    await contents.refresh(session, onStale);
    expect(idsOf(contents)).toEqual(['one', 'two']);
    const asked = vi.spyOn(session, 'children');
    await contents.refresh(session, onStale);
    expect(asked).not.toHaveBeenCalled();
    asked.mockRestore();
  });
});

function node(id: string): NodeDetails {
  return { id, host: '127.0.0.1', port: 7000, zone: 'zone-1', weight: 1 };
}

function idsOf(contents: RegistryContents): string[] {
  return contents.entries.map(({ participant }) => participant.details.id).toSorted();
}
