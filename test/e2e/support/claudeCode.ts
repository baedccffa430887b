import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe } from 'vitest';
import { withLock } from '../../../src/store/lock.ts';

/** The newest version that these tests are known to pass with; CLAUDE_TMUX_E2E_VERSION chooses another (2.1.197, which npm gives to Node 20). */
export const VERSION = process.env['CLAUDE_TMUX_E2E_VERSION'] ?? '2.1.332';
/** The native program, which runs beside any Node. */
const PACKAGE = `@anthropic-ai/claude-code-${process.platform}-${process.arch}`;
/** True for the older of the two: where they behave differently, a test says how. */
export const IS_OLD_CLAUDE = VERSION.localeCompare('2.1.332', 'en', { numeric: true }) < 0;
/** A download of 240 MB, in milliseconds. */
const INSTALL_MS = 300_000;
/** Several claudes on two busy cores, in milliseconds. */
const TEST_MS = 150_000;

type ClaudeCode = { readonly folder: string } | { readonly missing: string };

const claudeCode = await provideClaudeCode();

/** `describe` for tests that need the real Claude Code; they are skipped, by name and with the reason, where it cannot be had. */
export function describeClaude(name: string, tests: () => void): void {
  if ('missing' in claudeCode) describe.skip(`${name} [skipped: ${claudeCode.missing}]`, tests);
  else describe(`${name} [Claude Code ${VERSION}]`, { timeout: TEST_MS }, tests);
}

/** The folder for PATH that holds `claude`. */
export function claudeFolder(): string {
  if ('missing' in claudeCode) throw new Error(claudeCode.missing);
  return claudeCode.folder;
}

/** Installed once for all runs, whole or not at all: beside its place, then renamed. */
async function provideClaudeCode(): Promise<ClaudeCode> {
  const cache = process.env['CLAUDE_TMUX_E2E_CACHE'] ?? join(userInfo().homedir, '.cache', 'claude-tmux-test');
  const place = join(cache, `claude-code-${VERSION}`);
  try {
    const lock = { timeoutMs: INSTALL_MS, what: 'installing Claude Code for the tests' };
    await withLock(`${place}.lock`, lock, async () => {
      if (!(await isThere(place))) await install(cache, place);
    });
    return { folder: await findFolder(place) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { missing: `Claude Code ${VERSION} is not there: ${reason.split('\n', 1)[0] ?? ''}` };
  }
}

async function install(cache: string, place: string): Promise<void> {
  await mkdir(cache, { recursive: true });
  const beside = await mkdtemp(`${place}.new-`);
  try {
    const flags = [
      '--prefix',
      beside,
      '--no-save',
      '--no-package-lock',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
    ];
    // The user's own npm settings say where packages come from, so this one program gets the user's home.
    const env = { ...process.env, HOME: userInfo().homedir };
    await promisify(execFile)('npm', ['install', ...flags, `${PACKAGE}@${VERSION}`], {
      cwd: beside,
      env,
      timeout: INSTALL_MS,
    });
    await findFolder(beside);
    await rename(beside, place);
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
}

async function findFolder(place: string): Promise<string> {
  const folder = join(place, 'node_modules', PACKAGE);
  if (await isThere(join(folder, 'claude'))) return folder;
  throw new Error(`the package holds no program for this system (${process.platform}, ${process.arch})`);
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
