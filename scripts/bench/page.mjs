/** docs/benchmarks.md. Times say little about another machine; the ratios are what is promised. */
export function renderPage({ results, facts, rounds }) {
  return [
    '# Benchmarks',
    '',
    `Written by \`npm run bench\`: medians of ${rounds} rounds, the contestants by turns, each on a tmux server of its own that starts with the run.`,
    '',
    ...facts.map((fact) => `- ${fact}`),
    '',
    ...results.flatMap(section),
  ].join('\n');
}

function section({ title, text, table: { head, rows }, checks }) {
  return [
    `## ${title}`,
    '',
    text,
    '',
    row(head),
    row(head.map(() => '---')),
    ...rows.map(row),
    '',
    ...checks.map(verdict),
    ...(checks.length > 0 ? [''] : []),
  ];
}

function row(cells) {
  return `| ${cells.join(' | ')} |`;
}

function verdict({ what, value, target }) {
  return `- ${what}: ${Number.isInteger(value) ? value : value.toFixed(2)} (target: at most ${target}${value <= target ? '' : '; **missed**'})`;
}

/** `12.3 ms` */
export function milliseconds(value) {
  return `${value.toFixed(value < 10 ? 1 : 0)} ms`;
}
