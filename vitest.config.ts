import { defineConfig } from 'vitest/config';

/** Real git, tmux and shells on two slow cores: timeouts are generous, processes are few. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/guard.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
