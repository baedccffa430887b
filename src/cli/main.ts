import { Command, CommanderError, Option } from 'commander';
import { EXIT, LayoutError, ProgramError, UserError } from '../base/errors.ts';
import { oneLine } from '../base/text.ts';
import { systemHint, withoutCode } from '../base/trouble.ts';
import type { Context } from '../apply/context.ts';
import { GLOBAL_OPTIONS, type OptionSpec } from '../commands/globalOptions.ts';
import type { CommandSpec, Options } from '../commands/commandSpec.ts';
import { COMMANDS } from '../commands/table.ts';
import { recordNode } from '../store/nodeRecord.ts';
import { refuseFewProcesses } from '../store/processLimit.ts';
import { commandWord } from './commandWord.ts';
import { makeContext } from './makeContext.ts';
import { openOutput, type Output } from './output.ts';

declare const CLAUDE_TMUX_VERSION: string;
const VERSION = typeof CLAUDE_TMUX_VERSION === 'string' ? CLAUDE_TMUX_VERSION : '0.0.0-source';

/** Runs the program on a process's argv and environment; resolves to the exit code. Never throws. */
export async function main(program: NodeJS.Process): Promise<number> {
  let context: Context | undefined;
  const [out, talk] = [openOutput(program, 'stdout'), openOutput(program, 'stderr')];
  const args = program.argv.slice(2);
  const outcome = { code: EXIT.done as number };
  try {
    const root = makeRoot({ out, talk });
    const act: Action = async (spec, given, options) => {
      context = makeContext(program, { version: VERSION, options, out, talk });
      refuseFewProcesses(context.uid);
      await recordNode(context.store, program.execPath);
      outcome.code = await runCommand(context, spec, { args: given, options });
    };
    for (const spec of specsFor(commandWord(args))) addCommand(root, spec, act);
    await root.parseAsync(args, { from: 'user' });
    return outcome.code;
  } catch (error) {
    return report(error, { talk, context });
  }
}

const INTERRUPTED = 'claude-tmux: interrupted; what was half-done is undone, the same command goes on from here';

type Action = (spec: CommandSpec, args: readonly string[], options: Options) => Promise<void>;

async function runCommand(
  context: Context,
  spec: CommandSpec,
  given: { readonly args: readonly string[]; readonly options: Options },
): Promise<number> {
  const run = await spec.load();
  const code = await run(context, given.args, given.options);
  if (spec.revives !== false) await (await import('../watch/startWatcher.ts')).reviveWatchers(context);
  if (!context.signal.aborted) return code;
  context.talk(INTERRUPTED);
  return EXIT.interrupted;
}

/** One command is built in a fraction of the time of all; who names none, or none that there is, gets all of them explained. */
function specsFor(word: string | null): readonly CommandSpec[] {
  const named = COMMANDS.filter(({ name }) => name === word);
  return named.length > 0 ? named : COMMANDS;
}

interface Outputs {
  readonly out: Output;
  readonly talk: Output;
}

function makeRoot({ out, talk }: Outputs): Command {
  const root = new Command('claude-tmux');
  root
    .description('Bring up a fleet of Claude Code sessions in tmux, each in its own git clone, from one layout file.')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help for a command')
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => out.write(text),
      writeErr: (text) => talk.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, 'claude-tmux: ')),
    })
    .showSuggestionAfterError(true)
    .addHelpText(
      'after',
      '\nExit codes: 0 done; 1 something could not be done; 2 wrong usage or invalid layout; 130 interrupted; 70 a bug of ours.',
    );
  GLOBAL_OPTIONS.forEach((option) => root.addOption(toOption(option)));
  return root;
}

function addCommand(root: Command, spec: CommandSpec, act: Action): void {
  const command = root
    .command(`${spec.name} ${spec.args}`.trim(), { hidden: spec.hidden === true })
    .description(spec.summary)
    .exitOverride();
  command.helpGroup(`${spec.group}:`);
  // Options after the command work too, as in `claude-tmux up -L name`: tmux's users expect both places.
  [...spec.options, ...GLOBAL_OPTIONS].forEach((option) => command.addOption(toOption(option)));
  if (spec.name === 'exec') command.passThroughOptions();
  command.action(async () => {
    await act(spec, command.args, { ...root.opts<Options>(), ...command.opts<Options>() });
  });
}

function toOption({ flags, help, choices }: OptionSpec): Option {
  const option = new Option(flags, help);
  return choices ? option.choices([...choices]) : option;
}

/** Tells what went wrong in the words of the error's kind, and gives the exit code that goes with it. */
async function report(
  error: unknown,
  { talk, context }: { readonly talk: Output; readonly context: Context | undefined },
): Promise<number> {
  const tell = (text: string, passes?: 'painted'): void => talk.write(`${text}\n`, passes);
  // Commander has printed help, version or its own message already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  if (context?.signal.aborted === true) {
    tell(INTERRUPTED);
    return EXIT.interrupted;
  }
  if (error instanceof LayoutError) {
    const { renderDiagnostics } = await import('../layout/renderDiagnostics.ts');
    tell(
      renderDiagnostics(error.diagnostics, error.texts, { color: context?.color.talk ?? false }).trimEnd(),
      'painted',
    );
    return EXIT.usage;
  }
  if (error instanceof UserError) {
    tell(`claude-tmux: ${oneLine(error.message)}`);
    if (error.hint !== undefined) tell(`  ${oneLine(error.hint)}`);
    return error.exitCode;
  }
  if (error instanceof ProgramError) {
    tell(`claude-tmux: ${oneLine(error.message)}`);
    const hint = systemHint(error.cause);
    if (hint !== null) tell(`  ${hint}`);
    return EXIT.notDone;
  }
  const hint = systemHint(error);
  if (hint !== null) {
    // A full disk is met wherever something is written: what nobody foresaw there is no bug of ours.
    tell(`claude-tmux: ${oneLine(withoutCode(error))}\n  ${hint}`);
    return EXIT.notDone;
  }
  tell(
    `claude-tmux ${VERSION} has a bug; this is what to report:\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
  );
  return EXIT.bug;
}
