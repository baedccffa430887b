import type { Env } from '../../store/paths.ts';

/** One setting, and where git found it: `system`, `global`, `local`, `worktree`, `command`. */
export interface ScopedSetting {
  readonly scope: string;
  readonly key: string;
  readonly value: string;
}

/** What is laid over a repository's own configuration. */
export interface Overrides {
  readonly settings: readonly { readonly key: string; readonly value: string }[];
  readonly env: Readonly<Record<string, string>>;
  /** Filters that only the repository names: what the files under them hold is not known. */
  readonly filters: readonly string[];
  /** Keys of programs that only the repository names. */
  readonly keys: readonly string[];
  /** Folder of the hooks that the user, the system, or the checkout a clone was made from has set. */
  readonly hooksPath: string | null;
}

export const NOTHING: Overrides = { settings: [], env: {}, filters: [], keys: [], hooksPath: null };

interface Rule {
  readonly pattern: RegExp;
  /** What stands instead where neither the user nor the system names one. */
  readonly off: (
    setting: { readonly key: string; readonly value: string },
    env: Env,
  ) => readonly (readonly [string, string])[];
  /** False for a value that starts nothing. */
  readonly runs?: (value: string) => boolean;
}

const to =
  (value: string): Rule['off'] =>
  ({ key }) => [[key, value]];
const isFlag = (value: string): boolean => /^(true|false|yes|no|on|off|0|1|)$/i.test(value);

/**
 * Every key of git's configuration that names a program and that a git of ours would follow (git-config of 2.25 to 2.55). Not here: programs of
 * commands that are never run (mergetool, difftool, sendemail, instaweb, man, web), what git takes from protected configuration alone
 * (uploadpack.packObjectsHook, trace2, safe), and editors, which the environment sets.
 */
const RULES: readonly Rule[] = [
  { pattern: /^core\.fsmonitor$/, off: to('false'), runs: (value) => !/^(false|no|off|0|)$/i.test(value) },
  { pattern: /^core\.hookspath$/, off: to('/dev/null') },
  { pattern: /^core\.virtualfilesystem$/, off: to('') },
  {
    pattern: /^hook\..*\.command$/,
    off: ({ key }) => [
      [key.replace(/\.command$/, '.enabled'), 'false'],
      [key, 'true'],
    ],
  },
  { pattern: /^filter\..*\.(clean|smudge|process)$/, off: to('') },
  // By options of the command: an empty program would show an empty diff.
  { pattern: /^diff\.((.*\.)?(textconv|command)|external)$/, off: () => [] },
  // git takes an end other than 0 for a conflict, and an empty command for a merge that has kept our side.
  { pattern: /^merge\..*\.driver$/, off: to('false') },
  { pattern: /^core\.sshcommand$/, off: to('ssh') },
  // By a variable: of several that match, git takes the first.
  { pattern: /^core\.gitproxy$/, off: () => [] },
  { pattern: /^core\.alternaterefscommand$/, off: to('true') },
  { pattern: /^credential\.(.*\.)?helper$/, off: to('') },
  // An empty one asks on the terminal; without any, git would take the user's SSH_ASKPASS.
  { pattern: /^core\.askpass$/, off: ({ key }, env) => [[key, env['SSH_ASKPASS'] ?? '']] },
  { pattern: /^remote\..*\.uploadpack$/, off: to('git-upload-pack') },
  { pattern: /^remote\..*\.receivepack$/, off: to('git-receive-pack') },
  { pattern: /^remote\..*\.vcs$/, off: to('none') },
  { pattern: /^protocol\.ext\.allow$/, off: to('never') },
  { pattern: /^protocol\.allow$/, off: () => [['protocol.ext.allow', 'never']] },
  { pattern: /^gpg\.program$|^gpg\.openpgp\.program$/, off: to('gpg') },
  { pattern: /^gpg\.x509\.program$/, off: to('gpgsm') },
  { pattern: /^gpg\.ssh\.program$/, off: to('ssh-keygen') },
  { pattern: /^gpg\.ssh\.defaultkeycommand$/, off: to('true') },
  { pattern: /^core\.pager$/, off: ({ key }, env) => [[key, env['PAGER'] ?? 'less']] },
  { pattern: /^pager\..*$/, off: to('true'), runs: (value) => !isFlag(value) },
  // The second form is git 2.55's.
  { pattern: /^alias\.(lfs|hook)(\.command)?$/, off: to('') },
  { pattern: /^submodule\..*\.update$/, off: to('checkout'), runs: (value) => value.startsWith('!') },
  { pattern: /^gc\.recentobjectshook$/, off: to('true') },
  { pattern: /^lfs\.(extension|customtransfer)\..*|^lfs\.standalonetransferagent$/, off: () => [] },
];

/** As `git lfs install --local` writes them: a program of the user's, found on their PATH. */
const LFS: Readonly<Record<string, RegExp>> = {
  'filter.lfs.clean': /^git-lfs clean -- %f$/,
  'filter.lfs.smudge': /^git-lfs smudge (--skip )?-- %f$/,
  'filter.lfs.process': /^git-lfs filter-process( --skip)?$/,
};

const OWN = ['local', 'worktree'];

/** What has to be laid over so that nothing runs which only the repository's own settings name; what the user or the system names stays. */
export function overridesFor(settings: readonly ScopedSetting[], env: Env): Overrides {
  const own = settings.filter(({ scope }) => OWN.includes(scope));
  const others = settings.filter(({ scope }) => !OWN.includes(scope));
  const helpsLfs = own.some(({ key }) => /^lfs\.(extension|customtransfer|standalonetransferagent)/.test(key));
  const isKnown = ({ key, value }: ScopedSetting): boolean => !helpsLfs && LFS[key]?.test(value) === true;
  const found = own.filter(
    (setting) => !isKnown(setting) && ruleOf(setting) !== undefined && !isSaidElsewhere(setting, others),
  );
  const keys = [...new Set(found.map(({ key }) => key))];
  const laid = keys.flatMap((key) => instead(key, { found, others, env }));
  const filters = [
    ...new Set([...keys.flatMap((key) => /^filter\.(.*)\.[a-z]+$/.exec(key)?.[1] ?? []), ...(helpsLfs ? ['lfs'] : [])]),
  ];
  const withoutLfs = helpsLfs
    ? ['clean', 'smudge', 'process']
        .map((kind) => ({ key: `filter.lfs.${kind}`, value: '' }))
        .concat({ key: 'filter.lfs.required', value: 'false' })
    : [];
  const unforced = filters
    .filter((name) => !others.some(({ key }) => key.startsWith(`filter.${name}.`)))
    .map((name) => ({ key: `filter.${name}.required`, value: 'false' }));
  const worktree = own.some(({ key }) => key === 'core.worktree');
  const hooksPath = others.findLast(({ key }) => key === 'core.hookspath')?.value ?? null;
  return {
    hooksPath,
    settings: [...laid, ...unforced, ...withoutLfs],
    env: keys.includes('core.gitproxy') ? { GIT_PROXY_COMMAND: '' } : {},
    filters,
    keys: [...keys, ...(worktree ? ['core.worktree'] : [])],
  };
}

/** True for a setting that is not followed where only a repository's own configuration has it. */
export function namesProgram(setting: Pick<ScopedSetting, 'key' | 'value'>): boolean {
  return ruleOf({ ...setting, key: setting.key.toLowerCase() }) !== undefined;
}

function ruleOf({ key, value }: Pick<ScopedSetting, 'key' | 'value'>): Rule | undefined {
  return RULES.find(({ pattern, runs }) => pattern.test(key) && (runs?.(value) ?? true));
}

function isSaidElsewhere({ key, value }: ScopedSetting, others: readonly ScopedSetting[]): boolean {
  return others.some((other) => other.key === key && other.value === value);
}

interface Known {
  readonly found: readonly ScopedSetting[];
  readonly others: readonly ScopedSetting[];
  readonly env: Env;
}

/** The user's own value in its place; a list is emptied and begun again. */
function instead(
  key: string,
  { found, others, env }: Known,
): readonly { readonly key: string; readonly value: string }[] {
  const users = others.filter((other) => other.key === key).map(({ value }) => value);
  const setting = found.findLast((each) => each.key === key);
  const rule = setting === undefined ? undefined : ruleOf(setting);
  if (setting === undefined || rule === undefined) return [];
  if (key.startsWith('credential.')) return ['', ...users].map((value) => ({ key, value }));
  const last = users.at(-1);
  const off = last === undefined || key.startsWith('hook.') ? rule.off(setting, env) : [[key, last] as const];
  return off.map(([name, value]) => ({ key: name, value }));
}
