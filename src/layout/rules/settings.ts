import { parseTmuxLayout } from '../../base/tmuxLayout.ts';
import { ARRANGEMENTS } from '../layout.ts';
import { isArrangement } from '../normalize.ts';
import { nearest } from '../nearest.ts';
import { error, type KeyPath, type Problem } from '../problem.ts';
import { list } from '../trees.ts';
import { unsetVariables } from '../variables.ts';
import type { Facts } from './facts.ts';

/** `arrange`: a name, or a layout string of tmux. tmux 3.3a ends the whole server on a word it does not know. */
export function arrangeRules({ draft: { arrange } }: Facts): readonly Problem[] {
  if (arrange === undefined || arrange === 'auto' || isArrangement(arrange)) return [];
  if (/^[0-9a-f]{4},/i.test(arrange)) {
    return parseTmuxLayout(arrange) === null
      ? [
          error(
            'bad-tmux-layout',
            ['arrange'],
            'this is no layout string of tmux: its checksum or its sizes are wrong',
            'copy it whole from: tmux display-message -p "#{window_layout}"',
          ),
        ]
      : [];
  }
  const known = ['auto', ...ARRANGEMENTS];
  const near = nearest(arrange, known);
  return [
    error(
      'unknown-arrangement',
      ['arrange'],
      `there is no arrangement "${arrange}"`,
      near === null ? `it is one of ${known.join(', ')}, or a tmux layout string` : `did you mean "${near}"?`,
    ),
  ];
}

const OURS = /^(TMUX|TMUX_PANE|CLAUDE_TMUX_.*)$/;
/** Where bash is `sh`, assigning to one of these ends the launch file. */
const READ_ONLY = /^(UID|EUID|PPID|BASHOPTS|SHELLOPTS|BASH_VERSINFO)$/;

/** Names in `env`. */
export function envRules({ draft, normal }: Facts): readonly Problem[] {
  const maps = [
    { env: draft.env, path: ['env'] as KeyPath },
    ...normal.panes.map(({ index, written }) => ({ env: written.env, path: ['panes', index, 'env'] as KeyPath })),
  ];
  return maps.flatMap(({ env, path }) =>
    Object.keys(env ?? {}).flatMap((name) => envNameProblems(name, [...path, name])),
  );
}

function envNameProblems(name: string, path: KeyPath): Problem[] {
  const at = 'key' as const;
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
    return [
      {
        ...error(
          'bad-env-name',
          path,
          `"${name}" cannot be the name of an environment variable`,
          'letters, digits and "_", not starting with a digit',
        ),
        at,
      },
    ];
  if (READ_ONLY.test(name))
    return [{ ...error('reserved-env-name', path, `"${name}" is read-only in bash`, 'choose another name'), at }];
  return OURS.test(name)
    ? [{ ...error('reserved-env-name', path, `"${name}" is set by tmux or claude-tmux`, 'choose another name'), at }]
    : [];
}

/** `${VAR}` that is not set. */
export function variableRules({ draft, normal, world }: Facts): readonly Problem[] {
  const texts: { readonly text: unknown; readonly path: KeyPath }[] = [
    { text: draft.repo, path: ['repo'] },
    { text: draft.workspace, path: ['workspace'] },
  ];
  for (const [name, text] of Object.entries(draft.env ?? {})) texts.push({ text, path: ['env', name] });
  for (const { index, written } of normal.panes) {
    texts.push({ text: written.repo, path: ['panes', index, 'repo'] });
    for (const [name, text] of Object.entries(written.env ?? {}))
      texts.push({ text, path: ['panes', index, 'env', name] });
  }
  return texts.flatMap(({ text, path }) =>
    typeof text === 'string' ? unsetVariables(text, world.env).map((name) => unset(name, path)) : [],
  );
}

function unset(name: string, path: KeyPath): Problem {
  return error(
    'unset-variable',
    path,
    `the environment variable "${name}" is not set`,
    `set it, or give a default: \${${name}:-…}`,
  );
}

/** Globs stay inside the tree. */
export function globRules({ draft, normal }: Facts): readonly Problem[] {
  const globs = [
    ...globsAt(draft.include, ['include']),
    ...globsAt(draft.link, ['link']),
    ...normal.panes.flatMap(({ index, written }) => globsAt(written.owns, ['panes', index, 'owns'])),
  ];
  return globs.flatMap(({ glob, path }) => {
    const why = globFault(glob);
    return why === null
      ? []
      : [error('bad-glob', path, `the glob "${glob}" ${why}`, 'write it from the root of the repository: src/ui/**')];
  });
}

function globsAt(
  value: string | readonly string[] | undefined,
  path: KeyPath,
): { readonly glob: string; readonly path: KeyPath }[] {
  return list(value).map((glob, place) => ({ glob, path: typeof value === 'string' ? path : [...path, place] }));
}

function globFault(glob: string): string | null {
  if (glob.trim() === '') return 'is empty';
  if (glob.startsWith('!')) return 'starts with "!": there is nothing to take away from';
  if (glob.startsWith('~')) return 'leads out of the tree';
  return glob.split('/').includes('..') ? 'leads out of the tree' : null;
}

/** One port for each pane must exist. */
export function portRules({ normal }: Facts): readonly Problem[] {
  const { ports, panes } = normal.layout;
  const last = ports ? ports.base + ports.step * (panes.length - 1) : 0;
  return last > 65_535
    ? [
        error(
          'ports-too-high',
          ['ports'],
          `${panes.length} sessions would need the port ${last}; the last one is 65535`,
          'a lower base or a smaller step',
        ),
      ]
    : [];
}

const CHANNELS = ['desktop', 'bell', 'osc', 'tmux'];

export function channelRules({ draft }: Facts): readonly Problem[] {
  return (draft.notify?.channels ?? []).flatMap((channel, place) => {
    if (typeof channel !== 'string' || CHANNELS.includes(channel) || /^command: *\S/.test(channel)) return [];
    const near = nearest(channel, CHANNELS);
    return [
      error(
        'unknown-channel',
        ['notify', 'channels', place],
        `there is no channel "${channel}"`,
        near === null ? `it is one of ${CHANNELS.join(', ')}, or {command: CMD}` : `did you mean "${near}"?`,
      ),
    ];
  });
}
