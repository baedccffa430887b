import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ProgramError } from '../../base/errors.ts';
import { isAtLeast } from '../../base/version.ts';
import type { Env } from '../../store/paths.ts';
import { globalConfigFiles } from '../configFiles.ts';
import { gitSetup } from './environment.ts';
import {
  commonDir,
  findGitFolder,
  findOwnFiles,
  isHarmlessConfig,
  signatureOf,
  type GitFolder,
  type OwnFile,
} from './ownConfig.ts';
import { NOTHING, overridesFor, type Overrides, type ScopedSetting } from './ownPrograms.ts';
import { readCarriedOver } from './carriedOver.ts';

interface Target {
  readonly cwd: string;
  readonly env: Env;
}

/**
 * What must be laid over the configuration of the repository that git is about to act on, so that nothing runs which only that configuration
 * names. No process where its text names nothing; else one, and none again until a file of the configuration changes. Throws
 * ProgramError when git cannot say what the configuration holds.
 */
export async function readOverrides(args: readonly string[], { cwd, env }: Target): Promise<Overrides> {
  const folder = findGitFolder(cwd, args);
  if (folder === null) return NOTHING;
  const files = findOwnFiles(folder).filter((file) => !isHarmless(file));
  if (files.length === 0) return NOTHING;
  const users = globalConfigFiles(env).map((path) => signatureOf(path) ?? '');
  const steered = Object.entries(env).filter(([name]) => /^(GIT_CONFIG|HOME$|XDG_|PAGER$)/.test(name));
  const key = JSON.stringify([
    folder.gitDir,
    files,
    users,
    steered,
    signatureOf(join(commonDir(folder.gitDir), 'claude-tmux.json')),
  ]);
  const known = answers.get(key);
  if (known !== undefined) return known;
  if (answers.size >= MOST) answers.clear();
  const answer = readFrom(folder, files, { cwd, env });
  answers.set(key, answer);
  answer.catch(() => answers.delete(key));
  return answer;
}

/** What only the repository at `tree` names, and that therefore does not run. */
export async function readOwnPrograms(tree: string, env: Env): Promise<Pick<Overrides, 'keys' | 'filters'>> {
  return readOverrides([], { cwd: tree, env });
}

/** True when the hooks of the repository lie where the user or the system says. For a repository that says nothing of that itself. */
export async function hasUsersHooks(target: Target): Promise<boolean> {
  return (await run(['config', '--get', 'core.hookspath'], target)).code === 0;
}

/** True for a git that takes settings from `GIT_CONFIG_COUNT` (2.31). Asked once for each PATH. */
export async function readsEnvironment({ env }: Pick<Target, 'env'>): Promise<boolean> {
  const path = env.PATH ?? '';
  const known =
    versions.get(path) ?? run(['version'], { cwd: '/', env }).then(({ stdout }) => isAtLeast(stdout, [2, 31]));
  versions.set(path, known);
  known.catch(() => versions.delete(path));
  return known;
}
const versions = new Map<string, Promise<boolean>>();

const MOST = 500;
const answers = new Map<string, Promise<Overrides>>();
const harmless = new Map<string, boolean>();

function isHarmless({ path, signature }: OwnFile): boolean {
  const key = `${path} ${signature}`;
  const known = harmless.get(key);
  if (known !== undefined) return known;
  if (harmless.size >= MOST) harmless.clear();
  const answer = isHarmlessConfig(path);
  harmless.set(key, answer);
  return answer;
}

async function readFrom(folder: GitFolder, files: readonly OwnFile[], target: Target): Promise<Overrides> {
  const common = commonDir(folder.gitDir);
  const own = [join(common, 'config'), join(folder.gitDir, 'config.worktree'), join(common, 'config.worktree')];
  const listed = await listSettings(folder, target);
  const inside = await Promise.all(
    files.filter(({ path }) => !own.includes(path)).map(({ path }) => listFile(path, target)),
  );
  const carried = await readCarriedOver(folder.gitDir, target.env);
  const isCarried = ({ key, value }: ScopedSetting): boolean =>
    carried.settings.some((entry) => entry.key.toLowerCase() === key.toLowerCase() && entry.value === value);
  const settings = [...listed, ...inside.flat()].map((setting) =>
    isCarried(setting) ? { ...setting, scope: 'carried' } : setting,
  );
  return overridesFor(settings, target.env);
}

/** `--show-scope` is of git 2.26; before, what the repository's file says is listed alone, its includes with it. */
async function listSettings(folder: GitFolder, { cwd, env }: Target): Promise<readonly ScopedSetting[]> {
  const named = [
    '--git-dir',
    folder.gitDir,
    ...(folder.root === null || !existsSync(folder.root) ? [] : ['--work-tree', folder.root]),
  ];
  const { code, stdout, stderr } = await run([...named, 'config', '--list', '--show-scope', '-z'], { cwd, env });
  if (code === 0) return parseScoped(stdout);
  if (code !== 129) throw new ProgramError({ argv: ['git', 'config', '--list'], code, stderr });
  const [local, all] = await Promise.all([
    run([...named, 'config', '--local', '--includes', '--list', '-z'], { cwd, env }),
    run(['config', '--list', '-z'], { cwd: '/', env }),
  ]);
  if (local.code !== 0)
    throw new ProgramError({ argv: ['git', 'config', '--list'], code: local.code, stderr: local.stderr });
  return [...parsePlain(all.stdout, 'global'), ...parsePlain(local.stdout, 'local')];
}

async function listFile(path: string, { cwd, env }: Target): Promise<readonly ScopedSetting[]> {
  const { code, stdout, stderr } = await run(['config', '--file', path, '--includes', '--list', '-z'], { cwd, env });
  if (code !== 0) throw new ProgramError({ argv: ['git', 'config', '--file', path, '--list'], code, stderr });
  // Every submodule says where its work tree is.
  return parsePlain(stdout, 'local').filter(({ key }) => key !== 'core.worktree');
}

function parseScoped(text: string): readonly ScopedSetting[] {
  const words = text.split('\0');
  const settings: ScopedSetting[] = [];
  for (let at = 0; at + 1 < words.length; at += 2) settings.push(parseRecord(words[at + 1] ?? '', words[at] ?? ''));
  return settings;
}

function parsePlain(text: string, scope: string): readonly ScopedSetting[] {
  return text
    .split('\0')
    .filter((record) => record !== '')
    .map((record) => parseRecord(record, scope));
}

/** A key without a value means true. */
function parseRecord(record: string, scope: string): ScopedSetting {
  const end = record.indexOf('\n');
  return end === -1
    ? { scope, key: record, value: 'true' }
    : { scope, key: record.slice(0, end), value: record.slice(end + 1) };
}

interface Listing {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `git config` starts nothing, whatever the configuration says. */
async function run(args: readonly string[], { cwd, env }: Target): Promise<Listing> {
  const setup = gitSetup({ mode: 'config', cwd, env });
  return new Promise((resolve, reject) => {
    const child = spawn('git', [...setup.settings, '-C', cwd, ...args], {
      cwd: '/',
      env: setup.env,
      timeout: 10_000,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [out, err]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.once('error', reject);
    child.once('close', (code) =>
      resolve({ code, stdout: Buffer.concat(out).toString('utf8'), stderr: Buffer.concat(err).toString('utf8') }),
    );
  });
}
