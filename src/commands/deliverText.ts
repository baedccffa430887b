import type { Context } from '../apply/context.ts';
import { readEvidence, type SessionEvidence } from '../apply/readEvidence.ts';
import { UserError } from '../base/errors.ts';
import type { Refusal } from '../status/decide.ts';
import { holdsOnly } from '../status/inputLine.ts';
import { isKeptOf } from '../status/promptText.ts';
import { STATES } from '../status/states.ts';
import type { FleetRecord, SessionRecord } from '../store/fleetRecord.ts';
import { fleetPaths } from '../store/paths.ts';
import { needRoom } from '../store/room.ts';
import { pasteableText, pasteText, pressEnter } from '../tmux/paste.ts';
import type { TmuxServer } from '../tmux/tmux.ts';
import { readInput, refuseText } from './refuseText.ts';

/** Enter right after a paste has been lost in the field: it comes this much later, in milliseconds. */
const BEFORE_ENTER = 250;
/** How long the hook that confirms a prompt may take, in milliseconds; then Enter may be pressed once more. */
const PATIENCE = 2500;
/** Between two looks for the confirmation, in milliseconds. */
const LOOK_EVERY = 50;

export interface Delivery {
  readonly fleet: FleetRecord;
  readonly server: TmuxServer;
  readonly session: SessionRecord;
  readonly text: string;
}

/** What became of it: `words` end a sentence that begins with the session. */
export type Outcome =
  { readonly given: boolean; readonly words: string } | { readonly given: false; readonly refusal: Refusal };

const PASTED = '; the text was pasted, and Enter was not pressed';

/** Pastes, looks again, presses Enter, and waits for Claude's word that this prompt has come. */
export async function deliverText(context: Context, given: Delivery): Promise<Outcome> {
  const delivery = { ...given, text: pasteableText(given.text) };
  const before = await look(context, delivery);
  const problem = await refuseText(context, before, { server: delivery.server, text: delivery.text, pasted: false });
  if (problem !== null) return { given: false, refusal: problem };
  if (before.pane === null) return { given: false, words: 'is not on the screen' };
  const from = context.now();
  await pasteText(delivery.server, before.pane, { text: delivery.text, env: context.env });
  await pause(BEFORE_ENTER);
  const now = await look(context, delivery);
  // Whatever opened meanwhile would take this Enter for its answer.
  if (now.pane !== before.pane || now.facts?.pid !== before.facts?.pid)
    return { given: false, words: `was started again meanwhile${PASTED}` };
  const late = await refuseText(context, now, { server: delivery.server, text: delivery.text, pasted: true });
  if (late !== null)
    return { given: false, refusal: { ...late, message: late.message.replace(/; nothing was sent$/, PASTED) } };
  await pressEnter(delivery.server, before.pane, context.env);
  return (
    unconfirmed(now, delivery.text) ??
    confirm(context, { delivery, pane: before.pane, from, pid: now.facts?.pid ?? null })
  );
}

async function look(context: Context, { fleet, server, session }: Delivery): Promise<SessionEvidence> {
  const [evidence] = await readEvidence(context, { record: { ...fleet, sessions: [session] }, server });
  if (!evidence) throw new Error(`session ${session.id} was not read`);
  return evidence;
}

/** Where no hook is to be expected: other agents say nothing, a command of Claude's own (`/compact`) is no prompt, and one in mid-turn waits for its end. */
function unconfirmed({ session, verdict }: SessionEvidence, text: string): Outcome | null {
  if (!session.isClaude) return { given: true, words: 'was given it, not confirmed: it is not Claude' };
  if (text.trimStart().startsWith('/')) return { given: true, words: 'was given it; a command is not confirmed' };
  return STATES[verdict.state].queues ? { given: true, words: 'is working: it is queued' } : null;
}

interface Expected {
  readonly delivery: Delivery;
  readonly pane: string;
  /** Milliseconds since 1970: before the paste. */
  readonly from: number;
  /** The agent's process when Enter was pressed. */
  readonly pid: number | null;
}

async function confirm(context: Context, awaited: Expected): Promise<Outcome> {
  const first = await waitForPrompt(context, awaited);
  if (first.answer !== null) return toOutcome(first.answer);
  if (!isUntouched(first.last, awaited)) return whyUnheard(context, awaited.delivery, toOutcome(null));
  const { session, server, text } = awaited.delivery;
  if (session.isClaude && !holdsOnly(await readInput(context, server, awaited.pane), text))
    return whyUnheard(context, awaited.delivery, toOutcome(null));
  await pressEnter(server, awaited.pane, context.env);
  return whyUnheard(context, awaited.delivery, toOutcome((await waitForPrompt(context, awaited)).answer));
}

/** On a full disk no hook can report, whatever the agent does. */
async function whyUnheard(context: Context, { fleet }: Delivery, outcome: Outcome): Promise<Outcome> {
  if (outcome.given || 'refusal' in outcome) return outcome;
  try {
    await needRoom(fleetPaths(context.store, fleet.uuid).root);
    return outcome;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { given: false, words: `was given the text, and cannot report that it came: ${error.message}; look at it` };
  }
}

type Answer = 'this' | 'another' | null;

function toOutcome(answer: Answer): Outcome {
  if (answer === 'this') return { given: true, words: 'got it' };
  if (answer === 'another')
    return {
      given: false,
      words: 'was given the text, and took another prompt (a draft in its input, or somebody typed); look at it',
    };
  return { given: false, words: 'was given the text, and did not say that it came; look at it' };
}

async function waitForPrompt(
  context: Context,
  { delivery, from }: Expected,
): Promise<{ readonly answer: Answer; readonly last: SessionEvidence }> {
  const end = context.now() + PATIENCE;
  for (;;) {
    const last = await look(context, delivery);
    const answer = answerOf(last, { text: delivery.text, from });
    if (answer === 'this' || context.now() >= end || context.signal.aborted) return { answer, last };
    await pause(LOOK_EVERY);
  }
}

/** By the hook that tells of a prompt, or, where hooks are switched off, by the registry that went busy. */
function answerOf(
  { hooks, facts }: SessionEvidence,
  { text, from }: { readonly text: string; readonly from: number },
): Answer {
  if (hooks === null)
    return facts?.registry?.status === 'busy' && (facts.registry.statusUpdatedAt ?? 0) >= from ? 'this' : null;
  if (hooks.promptedAt === null || hooks.promptedAt < from) return null;
  return hooks.lastPrompt !== null && isKeptOf(hooks.lastPrompt, text) ? 'this' : 'another';
}

/** True where Enter was lost and nothing else can be in front: the same process, alive, between turns by all that is known. */
function isUntouched(
  { pane, facts, hooks, verdict }: SessionEvidence,
  before: Pick<Expected, 'pane' | 'pid'>,
): boolean {
  const status = facts?.registry?.status ?? null;
  const { rests } = STATES[verdict.state];
  const told = status === 'idle' || (hooks !== null && status === null);
  return facts?.alive === true && !facts.suspended && facts.pid === before.pid && pane === before.pane && rests && told;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
