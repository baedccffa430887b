import { readEvidence, type SessionEvidence } from '../apply/readEvidence.ts';
import type { Context } from '../apply/context.ts';
import { EXIT, UserError } from '../base/errors.ts';
import type { AgentState } from '../status/agentState.ts';
import type { FleetRecord } from '../store/fleetRecord.ts';
import { pasteText, pressEnter } from '../tmux/paste.ts';
import type { TmuxServer } from '../tmux/tmux.ts';
import { recordedServer } from './fleetServer.ts';
import { pickFleet, pickSession } from './pick.ts';
import type { Options } from './table.ts';

/** Enter right after a paste has been lost in the field: it comes this much later, in milliseconds. */
const BEFORE_ENTER = 250;
/** How long the hook that confirms a prompt may take, in milliseconds; then Enter is pressed once more. */
const PATIENCE = 2500;
/** Between two looks for the confirmation, in milliseconds. */
const LOOK_EVERY = 50;

/** Pastes a prompt into a session, or with `--all` into each that can take one. Exit code 1 when one did not get it. */
export async function send(context: Context, args: readonly string[], options: Options): Promise<number> {
  const all = options['all'] === true;
  const text = (all ? args : args.slice(1)).join(' ');
  if (text.trim() === '') throw new UserError('there is no text to send', { hint: 'claude-tmux send SESSION TEXT, or send --all TEXT', exitCode: EXIT.usage });
  const { fleet, ids } = await targets(context, { all, given: args[0] ?? '', fleetName: options['fleet'] });
  const server = recordedServer(context, fleet);
  const evidence = await readEvidence(context, { record: fleet, server });
  const outcomes = await Promise.all(
    evidence.filter((one) => ids.includes(one.session.id)).map(async (one) => {
      const problem = refusal(one) ?? (await deliver(context, { fleet, server, one, text }));
      context.talk(problem === null ? `"${one.session.id}" got it` : `claude-tmux: "${one.session.id}" ${problem}`);
      return problem === null;
    }),
  );
  return outcomes.every(Boolean) ? EXIT.done : EXIT.notDone;
}

async function targets(context: Context, { all, given, fleetName }: { readonly all: boolean; readonly given: string; readonly fleetName: unknown }): Promise<{ readonly fleet: FleetRecord; readonly ids: readonly string[] }> {
  if (!all) {
    const { fleet, session } = await pickSession(context, given, fleetName);
    return { fleet, ids: [session.id] };
  }
  const fleet = await pickFleet(context, typeof fleetName === 'string' ? fleetName : undefined);
  return { fleet, ids: fleet.sessions.filter((session) => session.kind === 'agent').map((session) => session.id) };
}

/** Why text must not go there: pasted into a dialog it would answer it, into a shell it would be run. */
const REFUSALS: Partial<Record<AgentState, string>> = {
  blocked: 'shows a start-up dialog; the text would answer it',
  permission: 'asks for a permission; the text would answer it',
  question: 'asks a question; the text would answer it',
  'plan-review': 'shows a plan to review; the text would answer it',
  starting: 'is still starting; try again in a moment',
  waiting: 'has not been started',
  exited: 'has ended; start it with r in its pane, or claude-tmux restart',
  crashed: 'has ended; start it with r in its pane, or claude-tmux restart',
  unknown: 'is in a state that cannot be told; look at it first',
};

function refusal({ session, verdict, facts, pane }: SessionEvidence): string | null {
  if (session.kind !== 'agent') return 'is a command, not an agent: text there would be typed into it';
  if (pane === null) return 'is not on the screen; claude-tmux up brings it back';
  // A dialog of the user's own (`/config`) leaves the state as it was, and would swallow the text all the same.
  if (facts?.registry?.status === 'waiting' && facts.registry.waitingFor === 'dialog open') return 'has a dialog open; close it first';
  return REFUSALS[verdict.state] ?? null;
}

interface Delivery {
  readonly fleet: FleetRecord;
  readonly server: TmuxServer;
  readonly one: SessionEvidence;
  readonly text: string;
}

/** Pastes, presses Enter, and waits for Claude's word that the prompt has come; null when it has. */
async function deliver(context: Context, { fleet, server, one, text }: Delivery): Promise<string | null> {
  const { pane, session, verdict } = one;
  if (pane === null) return 'is not on the screen';
  const from = context.now();
  await pasteText(server, pane, { text, env: context.env });
  await pause(BEFORE_ENTER);
  await pressEnter(server, pane, context.env);
  // Other agents say nothing, and a prompt given in mid-turn is queued: its hook comes when the turn is over.
  if (!session.isClaude || verdict.state === 'working') return null;
  const confirmed = (): Promise<boolean> => isConfirmed(context, { fleet, server, id: session.id, from });
  if (await confirmed()) return null;
  await pressEnter(server, pane, context.env);
  return (await confirmed()) ? null : 'was given the text, and did not say that it came; look at it';
}

interface Confirmation {
  readonly fleet: FleetRecord;
  readonly server: TmuxServer;
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly from: number;
}

async function isConfirmed(context: Context, { fleet, server, id, from }: Confirmation): Promise<boolean> {
  const end = context.now() + PATIENCE;
  while (context.now() < end && !context.signal.aborted) {
    const one = (await readEvidence(context, { record: fleet, server })).find(({ session }) => session.id === id);
    if (one && hasBegun(one, from)) return true;
    await pause(LOOK_EVERY);
  }
  return false;
}

/** By the hook that tells of a prompt, or, where hooks are switched off, by the registry that went busy. */
function hasBegun({ hooks, facts }: SessionEvidence, from: number): boolean {
  if (hooks !== null) return hooks.promptedAt !== null && hooks.promptedAt >= from;
  return facts?.registry?.status === 'busy' && (facts.registry.statusUpdatedAt ?? 0) >= from;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
