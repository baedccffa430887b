import { isBarVariable } from '../bar/names.ts';
import { askServer } from '../tmux/askServer.ts';
import { changeServer } from '../tmux/changeServer.ts';
import type { Environment, TmuxServer } from '../tmux/tmux.ts';
import { environmentOf, unset } from './publisher.ts';
import { UNSET_HOOKS } from './serverHooks.ts';

/** Takes off a tmux server what a watcher that was killed has left there: hooks and variables. Nothing where no server runs. */
export async function clearServer(server: TmuxServer, env: Environment): Promise<void> {
  const sessions = await askServer(server, ["list-sessions -F '#{session_id}'"], env);
  if (sessions === null) return;
  const ids = (sessions.printed[0] ?? '').split('\n').filter((id) => id !== '');
  const scopes = [null, ...ids];
  const answers = await askServer(
    server,
    scopes.map((scope) => `show-environment -h ${environmentOf(scope)}`),
    env,
  );
  const left = scopes.flatMap((scope, at) =>
    barVariablesIn(answers?.printed[at] ?? '').map((name) => unset({ scope, name })),
  );
  await changeServer(server, `${[...UNSET_HOOKS, ...left].join('\n')}\n`, env);
}

/** Names from the lines that `show-environment -h` prints. */
function barVariablesIn(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.slice(0, Math.max(line.indexOf('='), 0)))
    .filter(isBarVariable);
}
