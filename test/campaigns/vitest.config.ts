import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { memoryFolder } from '../support/memoryFolder.ts';

process.env['TMPDIR'] ??= memoryFolder() ?? '/tmp';

/** The campaigns: tests that take long, run by `scripts/test-campaigns`. */
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: ['test/campaigns/**/*.campaign.ts'],
    setupFiles: ['test/support/guard.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 600_000,
    hookTimeout: 120_000,
  },
});
