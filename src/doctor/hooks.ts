import { pasted } from '../base/pasted.ts';
import { wrong, type Finding } from './finding.ts';

/** One file that may switch hooks off, weakest first: user, project, local, the session's own, managed. */
export interface SettingsLevel {
  readonly path: string;
  readonly kind: 'user' | 'project' | 'local' | 'session' | 'managed';
  /** `disableAllHooks`; null when the file says nothing about it. */
  readonly disableAllHooks: boolean | null;
  /** `allowManagedHooksOnly`, which counts in the managed file alone. */
  readonly managedOnly: boolean;
}

/** What is known of the hooks of one Claude session of a fleet. */
export interface HookedSession {
  readonly fleet: string;
  readonly id: string;
  readonly settings: readonly SettingsLevel[];
  /** Words after `claude` that switch hooks off. */
  readonly switches: readonly string[];
  /** Claude's registry has told of it for a while, and its hooks have told nothing. */
  readonly isSilent: boolean;
  /** Why what the hooks told, or Claude's registry, could not be read. */
  readonly problems: readonly string[];
  /** True when Claude trusts its folder; null when the folder is gone. */
  readonly isTrusted: boolean | null;
  /** The folder to be trusted: the root of the repository it works in. */
  readonly folder: string;
}

/** The plugin folder that a fleet's sessions were given. */
export interface HooksFolder {
  readonly fleet: string;
  readonly path: string;
  readonly isWhole: boolean;
  /** Events that are registered and unknown to the Claude Code that is installed now. */
  readonly unknown: readonly string[];
}

/** Arguments under which Claude Code runs no hook (2.1.197). */
export const SWITCHES: readonly string[] = ['--safe-mode', '--bare'];

export interface HooksReading {
  /** The files that count for every session. */
  readonly everywhere: readonly SettingsLevel[];
  readonly sessions: readonly HookedSession[];
  readonly folders: readonly HooksFolder[];
}

export function hooksFindings({ everywhere, sessions, folders }: HooksReading): readonly Finding[] {
  return [
    ...settingsFindings(everywhere, sessions),
    ...sessions.flatMap(sessionFindings),
    ...trustFindings(sessions),
    ...folders.flatMap(folderFindings),
  ];
}

/** A file that switches hooks off is one finding, whomever it reaches; a stronger file may have the last word. */
function settingsFindings(
  everywhere: readonly SettingsLevel[],
  sessions: readonly HookedSession[],
): readonly Finding[] {
  const reached = new Map<string, { readonly off: Off; readonly names: string[] }>();
  for (const { fleet, id, settings } of sessions) {
    const off = whatSwitchesOff(settings);
    if (off !== null) (reached.get(off.level.path) ?? put(reached, off)).names.push(`${id} of ${fleet}`);
  }
  const general = sessions.length === 0 ? whatSwitchesOff(everywhere) : null;
  if (general !== null) put(reached, general);
  return [...reached.values()].map(({ off, names }) => settingsFinding(off, names));
}

function put<T>(
  reached: Map<string, { readonly off: T; readonly names: string[] }>,
  off: T & Off,
): { readonly off: T; readonly names: string[] } {
  const entry = { off, names: [] };
  reached.set(off.level.path, entry);
  return entry;
}

interface Off {
  readonly level: SettingsLevel;
  readonly key: 'disableAllHooks' | 'allowManagedHooksOnly';
}

function whatSwitchesOff(levels: readonly SettingsLevel[]): Off | null {
  const managed = levels.find(({ managedOnly }) => managedOnly);
  if (managed) return { level: managed, key: 'allowManagedHooksOnly' };
  const last = levels.filter(({ disableAllHooks }) => disableAllHooks !== null).at(-1);
  return last?.disableAllHooks === true ? { level: last, key: 'disableAllHooks' } : null;
}

function settingsFinding({ level: { path, kind }, key }: Off, names: readonly string[]): Finding {
  const whom = names.length === 0 ? '' : `, for ${names.join(', ')}`;
  const what = `"${key}" in the ${kind} settings "${path}" switches hooks off${whom}: states come from Claude's registry alone, later and without reasons`;
  return wrong(
    'hooks-off',
    what,
    kind === 'managed'
      ? 'ask who manages these settings; all else works'
      : `take it out of that file, then \`claude-tmux restart\` each session`,
  );
}

function sessionFindings({ fleet, id, switches, isSilent, problems }: HookedSession): readonly Finding[] {
  const name = `${id} of ${fleet}`;
  const off = switches.map((word) =>
    wrong(
      'hooks-off',
      `"claude.args" of ${name} holds ${word}, under which Claude Code runs no hook`,
      `take it out of the layout, then ${pasted`restart ${id}`}`,
    ),
  );
  const silent =
    isSilent && off.length === 0
      ? [
          wrong(
            'hooks-silent',
            `the hooks of ${name} have told nothing, though its Claude runs`,
            `${pasted`restart ${id}`}; if that changes nothing, look in its pane at /hooks`,
          ),
        ]
      : [];
  return [
    ...off,
    ...silent,
    ...problems.map((problem) =>
      wrong('hooks-unread', `${name}: ${problem}`, 'see the permissions of that file with ls -l'),
    ),
  ];
}

function trustFindings(sessions: readonly HookedSession[]): readonly Finding[] {
  const fleets = [...new Set(sessions.map(({ fleet }) => fleet))];
  return fleets.flatMap((fleet) => {
    const paths = [
      ...new Set(
        sessions
          .filter((session) => session.fleet === fleet && session.isTrusted === false)
          .map(({ folder }) => folder),
      ),
    ];
    return paths.length === 0
      ? []
      : [
          wrong(
            'trust',
            `Claude Code does not trust ${paths.join(', ')} (fleet "${fleet}"): it asks in the pane, and runs no hook before`,
            'answer it there; claude-tmux restart SESSION from a terminal asks once for the repository',
          ),
        ];
  });
}

function folderFindings({ fleet, path, isWhole, unknown }: HooksFolder): readonly Finding[] {
  if (!isWhole) return [wrong('hooks-folder', `the hooks of the fleet "${fleet}" are gone from "${path}"`, RESTART)];
  if (unknown.length === 0) return [];
  return [
    wrong(
      'hooks-unknown',
      `the hooks of the fleet "${fleet}" name ${unknown.join(', ')}, which the Claude Code that is installed does not know: it then runs none of them`,
      RESTART,
    ),
  ];
}
const RESTART = 'claude-tmux restart each of its sessions; conversations go on';
