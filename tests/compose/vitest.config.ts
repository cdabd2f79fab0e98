// Apart from `npm test`: this one builds an image and wants a Docker engine.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { include: ['tests/compose/*.test.ts'], testTimeout: 300_000, hookTimeout: 600_000 },
});
