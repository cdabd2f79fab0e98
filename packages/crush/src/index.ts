export * from './cluster-map.ts';
