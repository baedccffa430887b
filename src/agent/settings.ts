import { isAbsolute, join } from 'node:path';
import { UserError } from '../base/errors.ts';
import { textsAt } from '../base/json.ts';
import { parseObject, readText } from '../store/file.ts';

export interface SettingsOptions {
  /** The user's own `--settings`: a file (relative to `cwd`) or JSON; null for none. */
  readonly user: string | null;
  readonly cwd: string;
  /** Servers of `.mcp.json` that need no dialog: the user approved them in the checkout and passed that on. */
  readonly mcpServers: readonly string[];
  /** `claude: {fullscreen: …}` of the layout; null when it says nothing. */
  readonly fullscreen: boolean | null;
}

/** The one settings file claude gets: the user's `--settings` with ours, theirs counting where both say something. */
export async function mergeSettings({
  user,
  cwd,
  mcpServers,
  fullscreen,
}: SettingsOptions): Promise<Readonly<Record<string, unknown>>> {
  const theirs = user === null ? {} : await readUserSettings(user, cwd);
  const approved = [...new Set([...textsAt(theirs, 'enabledMcpjsonServers'), ...mcpServers])];
  return {
    // Teammates in panes of their own would split and restyle the fleet's windows (2.1.197).
    teammateMode: 'in-process',
    ...(fullscreen === null ? {} : { tui: fullscreen ? 'fullscreen' : 'default' }),
    ...theirs,
    ...(approved.length > 0 ? { enabledMcpjsonServers: approved } : {}),
  };
}

async function readUserSettings(user: string, cwd: string): Promise<Readonly<Record<string, unknown>>> {
  const isText = user.trimStart().startsWith('{');
  const path = isAbsolute(user) ? user : join(cwd, user);
  const text = isText ? user : await readText(path);
  if (text === null)
    throw new UserError(`"--settings" in "claude.args" names a file that is not there: "${path}"`, {
      hint: 'mend the path in the layout',
    });
  const settings = parseObject(text);
  if (!settings)
    throw new UserError(
      isText
        ? '"--settings" in "claude.args" is not a JSON object'
        : `the settings file "${path}" is not a JSON object`,
      { hint: 'claude would refuse it too: mend the JSON' },
    );
  return settings;
}
