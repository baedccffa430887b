import { mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/**
 * Loaded before every test file. What a test starts without an environment of its own finds an empty home and a tmux folder
 * without servers, never the developer's.
 */
const home = mkdtempSync(join(tmpdir(), 'ct-guard-'));
// Where the real Claude Code is kept for the tests that start it; its folder lies in the developer's own cache.
process.env.CLAUDE_TMUX_E2E_CACHE ??= join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'claude-tmux-test');
for (const name of Object.keys(process.env)) {
  if (/^(TMUX|CLAUDE(?!_TMUX_E2E_)|XDG_|GIT_)/.test(name)) Reflect.deleteProperty(process.env, name);
}
process.env.HOME = home;
process.env.TMUX_TMPDIR = home;

afterAll(() => {
  rmSync(home, { recursive: true, force: true });
});
