import { defineConfig } from 'vitest/config';

// Tests run from the sources: the packages export them under a condition of their own.
const conditions = ['@trolley/source'];
const fromSources = { resolve: { conditions }, ssr: { resolve: { conditions, externalConditions: conditions } } };

export default defineConfig({
  test: {
    projects: [
      {
        ...fromSources,
        test: {
          name: 'unit',
          include: ['packages/*/src/**/*.test.ts', 'bench/**/*.test.ts', 'tests/*.test.ts'],
          exclude: ['**/dist/**', '**/node_modules/**'],
          testTimeout: 20_000,
          hookTimeout: 60_000,
          // What is waited for comes at once; on a machine that has much else to do, that may be seconds.
          expect: { poll: { timeout: 15_000 } },
        },
      },
      {
        ...fromSources,
        test: {
          name: 'system',
          include: ['tests/*/**/*.test.ts'],
          exclude: ['tests/compose/**', '**/node_modules/**'],
          // Long enough for a machine that has much else to do: no test waits for it to pass.
          testTimeout: 60_000,
          hookTimeout: 120_000,
          // Each starts a cluster of processes, which would slow the others down past their deadlines.
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
