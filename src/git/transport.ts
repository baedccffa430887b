import type { Env } from '../store/paths.ts';
import { readConfig } from './config.ts';
import { type ConfigEntry, withConfig } from './run/environment.ts';

/** Settings that decide how a remote is reached, and with which key or token. */
const TRANSPORT = '^(core\\.sshcommand|ssh\\.variant|credential\\..*|http\\..*|url\\..*)$';

/**
 * The environment in which the mirror reaches the repository as the checkout does: what the checkout's own configuration (or an
 * `includeIf` that only holds there) says about transport comes along. Without a terminal ssh is told to ask nothing, unless
 * the user has set an ssh command of their own in the environment.
 */
export async function transportEnvironment({
  checkout,
  env,
  asks,
}: {
  readonly checkout: string | null;
  readonly env: Env;
  readonly asks: boolean;
}): Promise<Env> {
  const here = await readConfig(checkout ?? '/', TRANSPORT, env);
  const reach = withConfig(env, checkout === null ? [] : await withoutGlobal(here, env));
  if (asks || env.GIT_SSH_COMMAND !== undefined || env.GIT_SSH !== undefined) return reach;
  const ssh = here.findLast(({ key }) => key === 'core.sshcommand')?.value ?? 'ssh';
  // Another program (plink, a wrapper) may not know the option; it gets no terminal to ask on either way.
  return /^(\S*\/)?ssh(\s|$)/.test(ssh) ? { ...reach, GIT_SSH_COMMAND: `${ssh} -o BatchMode=yes` } : reach;
}

/** What holds everywhere need not be handed over; without anything, nobody need be asked. */
async function withoutGlobal(here: readonly ConfigEntry[], env: Env): Promise<readonly ConfigEntry[]> {
  if (here.length === 0) return here;
  const everywhere = await readConfig('/', TRANSPORT, env);
  const known = new Set(everywhere.map(({ key, value }) => `${key}\n${value}`));
  return here.filter(({ key, value }) => !known.has(`${key}\n${value}`));
}
