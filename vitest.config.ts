import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longestFirst.ts';
import { memoryFolder } from './test/support/memoryFolder.ts';

// Thousands of small repositories come and go: on a disk the file system's part of that takes longer than git's.
process.env['TMPDIR'] ??= memoryFolder() ?? '/tmp';

/** Real git, tmux and shells on two slow cores: timeouts are generous, and one worker more than there are cores, as some of them always wait. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/guard.ts'],
    pool: 'forks',
    maxWorkers: Math.min(availableParallelism(), 4) + 1,
    sequence: { sequencer: LongestFirst },
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
