import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// Tests run from the sources: the packages export them under a condition of their own.
const conditions = ['@trolley/source'];
const fromSources = { resolve: { conditions }, ssr: { resolve: { conditions, externalConditions: conditions } } };

export default defineConfig({
  test: {
    // One more than the default, which leaves a core idle: of two, that is half.
    maxWorkers: availableParallelism(),
    projects: [
      {
        ...fromSources,
        test: {
          name: 'unit',
          // The simulation, too: it is one process on a clock of its own.
          include: [
            'packages/*/src/**/*.test.ts',
            'bench/**/*.test.ts',
            'tests/*.test.ts',
            'tests/{simulation,support}/**/*.test.ts',
          ],
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
          exclude: ['tests/{compose,simulation,support}/**', '**/node_modules/**'],
          // Long enough for a machine that has much else to do: no test waits for it to pass.
          testTimeout: 60_000,
          hookTimeout: 120_000,
          // Each starts a cluster of processes, and waits for most of the time; more would slow each other down past deadlines.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
