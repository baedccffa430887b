import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/**
 * Loaded before every test file. What a test starts without an environment of its own finds an empty home and a tmux folder
 * without servers, never the developer's.
 */
const home = mkdtempSync(join(tmpdir(), 'ct-guard-'));
for (const name of Object.keys(process.env)) {
  if (/^(TMUX|CLAUDE|XDG_|GIT_)/.test(name)) Reflect.deleteProperty(process.env, name);
}
process.env.HOME = home;
process.env.TMUX_TMPDIR = home;

afterAll(() => {
  rmSync(home, { recursive: true, force: true });
});
