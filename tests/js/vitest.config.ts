import { defineConfig } from 'vitest/config';

export default defineConfig({
  define: { __EARSHOT_VERSION__: '"0.0.0-test"' },
  test: { root: import.meta.dirname, include: ['**/*.test.ts'] },
});
