import { eventsKnownTo, HOOK_EVENTS } from '../../agent/hookEvents.ts';
import { readClaudeVersion } from '../../agent/claudeVersion.ts';
import { findProgram } from '../../agent/findProgram.ts';
import type { Context } from '../../apply/context.ts';
import { ProgramError, UserError } from '../../base/errors.ts';
import type { ClaudeProgram, ProgramFacts } from '../../doctor/programs.ts';
import { readGitVersion } from '../../git/gitVersion.ts';

/** The programs on the PATH; `tmux` is what `tmux -V` says, `commands` are those that fleets start Claude with. */
export async function readPrograms(
  context: Context,
  tmux: string | null,
  commands: readonly (readonly string[])[],
): Promise<ProgramFacts> {
  const wanted = commands.length === 0 ? [['claude']] : commands;
  const [git, claude] = await Promise.all([
    orNull(readGitVersion(context.env)),
    Promise.all(wanted.map((command) => readClaude(context, command))),
  ]);
  return { own: context.version, node: process.versions.node, git, tmux, claude, platform: context.platform };
}

async function readClaude(context: Context, command: readonly string[]): Promise<ClaudeProgram> {
  const path = await findProgram(command[0] ?? '', context);
  const version =
    path === null
      ? null
      : await readClaudeVersion({ command, env: context.env, cwd: context.cwd, store: context.store });
  const known = eventsKnownTo(version);
  return {
    command: command.join(' '),
    path,
    version,
    lacks: HOOK_EVENTS.filter((event) => !known.includes(event)).map(({ name }) => name),
  };
}

/** Null for a program that is not there, or does not answer. */
export async function orNull(asked: Promise<string>): Promise<string | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof UserError || error instanceof ProgramError) return null;
    throw error;
  }
}
