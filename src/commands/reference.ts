import { GLOBAL_OPTIONS, type OptionSpec } from './globalOptions.ts';
import type { CommandSpec } from './commandSpec.ts';
import { SHOWN_COMMANDS } from './table.ts';

/** docs/commands.md: every command with its options, derived from the command table. */
export function commandReference(): string {
  const head = [
    '# Commands',
    '',
    'Written by `npm run generate` from the command table; edit the tables in `src/commands`, not this page.',
    '',
  ];
  const global = ['## Every command', '', ...optionTable(GLOBAL_OPTIONS), ''];
  return [...head, ...global, ...SHOWN_COMMANDS.flatMap(section)].join('\n');
}

/** The table of commands for the README. */
export function commandTable(): string {
  const rows = SHOWN_COMMANDS.map(
    (spec) => `| \`${`claude-tmux ${spec.name} ${spec.args}`.trim()}\` | ${cell(spec.summary)} |`,
  );
  return ['| command | does |', '|---|---|', ...rows].join('\n');
}

function section(spec: CommandSpec): string[] {
  const summary = `${spec.summary.charAt(0).toUpperCase()}${spec.summary.slice(1)}.`;
  return [
    `## claude-tmux ${spec.name}`,
    '',
    '```',
    `claude-tmux ${spec.name} ${spec.args}`.trim(),
    '```',
    '',
    summary,
    '',
    ...(spec.options.length === 0 ? [] : [...optionTable(spec.options), '']),
  ];
}

function optionTable(options: readonly OptionSpec[]): string[] {
  const rows = options.map(
    ({ flags, help, choices }) =>
      `| \`${cell(flags)}\` | ${cell(help)}${choices ? ` (${choices.map((choice) => `\`${choice}\``).join(', ')})` : ''} |`,
  );
  return ['| option | |', '|---|---|', ...rows];
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').trim();
}
