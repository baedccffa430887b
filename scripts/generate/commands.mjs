/** The README's table: each command with its arguments and what it does. */
export function commandsTable({ COMMANDS }) {
  const rows = shown(COMMANDS).map((command) => `| ${code(usage(command))} | ${cell(command.summary)} |`);
  return ['| command | does |', '|---|---|', ...rows, ''].join('\n');
}

/** docs/commands.md: every command with every option. */
export function commandsPage({ COMMANDS, GLOBAL_OPTIONS }) {
  const groups = [...new Set(shown(COMMANDS).map(({ group }) => group))];
  return [
    '# Commands',
    '',
    '<!-- Written by scripts/generate.mjs from the table of commands in the source. -->',
    '',
    'Every command takes these options:',
    '',
    ...optionRows(GLOBAL_OPTIONS),
    '',
    'stdout is the result, stderr is talk. `NO_COLOR` is honoured. A session is named by id, number or unique prefix.',
    'Exit codes: 0 done · 1 something could not be done, or a check found problems · 2 wrong usage or invalid layout · 130 interrupted · 70 a bug of ours.',
    '',
    ...groups.flatMap((group) => [`## ${group}`, '', ...shown(COMMANDS).filter((command) => command.group === group).flatMap(section)]),
  ].join('\n');
}

function shown(commands) {
  return commands.filter(({ hidden }) => !hidden);
}

function section(command) {
  const options = command.options.length === 0 ? [] : [...optionRows(command.options), ''];
  return [`### ${code(usage(command))}`, '', sentence(command.summary), '', ...options];
}

function optionRows(options) {
  return ['| option | meaning |', '|---|---|', ...options.map(optionRow)];
}

function optionRow({ flags, help, choices }) {
  const values = choices ? ` (${choices.map(code).join(', ')})` : '';
  return `| ${code(flags)} | ${cell(help)}${values} |`;
}

function usage({ name, args }) {
  return ['claude-tmux', name, args].filter(Boolean).join(' ');
}

function code(text) {
  return `\`${cell(text)}\``;
}

function cell(text) {
  return text.replaceAll('|', '\\|');
}

function sentence(text) {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
