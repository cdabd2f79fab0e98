/*
 * A hand in ZooKeeper for tests: a session that is not the registry's, with which a test puts things
 * there or takes them away.
 */
import { systemClock } from '../system-clock.ts';
import { ZooKeeperSession } from '../zookeeper/session.ts';

const SESSION_TIMEOUT_MS = 10_000;
const OPERATION_TIMEOUT_MS = 5000;

/** A session with the ZooKeeper at HOST:PORT, connected. */
export async function connectSession(connect: string): Promise<ZooKeeperSession> {
  const settings = {
    connect,
    sessionTimeoutMs: SESSION_TIMEOUT_MS,
    operationTimeoutMs: OPERATION_TIMEOUT_MS,
    clock: systemClock,
  };
  return await new Promise((resolve) => {
    const session = new ZooKeeperSession(settings, {
      connected: () => resolve(session),
      disconnected: () => {},
      expired: () => {},
    });
  });
}
