import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { word } from '../../src/base/tmuxText.ts';
import { barVariables } from '../../src/bar/barVariables.ts';
import { configFrom } from './fragments.ts';
import { barFleet, fleetOf } from './sessions.ts';

/** What a picture of the page shows: the configuration of a theme (or of a fleet's own line), and the variables as a `source-file`. */
export function pictureScene(
  root: string,
  theme: string,
  now: number,
): { readonly config: string; readonly variables: string } {
  const fleet = fleetOf([
    { name: 'Frontend', color: 'blue', branch: 'feature/dark', changes: 3, ahead: 2 },
    { name: 'Backend', color: 'green', branch: 'feature/api', state: 'permission', changes: 12, ahead: 1, behind: 4 },
    {
      name: 'Tests',
      color: 'yellow',
      branch: 'feature/tests',
      state: 'done',
      changes: 1,
      conflicts: 1,
      operation: 'rebase',
    },
  ]);
  const since = new Date(now - 4 * 60_000).toISOString();
  const status = {
    ...fleet,
    sessions: fleet.sessions.map((session) => ({ ...session, agent: { ...session.agent, since } })),
  };
  const variables = barVariables([barFleet(status)], { style: { marks: 'unicode', color: true }, now });
  const lines = variables.map(
    ({ scope, name, value }) =>
      `set-environment ${scope === null ? '-gh' : `-h -t ${word(scope)}`} ${name} ${word(value)}`,
  );
  const read = (path: string): string => readFileSync(join(root, path), 'utf8');
  return { config: theme === 'line' ? LINE : configFrom(theme, read), variables: `${lines.join('\n')}\n` };
}

/** A fleet's session as `up` makes it. */
const LINE = "set -g status 2\nset -g 'status-format[1]' '#{E:claude_tmux_line}'\n";
