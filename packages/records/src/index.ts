export * from './record.ts';
export * from './change.ts';
