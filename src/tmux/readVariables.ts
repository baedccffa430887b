import { word } from '../base/tmuxText.ts';
import { askServer } from './askServer.ts';
import type { Environment, TmuxServer } from './tmux.ts';

/** Hidden variables of ours by `scope` (a session's `$3`, or '' for the global ones) and name, as `SCOPE NAME`; null when no server runs. */
export async function readVariables(
  server: TmuxServer,
  sessions: readonly string[],
  env: Environment,
): Promise<ReadonlyMap<string, string> | null> {
  const scopes = ['', ...sessions];
  const answers = await askServer(
    server,
    scopes.map((scope) => `show-environment -h ${scope === '' ? '-g' : `-t ${word(scope)}`}`),
    env,
  );
  if (answers === null) return null;
  return new Map(
    scopes.flatMap((scope, at) =>
      parse(answers.printed[at] ?? '').map(([name, value]): [string, string] => [`${scope} ${name}`, value]),
    ),
  );
}

function parse(text: string): [string, string][] {
  return [...text.matchAll(/^(claude_tmux\w*)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]);
}
