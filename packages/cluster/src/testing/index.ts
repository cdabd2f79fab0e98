export { openFlakyLink, type FlakyLink } from './flaky-link.ts';
export { createManualClock, type ManualClock } from './manual-clock.ts';
export { registryConformance, type RegistryServer, type RegistryUnderTest } from './registry-conformance.ts';
export { startZooKeeperServer, type ZooKeeperServer } from './zookeeper-server.ts';
