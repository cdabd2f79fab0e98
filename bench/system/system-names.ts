/*
 * What is measured beside each other, by name.
 */

/** In the order in which they are measured: those that are compared most stand next to each other. */
export const SYSTEM_NAMES = [
  'bare-http',
  'bare-hono',
  'redis',
  'trolley',
  'redis-wait',
  'redis-gathered',
  'postgres',
  'etcd',
] as const;

/** One of the systems. */
export type SystemName = (typeof SYSTEM_NAMES)[number];

/** What each is, in a few words. */
export const DESCRIPTIONS: Readonly<Record<SystemName, string>> = {
  'bare-http': 'node:http on a Map, nothing kept',
  'bare-hono': 'hono on a Map, nothing kept',
  redis: 'hono + Redis, one server, on its disk',
  trolley: 'Trolley: gateway + 3 nodes, on 2 disks of 3',
  'redis-wait': 'hono + Redis primary and 2 replicas, a WAIT 1 for each addition on one of 64 connections',
  'redis-gathered': 'the same, one WAIT 1 for all additions that gathered',
  postgres: 'hono + PostgreSQL, 2 standbys, any 1 of them synchronous',
  etcd: 'hono + 3 etcd servers, compare-and-set',
};
