/*
 * The gateway is a program, not a library: `main.ts` runs it, and others find it beside this file. Only its store is
 * shown, for whoever measures it without the API on top.
 */
export { createEventFeed } from './events.ts';
export { createGatewayMetrics } from './metrics.ts';
export { parseSettings } from './settings.ts';
export { createStore } from './store/create-store.ts';
