import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writePlugin } from '../../agent/plugin.ts';
import { runHook } from '../../agent/runHook.ts';
import type { Context } from '../../apply/context.ts';
import { barVariables } from '../../bar/barVariables.ts';
import { isObject } from '../../base/json.ts';
import type { Link } from '../../doctor/chain.ts';
import { agentState, type AgentVerdict } from '../../status/agentState.ts';
import { foldHookEvent, type HookState } from '../../status/hookState.ts';
import type { SessionStatus } from '../../status/report.ts';
import { lookOf } from '../../status/states.ts';
import { makeFolder, parseObject, readText, writeFileAtomic } from '../../store/file.ts';
import { renderIdentity } from '../../store/identityFile.ts';
import { type InboxEvent, readInbox } from '../../store/inbox.ts';
import { type FleetPaths, fleetPaths, sessionPaths } from '../../store/paths.ts';
import { readBootId, readProcStart } from '../../store/process.ts';

/** Id of the session that is made up; no fleet has it, so nothing of the user's shows it. */
const ID = 'doctor';

/**
 * Follows a made-up permission request from the hook to the bar's text, with the real script and the real functions, in a folder of
 * its own that no watcher looks into. `claude` is the version whose hooks are registered. Stops behind the first link that breaks.
 */
export async function tryChain(context: Context, claude: string | null): Promise<readonly Link[]> {
  await makeFolder(context.store.state);
  const folder = await mkdtemp(join(context.store.state, 'doctor-'));
  try {
    return await follow(context, { fleet: fleetPaths({ ...context.store, fleets: folder }, ID), claude });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Trial {
  readonly fleet: FleetPaths;
  readonly claude: string | null;
}

async function follow(context: Context, trial: Trial): Promise<readonly Link[]> {
  const { link: hook, asked } = await tryHook(context, trial);
  if (hook.problem !== null) return [hook];
  const { link: inbox, events } = timed(() => tryInbox(trial.fleet, asked));
  if (inbox.problem !== null) return [hook, inbox];
  const { link: state, verdict } = timed(() => tryState(events, { asked, now: context.now() }));
  if (state.problem !== null) return [hook, inbox, state];
  const { link: text } = timed(() => tryText(verdict, context.now()));
  return [hook, inbox, state, text];
}

/** As Claude writes them (samples of 2.1.197), of events that every version has, and the one that asks. */
const EVENTS: readonly Readonly<Record<string, unknown>>[] = [
  { hook_event_name: 'SessionStart', source: 'startup' },
  { hook_event_name: 'UserPromptSubmit', prompt: 'is the chain whole' },
  { hook_event_name: 'PermissionRequest', tool_name: 'Bash', tool_input: { command: 'npm test' } },
];

async function tryHook(
  context: Context,
  { fleet, claude }: Trial,
): Promise<{ readonly link: Link; readonly asked: readonly string[] }> {
  const files = sessionPaths(fleet, ID);
  const self = {
    pid: process.pid,
    procStart: (await readProcStart(process.pid)) ?? '0',
    boot: await readBootId(),
    place: null,
  };
  await writePlugin(fleet, { packageRoot: context.packageRoot, version: context.version, claude });
  await writeFileAtomic(files.pid, renderIdentity(self), { durable: false });
  const hooks = parseObject((await readText(join(fleet.plugin, 'hooks', 'hooks.json'))) ?? '');
  const known = isObject(hooks?.['hooks']) ? Object.keys(hooks['hooks']) : [];
  const asked: string[] = [];
  let slowest = 0;
  for (const event of EVENTS) {
    const name = String(event['hook_event_name']);
    if (!known.includes(name)) continue;
    const content = { session_id: context.newId(), cwd: '/', permission_mode: 'default', ...event };
    const { code, said, ms } = await runHook(hooks, {
      event: name,
      content,
      env: context.env,
      set: { CLAUDE_TMUX_SESSION_DIR: files.root },
    });
    slowest = Math.max(slowest, ms);
    asked.push(name);
    if (code !== 0 || said !== '')
      return {
        asked,
        link: hookLink(
          slowest,
          `the hook of ${name} ${code === null ? 'does not run' : `ends with exit code ${code}`}${said === '' ? '' : `: ${said}`}`,
        ),
      };
  }
  return { asked, link: hookLink(slowest, null) };
}

function hookLink(ms: number, problem: string | null): Link {
  return { id: 'hook', what: 'the hook runs as Claude Code runs it, and says nothing', ms, problem };
}

interface Untimed {
  readonly link: Omit<Link, 'ms'>;
}

function timed<T extends Untimed>(run: () => T): Omit<T, 'link'> & { readonly link: Link } {
  const began = performance.now();
  const tried = run();
  return { ...tried, link: { ...tried.link, ms: performance.now() - began } };
}

function tryInbox(
  { inbox }: FleetPaths,
  asked: readonly string[],
): Untimed & { readonly events: readonly InboxEvent[] } {
  const events = readInbox(inbox);
  const missing = asked.filter((name) => !events.some(({ event, session }) => event.event === name && session === ID));
  return {
    events,
    link: {
      id: 'inbox',
      what: `its ${events.length} events lie in the inbox and can be read`,
      problem: missing.length === 0 ? null : `the hook left no event of ${missing.join(', ')} in the inbox`,
    },
  };
}

function tryState(
  events: readonly InboxEvent[],
  { asked, now }: { readonly asked: readonly string[]; readonly now: number },
): Untimed & { readonly verdict: AgentVerdict } {
  const hooks = events.reduce<HookState | null>((state, { event }) => foldHookEvent(state, event), null);
  const verdict = agentState(
    {
      kind: 'agent',
      isClaude: true,
      alive: true,
      suspended: false,
      exit: null,
      startedAt: now - 5000,
      endedAt: null,
      registry: null,
      hooks,
      interruptedAt: null,
      screen: null,
    },
    now,
  );
  const wanted = asked.includes('PermissionRequest') ? 'permission' : 'working';
  return {
    verdict,
    link: {
      id: 'state',
      what: `they come to the state "${verdict.state}"`,
      problem:
        verdict.state === wanted
          ? null
          : `they come to the state "${verdict.state}" and not "${wanted}": ${verdict.rule}`,
    },
  };
}

function tryText(verdict: AgentVerdict, now: number): Untimed {
  const status = { name: ID, layout: '/', strategy: null, socket: '', sessions: [toSession(verdict)] };
  const variables = barVariables([{ status, tmuxSession: '$0', windowIndexes: {}, paneClicks: null }], {
    style: { marks: 'unicode', color: false },
    now,
  });
  const isShown = variables.some(({ value }) => value.includes(NAME) && value.includes(lookOf(verdict.state).mark));
  return {
    link: {
      id: 'text',
      what: 'the bar has a text for it',
      problem: isShown ? null : `the bar has no text for a session in the state "${verdict.state}"`,
    },
  };
}

const NAME = 'Trial';

function toSession({ state, since, detail, source }: AgentVerdict): SessionStatus {
  const agent = {
    state,
    since: since === null ? null : new Date(since).toISOString(),
    detail,
    source,
    session_id: null,
    model: null,
    context_percent: null,
    cost_usd: null,
  };
  const tree = {
    branch: 'main',
    base: null,
    changes: 0,
    staged: 0,
    untracked: 0,
    conflicts: 0,
    ahead: 0,
    behind: 0,
    operation: null,
  };
  return {
    id: ID,
    number: 1,
    name: NAME,
    color: 'default',
    pane: '%0',
    window: '@0',
    path: '/',
    port: null,
    ...tree,
    synced_at: null,
    agent,
    depends_on: [],
    error: null,
  };
}
