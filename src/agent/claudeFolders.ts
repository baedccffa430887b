import { join } from 'node:path';
import type { Env } from '../store/paths.ts';

/** Where Claude Code keeps what we read (2.1.197). Nothing in these is ever written by claude-tmux. */
export interface ClaudeFolders {
  readonly root: string;
  /** `.claude.json`: trust and approvals by project. */
  readonly global: string;
  /** The registry: one file for each live process. */
  readonly sessions: string;
  /** Transcripts, one folder for each project. */
  readonly projects: string;
}

/** CLAUDE_CONFIG_DIR moves everything, `.claude.json` into the folder itself. */
export function claudeFolders(env: Env, home: string): ClaudeFolders {
  const moved = env.CLAUDE_CONFIG_DIR;
  const root = moved === undefined || moved === '' ? join(home, '.claude') : moved;
  return {
    root,
    global: moved === undefined || moved === '' ? join(home, '.claude.json') : join(root, '.claude.json'),
    sessions: join(root, 'sessions'),
    projects: join(root, 'projects'),
  };
}
