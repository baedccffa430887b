import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { raceMedians } from './measure.mjs';
import { milliseconds } from './page.mjs';
import { endServer } from './world.mjs';

const BARE = 'sh -c :';
const MOST_MS = 10;

/** What an event costs the agent that waits for it: the whole process of the hook, beside a bare shell and one tmux call. */
export async function hook({ path, env }, { rounds }) {
  const [inbox, session, socket] = [path('inbox'), path('session-api'), path('hook.sock')];
  for (const folder of [inbox, session]) mkdirSync(folder, { recursive: true });
  // The hook's parent is its agent: here, this process.
  writeFileSync(`${session}/pid`, `${process.pid}\n1\nboot\n`);
  const cwd = path('home');
  const fire = (name, event, kept, fields) => ({
    name,
    argv: [path('program', 'tmux-plugin', 'hook.sh'), event, inbox, kept],
    cwd,
    env: { ...env, CLAUDE_TMUX_SESSION_DIR: session },
    input: JSON.stringify({ ...COMMON, hook_event_name: event, ...fields }),
    after: () => emptied(inbox, event),
  });
  const contestants = [
    { name: BARE, argv: ['sh', '-c', ':'], cwd, env },
    { name: 'tmux set -p', argv: ['tmux', '-S', socket, 'set-option', '-p', '@state', 'working'], cwd, env },
    fire('hook, a tool', 'PreToolUse', 'names', {
      tool_name: 'Bash',
      tool_input: { command: 'npm test', description: 'Runs the tests' },
    }),
    fire('hook, a permission to write 20 KB', 'PermissionRequest', 'asked', {
      tool_name: 'Write',
      tool_input: { file_path: '/home/u/project/a.ts', content: 'const a = "b";\n'.repeat(1400) },
    }),
    fire('hook, the end of a turn', 'Stop', 'whole', {
      last_assistant_message: 'All tests pass. '.repeat(100),
      background_tasks: [],
    }),
  ];
  spawnSync('tmux', ['-f', '/dev/null', '-S', socket, 'new-session', '-d', 'sleep 1000'], { cwd, env });
  try {
    const times = await raceMedians(contestants, rounds * 3);
    return {
      title: 'Hook',
      text: 'The whole process that Claude Code starts for one event, with the event in the inbox at its end.',
      table: {
        head: ['process', 'time', `against \`${BARE}\``],
        rows: contestants.map(({ name }) => [
          name,
          milliseconds(times.get(name)),
          (times.get(name) / times.get(BARE)).toFixed(2),
        ]),
      },
      checks: contestants
        .filter(({ name }) => name.startsWith('hook'))
        .map(({ name }) => ({ what: `${name}, in ms`, value: times.get(name), target: MOST_MS })),
    };
  } finally {
    await endServer(socket, env);
  }
}

const COMMON = {
  session_id: '5f3a2b1c-1111-4222-8333-617069303030',
  transcript_path: '/home/u/.claude/projects/-home-u-project/5f3a2b1c-1111-4222-8333-617069303030.jsonl',
  cwd: '/home/u/project',
  permission_mode: 'default',
};

/** A hook that left nothing was fast for the wrong reason. */
function emptied(inbox, event) {
  const names = readdirSync(inbox);
  if (names.length !== 1 || !names[0].startsWith(`${event}.`))
    throw new Error(`the hook left ${names.join(' ') || 'nothing'} for ${event}`);
  rmSync(`${inbox}/${names[0]}`);
}
