import { statSync } from 'node:fs';
import { loginNames, type Login } from '../agent/environment.ts';
import type { Snapshot } from '../plan/snapshot.ts';
import { word } from '../base/tmuxText.ts';
import { isInside } from '../tmux/socket.ts';
import type { TmuxServer } from '../tmux/tmux.ts';
import type { Context } from './context.ts';

/** tmux's own list (3.3a), for a server that is not there yet. */
const UPDATED_BY_TMUX = [
  'DISPLAY',
  'KRB5CCNAME',
  'SSH_ASKPASS',
  'SSH_AUTH_SOCK',
  'SSH_AGENT_PID',
  'SSH_CONNECTION',
  'WINDOWID',
  'XAUTHORITY',
];

/** Where panes that start now get the variables of the user's login from. */
export function readLogin(
  { env }: Context,
  { server, snapshot }: { readonly server: TmuxServer; readonly snapshot: Snapshot },
): Login {
  const names = snapshot.tmux.updateEnvironment ?? UPDATED_BY_TMUX;
  // Who stands in a pane has the values of that pane's start; what tmux holds for the session is as new or newer.
  if (isInside(server.socket, env)) return { names, passedOver: loginNames(env, names) };
  return { names, passedOver: isDeadSocket(env['SSH_AUTH_SOCK']) ? ['SSH_AUTH_SOCK'] : [] };
}

/** True for the path of an agent that has ended: what tmux holds may be one that lives. */
function isDeadSocket(path: string | undefined): boolean {
  if (path === undefined || path === '') return false;
  try {
    return !statSync(path).isSocket();
  } catch {
    return true;
  }
}

/** Lines that bring a session's environment to the caller's login, as `attach-session` does: panes that are made or started by key later have it. */
export function updateSessionLines({ env }: Context, login: Login, sessionId: string): readonly string[] {
  const fresh = loginNames(env, login.names).filter((name) => !login.passedOver.includes(name));
  return fresh.map((name) => {
    const value = env[name];
    return value === undefined
      ? `set-environment -r -t ${word(sessionId)} ${name}`
      : `set-environment -t ${word(sessionId)} ${name} ${word(value)}`;
  });
}
