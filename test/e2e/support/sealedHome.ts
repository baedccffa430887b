import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PROGRAM } from '../../support/program.ts';
import { git, makeRepo } from '../../support/repo.ts';
import type { Environment, Sandbox } from '../../support/sandbox.ts';
import { claudeFolder } from './claudeCode.ts';
import type { MessagesApi } from './messagesApi.ts';

/** Made up; a claude that sees it needs no login. */
const KEY = 'sk-ant-api03-dummy-dummy-dummy-dummy-0123456789abcdefghij';

export interface SealedOptions {
  /** True: Claude trusts everything in the sandbox. Otherwise it asks, as it does on a first start. */
  readonly trusted?: boolean;
  /** Files of the project, by path. */
  readonly files?: Readonly<Record<string, string>>;
  /** Files of the home folder, by path. */
  readonly home?: Readonly<Record<string, string>>;
  /** Further keys of `~/.claude.json`. */
  readonly claudeJson?: Readonly<Record<string, unknown>>;
}

export async function makeClaudeEnvironment(sandbox: Sandbox, api: MessagesApi): Promise<Environment> {
  const bin = sandbox.path('bin');
  await mkdir(bin);
  await symlink(PROGRAM, join(bin, 'claude-tmux'));
  return {
    PATH: `${bin}:${claudeFolder()}:${sandbox.env['PATH'] ?? ''}`,
    ANTHROPIC_BASE_URL: api.url,
    ANTHROPIC_API_KEY: KEY,
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_AUTOUPDATER: '1',
    DISABLE_TELEMETRY: '1',
    DISABLE_ERROR_REPORTING: '1',
    DISABLE_BUG_COMMAND: '1',
  };
}

/** Without `hasCompletedOnboarding` claude would call its real API, whatever ANTHROPIC_BASE_URL says (2.1.197). */
export async function writeHome(
  { home, root }: Sandbox,
  { trusted = false, home: files = {}, claudeJson = {} }: SealedOptions,
): Promise<void> {
  const global = {
    hasCompletedOnboarding: true,
    lastOnboardingVersion: '2.1.332',
    theme: 'dark',
    numStartups: 10,
    // A key is known by its last 20 characters.
    customApiKeyResponses: { approved: [KEY.slice(-20)], rejected: [] },
    projects: trusted ? { [root]: { hasTrustDialogAccepted: true, hasCompletedProjectOnboarding: true } } : {},
    ...claudeJson,
  };
  await mkdir(join(home, '.claude'), { recursive: true });
  await writeFile(join(home, '.claude.json'), JSON.stringify(global, null, 2));
  for (const [name, text] of Object.entries(files)) await writeFile(join(home, name), text);
}

/** Claude Code 2.1.332 asks in each repository; a folder above it does not count. To be called before a claude runs, which writes the file too. */
export async function trust({ home }: Sandbox, folders: readonly string[]): Promise<void> {
  const file = join(home, '.claude.json');
  const content = JSON.parse(await readFile(file, 'utf8')) as { readonly projects: Readonly<Record<string, object>> };
  const added = Object.fromEntries(
    folders.map((folder) => [folder, { ...content.projects[folder], hasTrustDialogAccepted: true }]),
  );
  await writeFile(file, JSON.stringify({ ...content, projects: { ...content.projects, ...added } }, null, 2));
}

export async function makeProject(sandbox: Sandbox, files: Readonly<Record<string, string>>): Promise<string> {
  const { env, root } = sandbox;
  const checkout = sandbox.path('src', 'shop');
  const remote = sandbox.path('remote', 'shop.git');
  await makeRepo(checkout, { env, files: { 'README.md': '# A mock shop\n', '.gitignore': '*.yaml\n', ...files } });
  await git(root, ['clone', '-q', '--bare', checkout, remote], env);
  await git(checkout, ['remote', 'add', 'origin', remote], env);
  await git(checkout, ['fetch', '-q', 'origin'], env);
  await git(checkout, ['remote', 'set-head', 'origin', 'main'], env);
  return checkout;
}
