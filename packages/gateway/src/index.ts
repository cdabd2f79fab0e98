/*
 * What the other packages and the whole-system tests may use of a gateway.
 */
export { createGatewayApp, type GatewayAppDependencies } from './api/app.ts';
export type { ClusterOverview, ClusterStatus } from './cluster-overview.ts';
export { createEventFeed, type ClusterEvent, type EventFeed } from './events.ts';
export { createGatewayMetrics, type GatewayMetrics } from './metrics.ts';
export { runGateway, type GatewayEnvironment, type RunningGateway } from './run-gateway.ts';
export { parseSettings, SettingsError, type GatewaySettings } from './settings.ts';
export { createStore, type RunningStore, type StoreDependencies } from './store/create-store.ts';
export type { Store } from './store.ts';
