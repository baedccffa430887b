import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longestFirst.ts';
import { memoryFolder } from './test/support/memoryFolder.ts';

// Thousands of small repositories come and go: on a disk the file system's part of that takes longer than git's.
process.env['TMPDIR'] ??= memoryFolder() ?? '/tmp';

/**
 * Real git, tmux and shells on two slow cores: timeouts are generous, processes are few. A third worker leaves no core idle and every deadline
 * nearer. In CI, where a busy machine decides who comes first, a test has a second attempt; those that needed it are named before the summary.
 */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/guard.ts'],
    pool: 'forks',
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    testTimeout: 90_000,
    hookTimeout: 60_000,
    retry: process.env['CI'] ? 1 : 0,
    reporters: ['./test/support/secondTry.ts', 'default'],
  },
});
