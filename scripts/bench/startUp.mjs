import { raceMedians } from './measure.mjs';
import { milliseconds } from './page.mjs';

const BARE = 'node -e 0';

/** What Node's start costs, and what is ours on top. */
export async function startUp({ program, project, env }, { rounds }) {
  const run = (name, ...args) => ({ name, argv: ['node', program, ...args], cwd: project, env });
  const contestants = [
    { name: BARE, argv: ['node', '-e', '0'], cwd: project, env },
    run('claude-tmux --version', '--version'),
    run('claude-tmux validate', 'validate', 'frontend-backend'),
    run('claude-tmux up --dry-run', 'up', 'frontend-backend', '--dry-run', '-S', `${project}/none`),
  ];
  // Short runs scatter more, and cost less.
  const times = await raceMedians(contestants, rounds * 2);
  const ratio = (name) => times.get(name) / times.get(BARE);
  return {
    title: 'Start-up',
    text: `Against a bare \`${BARE}\`. \`validate\` and \`up --dry-run\` of the shipped layout \`frontend-backend\`; the dry run asks git and tmux as well.`,
    table: {
      head: ['command', 'time', 'ratio'],
      rows: contestants.map(({ name }) => [`\`${name}\``, milliseconds(times.get(name)), ratio(name).toFixed(2)]),
    },
    checks: [
      { what: '`--version`', value: ratio('claude-tmux --version'), target: 1.3 },
      { what: '`validate`', value: ratio('claude-tmux validate'), target: 1.7 },
    ],
  };
}
