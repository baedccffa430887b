import type { Context } from '../apply/context.ts';
import type { SessionEvidence } from '../apply/readEvidence.ts';
import { decideFor } from '../apply/situation.ts';
import type { Circumstance } from '../status/circumstances.ts';
import { pasted as pastedCommand } from '../base/pasted.ts';
import { describeRefusal, type Refusal } from '../status/decide.ts';
import { holdsOnly, readInputLine, type InputLine } from '../status/inputLine.ts';
import { readProgramName } from '../store/process.ts';
import { readScreen } from '../tmux/panes.ts';
import type { TmuxServer } from '../tmux/tmux.ts';

interface Look {
  readonly server: TmuxServer;
  readonly text: string;
  /** False before the paste, when the input line must be empty; true after it, when it must hold the text alone. */
  readonly pasted: boolean;
}

/** Why this text must not go to this session now; null when it may. Pasted into a dialog it would answer it, into a shell it would be run, into a draft it would send the draft. */
export async function refuseText(context: Context, evidence: SessionEvidence, look: Look): Promise<Refusal | null> {
  const { id, isClaude } = evidence.session;
  if (isClaude && look.text.trimStart().startsWith('!')) {
    return {
      message: `"${id}" would run text that begins with "!" as a shell command, without asking; nothing was sent`,
      hint: `type it in its pane if that is meant: ${pastedCommand`go ${id}`}`,
    };
  }
  const first = decideFor('send', evidence, await outerCircumstances(evidence));
  if (first.decision.answer !== 'yes') return describeRefusal('send', id, first);
  if (evidence.pane === null) return describeRefusal('send', id, decideFor('send', evidence, ['offScreen']));
  const screen = await lookAtInput(context, evidence.pane, { ...look, isClaude });
  return screen.length === 0 ? null : describeRefusal('send', id, decideFor('send', evidence, screen));
}

async function outerCircumstances({ session, facts, pane }: SessionEvidence): Promise<Circumstance[]> {
  if (facts?.alive !== true) return [];
  if (pane === null) return ['offScreen'];
  return session.kind === 'agent' && !session.isClaude && (await isShell(facts.pid)) ? ['shell'] : [];
}

/** How often a screen that shows no input line is looked at again: it may be in the middle of being drawn. Also, how long a paste may take to be drawn. */
const LOOKS = 16;
const LOOK_EVERY = 100;

/** What of the pane's screen forbids to type into it. Of an agent that is not Claude no input line is known: there only tmux's own menus are seen. */
async function lookAtInput(
  context: Context,
  pane: string,
  { server, text, pasted, isClaude }: Look & { readonly isClaude: boolean },
): Promise<Circumstance[]> {
  for (let looks = 1; ; looks++) {
    const { mode, ...screen } = await readScreen(server, pane, context.env);
    // Copy mode is left with the paste; Enter would be lost in it.
    if (mode !== '' && (pasted || !LEFT_BY_PASTE.has(mode))) return ['tmuxMode'];
    if (!isClaude) return [];
    const line = readInputLine(screen);
    if (pasted ? holdsOnly(line, text) : line.kind === 'empty') return [];
    const isFinal = !pasted && line.kind === 'draft';
    if (isFinal || looks === LOOKS || context.signal.aborted) return [line.kind === 'draft' ? 'draft' : 'unseenInput'];
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
  }
}

const LEFT_BY_PASTE: ReadonlySet<string> = new Set(['copy-mode', 'view-mode']);

/** The input line as it is now; `unseen` also where tmux shows something else. */
export async function readInput(context: Context, server: TmuxServer, pane: string): Promise<InputLine> {
  const { mode, ...screen } = await readScreen(server, pane, context.env);
  return mode === '' ? readInputLine(screen) : { kind: 'unseen' };
}

/** `claude.command` may be any program. A script has its own name; only a shell that was asked for has a shell's. */
async function isShell(pid: number | null): Promise<boolean> {
  const program = pid === null ? null : await readProgramName(pid);
  return program !== null && SHELLS.has(program);
}

const SHELLS: ReadonlySet<string> = new Set([
  'sh',
  'bash',
  'zsh',
  'fish',
  'dash',
  'ash',
  'ksh',
  'mksh',
  'busybox',
  'tcsh',
  'csh',
  'nu',
  'pwsh',
]);
