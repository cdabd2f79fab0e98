export { createManualClock, type ManualClock } from './manual-clock.ts';
export { startZooKeeperServer, type ZooKeeperServer } from './zookeeper-server.ts';
