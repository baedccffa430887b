import { note, ok, wrong, type Finding } from './finding.ts';

/** What the system and the user's environment give. */
export interface MachineReading {
  /** The kernel's limits for this user; null where there are none. */
  readonly inotify: { readonly watches: number; readonly instances: number } | null;
  /** Why one more folder could not be watched; null when it could. */
  readonly watchProblem: string | null;
  readonly state: StateFolder;
  /** `XDG_*` variables that are set and not absolute, which are ignored as the specification says. */
  readonly relativeXdg: readonly string[];
  /** XDG_STATE_HOME here and in the tmux server; null when no server was asked. */
  readonly stateHome: { readonly here: string; readonly server: string } | null;
  /** The locale for characters (`LC_ALL`, `LC_CTYPE`, `LANG`); '' when none is set. */
  readonly locale: string;
  readonly noColor: boolean;
  /** Where SSH_AUTH_SOCK names an agent that has ended, by who has it. */
  readonly deadAgents: readonly { readonly who: string; readonly path: string }[];
}

export interface StateFolder {
  readonly path: string;
  /** Why nothing can be written there; null when it can. */
  readonly problem: { readonly message: string; readonly hint: string | null } | null;
  /** Bytes free; null when the system does not say. */
  readonly free: number | null;
  /** True when others may look into it. */
  readonly isOpen: boolean;
}

/** Watches that a large project alone may take. */
const FEW_WATCHES = 16_384;
/** Each watching program takes one; this is the kernel's default. */
const FEW_INSTANCES = 128;
/** Bytes. A journal and a few hundred small files take less than the first; clones want more than the second. */
const ALMOST_FULL = 50_000_000;
const LITTLE_ROOM = 1_000_000_000;

export function machineFindings(facts: MachineReading): readonly Finding[] {
  return [
    ...inotifyFindings(facts),
    ...stateFindings(facts.state),
    ...xdgFindings(facts),
    ...screenFindings(facts),
    ...agentFindings(facts),
  ];
}

/** Git over ssh, and signing, fail without a message when no process answers there. */
function agentFindings({ deadAgents }: MachineReading): readonly Finding[] {
  return deadAgents.map(({ who, path }) =>
    note(
      'ssh-agent',
      `SSH_AUTH_SOCK of ${who} is "${path}", where no agent listens`,
      'from a shell with a live agent: claude-tmux attach, then claude-tmux restart SESSION',
    ),
  );
}

function inotifyFindings({ inotify, watchProblem }: MachineReading): readonly Finding[] {
  if (watchProblem !== null)
    return [
      wrong(
        'inotify',
        `no further folder can be watched: ${watchProblem}; changes show late`,
        'end programs that watch much, or raise fs.inotify.max_user_watches and fs.inotify.max_user_instances (sysctl)',
      ),
    ];
  if (inotify === null) return [];
  const { watches, instances } = inotify;
  if (watches < FEW_WATCHES)
    return [
      note(
        'inotify',
        `the kernel lets you watch ${watches} folders and files, and the watcher takes half at most: large clones are asked again and again instead`,
        'sudo sysctl fs.inotify.max_user_watches=262144',
      ),
    ];
  if (instances < FEW_INSTANCES)
    return [
      note(
        'inotify',
        `the kernel lets ${instances} of your programs watch files at a time`,
        'sudo sysctl fs.inotify.max_user_instances=256',
      ),
    ];
  return [ok('inotify', `${watches} folders can be watched, of which the watcher takes half at most`)];
}

function stateFindings({ path, problem, free, isOpen }: StateFolder): readonly Finding[] {
  if (problem !== null)
    return [wrong('state-folder', problem.message, problem.hint ?? `look at the permissions of ${path}`)];
  const found: Finding[] = [];
  if (free !== null && free < ALMOST_FULL)
    found.push(
      wrong(
        'disk',
        `${megabytes(free)} are free where "${path}" lies`,
        'make room; states and records cannot be written without',
      ),
    );
  else if (free !== null && free < LITTLE_ROOM)
    found.push(note('disk', `${megabytes(free)} are free where "${path}" lies`, 'make room before the next clones'));
  if (isOpen)
    found.push(
      note(
        'state-folder',
        `others may look into "${path}", which holds prompts and launch files`,
        `chmod 700 '${path}'`,
      ),
    );
  return found.length > 0
    ? found
    : [ok('state-folder', `"${path}" can be written${free === null ? '' : `, ${megabytes(free)} are free`}`)];
}

function megabytes(bytes: number): string {
  return bytes >= 10_000_000_000 ? `${Math.floor(bytes / 1_000_000_000)} GB` : `${Math.floor(bytes / 1_000_000)} MB`;
}

function xdgFindings({ relativeXdg, stateHome }: MachineReading): readonly Finding[] {
  const relative = relativeXdg.map((name) =>
    note(
      'xdg',
      `${name} is not an absolute path, so it is ignored`,
      `export ${name} with an absolute path, or unset it`,
    ),
  );
  if (stateHome === null || stateHome.here === stateHome.server) return relative;
  const shown = (value: string): string => (value === '' ? 'not set' : `"${value}"`);
  return [
    ...relative,
    note(
      'xdg',
      `XDG_STATE_HOME is ${shown(stateHome.here)} here and ${shown(stateHome.server)} in the tmux server: commands typed in its panes look for fleets elsewhere`,
      'set it alike, for instance with tmux set-environment -g XDG_STATE_HOME PATH',
    ),
  ];
}

function screenFindings({ locale, noColor }: MachineReading): readonly Finding[] {
  const found: Finding[] = [];
  if (!/utf-?8/i.test(locale))
    found.push(
      note(
        'locale',
        `the locale is ${locale === '' ? 'not set' : `"${locale}"`}, which is not UTF-8: tmux shows marks and accents as _`,
        'export LANG=C.UTF-8, or tmux set -g @claude_tmux_marks ascii',
      ),
    );
  if (noColor)
    found.push(
      note(
        'no-color',
        'NO_COLOR is set: a watcher that is started from here draws the bar without colours',
        'tmux set -g @claude_tmux_color on shows them all the same',
      ),
    );
  return found;
}
