import { pasted } from '../base/pasted.ts';
import type { SessionEvidence } from '../apply/readEvidence.ts';
import type { AgentState } from '../status/agentState.ts';
import { readProgramName } from '../store/process.ts';

/** Why this text must not go to this session now; null when it may. Pasted into a dialog it would answer it, into a shell it would be run. */
export async function refuseText(evidence: SessionEvidence, text: string): Promise<string | null> {
  const { session, verdict, facts, pane } = evidence;
  if (session.kind !== 'agent') return 'is a command, not an agent: text there would be typed into it';
  // A fleet of another machine: nothing was read, so nothing is known.
  if (verdict.source === 'none' && verdict.state === 'unknown') return `cannot be given it: ${verdict.detail ?? verdict.rule}`;
  if (pane === null) return 'is not on the screen; claude-tmux up brings it back';
  if (facts?.suspended === true) return 'is suspended (Ctrl-Z); press r in its pane first';
  // A dialog of the user's own (`/config`) leaves the state as it was, and would swallow the text all the same.
  if (facts?.registry?.status === 'waiting' && facts.registry.waitingFor === 'dialog open') return 'has a dialog open; close it first';
  if (verdict.state === 'exited' || verdict.state === 'crashed') return `has ended; start it with r in its pane, or ${pasted`start ${session.id}`}`;
  return REFUSALS[verdict.state] ?? (session.isClaude ? refuseShellMode(text) : refuseShell(facts?.pid ?? null));
}

const REFUSALS: Partial<Record<AgentState, string>> = {
  blocked: 'shows a start-up dialog; the text would answer it',
  permission: 'asks for a permission; the text would answer it',
  question: 'asks a question; the text would answer it',
  'plan-review': 'shows a plan to review; the text would answer it',
  starting: 'is still starting; try again in a moment',
  waiting: 'has not been started',
  unknown: 'is in a state that cannot be told; look at it first',
};

function refuseShellMode(text: string): string | null {
  return text.trimStart().startsWith('!') ? 'would run text that begins with "!" as a shell command, without asking; type it in its pane if that is meant' : null;
}

/** `claude.command` may be any program. A script has its own name; only a shell that was asked for has a shell's. */
async function refuseShell(pid: number | null): Promise<string | null> {
  const program = pid === null ? null : await readProgramName(pid);
  return program !== null && SHELLS.has(program) ? `is a shell (${program}): the text would be run as a command` : null;
}

const SHELLS: ReadonlySet<string> = new Set(['sh', 'bash', 'zsh', 'fish', 'dash', 'ash', 'ksh', 'mksh', 'busybox', 'tcsh', 'csh', 'nu', 'pwsh']);
