import { stringify } from 'yaml';
import { slug } from '../base/text.ts';
import type { AgentWork } from './layout.ts';

/** A session that runs, as far as a layout can say it. */
export interface SavedSession {
  /** Id it has in a fleet; null outside any. */
  readonly id: string | null;
  readonly name: string;
  /** Value of the component key; null when it is not known. */
  readonly key: string | null;
  readonly color: string | null;
  /** Root of the tree it works in, absolute. */
  readonly path: string;
  /** URL of that tree's origin; null without one. */
  readonly repo: string | null;
  readonly branch: string | null;
  /** How the layout starts its Claude Code; null when no layout says it. */
  readonly work: AgentWork | null;
  /** CLAUDE_CONFIG_DIR of its account; null for the caller's own. */
  readonly account: string | null;
}

export interface SavedFleet {
  readonly name: string;
  readonly schemaPath: string;
  readonly sessions: readonly SavedSession[];
}

/** A layout of sessions that run. Trees that lie side by side keep their folders, so `up` of it uses them as they are. */
export function savedLayoutText({ name, schemaPath, sessions }: SavedFleet): string {
  const ids = uniqueIds(sessions);
  const workspace = commonWorkspace(sessions, ids);
  const repos = new Set(sessions.map((session) => session.repo));
  const [only] = repos.size === 1 ? [...repos] : [];
  const isShared = workspace === null && new Set(sessions.map((session) => session.path)).size === 1;
  const panes = sessions.map((session, at) => ({
    name: session.name,
    id: ids[at],
    component: session.key ?? 'session',
    ...(session.color === null || session.color === 'default' ? {} : { color: session.color }),
    ...(isShared || session.branch === null ? {} : { branch: session.branch }),
    ...(isShared || only !== undefined || session.repo === null ? {} : { repo: session.repo }),
    ...(session.account === null ? {} : { env: { CLAUDE_CONFIG_DIR: session.account } }),
    ...claudeOf(session.work),
  }));
  const top = {
    name,
    strategy: 'component',
    ...(isShared ? { isolation: 'shared' } : {}),
    ...(only === undefined || only === null || isShared ? {} : { repo: only }),
    ...(workspace === null ? {} : { workspace }),
  };
  const places =
    workspace === null && !isShared
      ? [
          '# The sessions ran in these folders; `up` makes new clones of their branches:',
          ...sessions.map((session, at) => `#   ${ids[at] ?? ''}: ${JSON.stringify(session.path)}`),
        ]
      : [];
  return [
    `# yaml-language-server: $schema=${schemaPath}`,
    '# Saved from the sessions that ran.',
    ...places,
    '',
    `${stringify(top)}panes:`,
    stringify(panes).replace(/^/gm, '  ').trimEnd(),
    '',
  ].join('\n');
}

/** What differs from a plain `claude`. A wrapper that is left out would start the agent without what it wraps it in. */
function claudeOf(work: AgentWork | null): { readonly claude?: Readonly<Record<string, unknown>> } {
  if (work === null) return {};
  const { command, args, model, permissionMode, effort, fullscreen, remoteControl, mcpConfig } = work;
  const written = {
    ...(command.join(' ') === 'claude' ? {} : { command }),
    ...(args.length === 0 ? {} : { args }),
    ...(model === null ? {} : { model }),
    ...(permissionMode === null ? {} : { permission_mode: permissionMode }),
    ...(effort === null ? {} : { effort }),
    ...(fullscreen === null ? {} : { fullscreen }),
    ...(remoteControl ? { remote_control: true } : {}),
    ...(mcpConfig.length === 0 ? {} : { mcp_config: mcpConfig }),
  };
  return Object.keys(written).length === 0 ? {} : { claude: written };
}

/** The one folder that holds every tree under its session's id; null when there is none. */
function commonWorkspace(sessions: readonly SavedSession[], ids: readonly string[]): string | null {
  const [first] = sessions;
  if (!first) return null;
  const folder = first.path.slice(0, first.path.lastIndexOf('/'));
  return sessions.every((session, at) => session.path === `${folder}/${ids[at] ?? ''}`) ? folder : null;
}

/** Its own id, else the name of its folder, else its label; made different where two are alike. */
function uniqueIds(sessions: readonly SavedSession[]): string[] {
  const taken = new Set<string>();
  return sessions.map((session) => {
    const base =
      session.id ?? (slug(session.path.slice(session.path.lastIndexOf('/') + 1)) || slug(session.name) || 'session');
    let id = base;
    for (let more = 2; taken.has(id); more++) id = `${base}-${more}`;
    taken.add(id);
    return id;
  });
}
