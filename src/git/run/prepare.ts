import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { UserError } from '../../base/errors.ts';
import { pastedFor } from '../../base/pasted.ts';
import { oneLine } from '../../base/text.ts';
import type { Env } from '../../store/paths.ts';
import { listHooks, readCarriedOver } from './carriedOver.ts';
import { gitSetup, withConfig, type ConfigEntry, type GitMode } from './environment.ts';
import { commonDir, findGitFolder } from './ownConfig.ts';
import { hasUsersHooks, readOverrides, readsEnvironment } from './overrides.ts';
import { NOTHING, type Overrides } from './ownPrograms.ts';

interface Place {
  readonly cwd: string;
  readonly env: Env;
  readonly set?: Readonly<Record<string, string>>;
}

/** Arguments and environment of a git as it is started: everything that is laid over what the repository itself says stands in them. */
export async function prepareGit(
  args: readonly string[],
  { cwd, env, set = {} }: Place,
  mode: GitMode,
): Promise<{ readonly argv: readonly string[]; readonly env: Record<string, string> }> {
  if (!isAbsolute(cwd)) throw new Error(`not an absolute path: ${cwd}`);
  const command = commandOf(args);
  if (asksForSettings(command, args)) {
    const setup = gitSetup({ mode: mode === 'ask' ? 'config' : mode, cwd, env, set });
    return { argv: [...setup.settings, ...args], env: setup.env };
  }
  const laid = await layOver(args, { cwd, env }, mode);
  if (mode === 'act' && WRITERS.includes(command)) refuseFilters(laid.filters, cwd);
  // git splits what `-c` says at the first "=": such a key goes through the environment (git 2.31).
  const isPlain = ({ key }: ConfigEntry): boolean => !key.includes('=');
  const odd = laid.settings.filter((entry) => !isPlain(entry));
  if (odd[0] !== undefined && !(await readsEnvironment({ env }))) refuseKey(odd[0].key, cwd);
  const setup = gitSetup({ mode, cwd, env: withConfig(env, odd), set });
  const options = laid.settings.filter(isPlain).flatMap(({ key, value }) => ['-c', `${key}=${value}`]);
  return {
    argv: [...setup.settings, ...options, ...plainDiff(command, args, laid.keys)],
    env: { ...setup.env, ...laid.env },
  };
}

/** Where something is done in the user's own checkout, or a worktree of it, its configuration holds as they know it; asked, it runs nothing. */
async function layOver(
  args: readonly string[],
  { cwd, env }: Pick<Place, 'cwd' | 'env'>,
  mode: GitMode,
): Promise<Overrides> {
  const folder = findGitFolder(cwd, args);
  if (folder === null) return NOTHING;
  const isLinked = commonDir(folder.gitDir) !== folder.gitDir;
  const isClone = !isLinked && existsSync(join(folder.gitDir, 'claude-tmux.json'));
  if (mode !== 'ask' && !isClone) return NOTHING;
  const own = await readOverrides(args, { cwd, env });
  const hooks =
    mode !== 'ask' && (await hasOwnHooks(folder.gitDir, { cwd, env, own }))
      ? [{ key: 'core.hooksPath', value: '/dev/null' }]
      : [];
  // What is asked about a clone is asked about the files that stand in it.
  const tree =
    own.keys.includes('core.worktree') && folder.root !== null && !isLinked ? { GIT_WORK_TREE: folder.root } : {};
  return { ...own, settings: [...own.settings, ...hooks], env: { ...own.env, ...tree } };
}

/** Commands that write files of the tree, or store them, and would do it wrongly without their filter. */
const WRITERS = ['checkout', 'checkout-index', 'read-tree', 'reset', 'add', 'apply', 'stash', 'merge', 'rebase'];

function refuseFilters([name]: readonly string[], cwd: string): void {
  if (name === undefined) return;
  throw new UserError(
    `the configuration of "${cwd}" names the filter "${name}", which was not there when the clone was made, so it is not run and its files cannot be written`,
    {
      hint: `do this with git in the clone, or take the filter out: ${pastedFor`git -C ${cwd} config --remove-section ${`filter.${name}`}`}`,
    },
  );
}

function refuseKey(key: string, cwd: string): never {
  throw new UserError(
    `the configuration of "${oneLine(cwd)}" has the key "${oneLine(key)}", which a git before 2.31 cannot be told to pass over, so nothing is asked about its files`,
    { hint: `update git, or take it out: ${pastedFor`git -C ${cwd} config --local --unset-all ${key}`}` },
  );
}

/** True when the clone's own hooks would run, and hold one that was not there when it was made. */
async function hasOwnHooks(gitDir: string, { cwd, env, own }: Place & { readonly own: Overrides }): Promise<boolean> {
  const there = listHooks(gitDir);
  if (there.length === 0 || own.hooksPath !== null) return false;
  const known = (await readCarriedOver(gitDir, env)).hooks;
  return (
    there.some(({ key, value }) => !known.some((hook) => hook.key === key && hook.value === value)) &&
    !(await hasUsersHooks({ cwd, env }))
  );
}

/** True when hooks of the clone at `tree` do not run on our account: its own configuration names them, or they came later. */
export async function hasForeignHooks(tree: string, env: Env): Promise<boolean> {
  const { argv } = await prepareGit(['update-ref'], { cwd: tree, env }, 'act');
  return argv.includes('core.hooksPath=/dev/null') || argv.includes('core.hookspath=/dev/null');
}

/** Settings are read as they stand. */
function asksForSettings(command: string, args: readonly string[]): boolean {
  return command === 'config' || command === 'version' || (command === 'rev-parse' && args.includes('--git-path'));
}

/** Options before the command that take a word of their own. */
const WITH_WORD = ['-c', '-C', '--git-dir', '--work-tree', '--namespace', '--exec-path'];

function commandOf(args: readonly string[]): string {
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? '';
    if (!word.startsWith('-')) return word;
    if (WITH_WORD.includes(word)) at++;
  }
  return '';
}

const DIFFS = ['diff', 'log', 'show', 'diff-tree', 'diff-index', 'diff-files'];

function plainDiff(command: string, args: readonly string[], keys: readonly string[]): readonly string[] {
  if (!DIFFS.includes(command) || !keys.some((key) => key.startsWith('diff.'))) return args;
  const at = args.indexOf(command) + 1;
  return [...args.slice(0, at), '--no-ext-diff', '--no-textconv', ...args.slice(at)];
}
