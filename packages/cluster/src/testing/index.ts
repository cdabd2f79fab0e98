/*
 * What the tests of other packages may use. Never part of what runs.
 */
export { createManualClock, type ManualClock } from './manual-clock.ts';
export { startZooKeeperServer, type ZooKeeperServer } from './zookeeper-server.ts';
