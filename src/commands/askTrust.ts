import { realpath } from 'node:fs/promises';
import type { Context } from '../apply/context.ts';
import { EXIT, UserError } from '../base/errors.ts';
import { oneLine } from '../base/text.ts';
import type { Layout, Pane } from '../layout/layout.ts';
import { fingerprintText } from '../layout/fingerprint.ts';
import { readTrust, trustLayout } from '../store/trust.ts';
import type { LoadedFleet } from './loadFleet.ts';
import { isInside } from './pick.ts';
import { shippedLayouts } from './places.ts';

/** A layout runs commands: what is neither shipped nor the user's own is shown and asked for, once for each content. */
export async function askTrust(context: Context, fleet: LoadedFleet, { yes }: { readonly yes: boolean }): Promise<void> {
  const strange = await untrustedSources(context, fleet);
  if (strange.length === 0) return;
  const subject = { path: fleet.path, fingerprint: fingerprintText(fleet.untasked) };
  const trust = await readTrust(context.store, subject);
  if (trust === 'trusted') return;
  if (!yes) {
    context.talk(`The layout ${oneLine(fleet.path)} ${trust === 'changed' ? 'changed since you trusted it' : 'is new here'}${describeSources(fleet, strange)}. ${describeWhatItRuns(fleet)}`);
    if (!context.interactive) throw new UserError(`the layout ${fleet.path} is not trusted yet`, { hint: 'look at it above, then bring it up with --yes', exitCode: EXIT.usage });
    if (!(await context.askYes('Bring it up? [y/N] '))) throw new UserError('the layout was not trusted', { hint: 'nothing was changed' });
  }
  await trustLayout(context.store, subject, new Date(context.now()));
}

/** Shipped files and the user's configuration are trusted, unless they lie in the work tree: what is there could shadow a shipped name. */
async function untrustedSources(context: Context, { read, world }: LoadedFleet): Promise<readonly string[]> {
  const real = (path: string): Promise<string> => realpath(path).catch(() => path);
  const trusted = await Promise.all([shippedLayouts(context), context.store.config].map(real));
  const workTree = world.checkout === null ? null : await real(world.checkout.root);
  const sources = await Promise.all(read.sources.map(async (source) => ({ source, path: await real(source) })));
  // The program's own checkout may be the work tree one stands in: its shipped layouts then ask like any other.
  const isTrusted = (path: string): boolean => trusted.some((folder) => isInside(path, folder)) && (workTree === null || !isInside(path, workTree));
  return sources.filter(({ path }) => !isTrusted(path)).map(({ source }) => source);
}

/** Which file makes one look twice, when it is not the layout itself. */
function describeSources({ path }: LoadedFleet, strange: readonly string[]): string {
  const others = strange.filter((source) => source !== path).map(oneLine);
  return others.length === 0 ? '' : ` with ${others.join(', ')}`;
}

/** Most lines of one prompt that are shown; the file has the rest. */
const PROMPT_LINES = 30;

function describeWhatItRuns({ untasked: layout }: LoadedFleet): string {
  const told = layout.panes.flatMap(tells);
  return ['It makes this run:', ...runs(layout), ...(told.length === 0 ? [] : ['and tells the agents:', ...told])].join('\n');
}

function runs(layout: Layout): string[] {
  return layout.panes.flatMap((pane) => {
    const who = `  ${oneLine(pane.id)}: `;
    const env = Object.keys(pane.env);
    const setup = pane.tree.kind === 'own' ? pane.tree.spec : null;
    return [
      who + describeWork(pane),
      ...(env.length === 0 ? [] : [`${who}with the variables ${env.join(', ')}`]),
      ...(setup?.setup ?? []).map((command) => `${who}setup: ${oneLine(command)}`),
      ...(setup && setup.include.length + setup.link.length > 0 ? [`${who}ignored files of the checkout: ${oneLine([...setup.include, ...setup.link].join(' '))}`] : []),
    ];
  });
}

function describeWork({ work }: Pane): string {
  switch (work.kind) {
    case 'agent':
      return oneLine([...work.command, ...work.args, ...(work.permissionMode === null ? [] : ['--permission-mode', work.permissionMode])].join(' '));
    case 'command':
      return work.run === '' ? 'a shell' : oneLine(work.run);
    case 'placeholder':
      return 'nothing: a row for a claude.ai/code session';
  }
}

function tells({ id, work }: Pane): string[] {
  if (work.kind !== 'agent' || work.prompt === null) return [];
  const lines = work.prompt.split('\n');
  const more = lines.length > PROMPT_LINES ? [`    … ${lines.length - PROMPT_LINES} more lines`] : [];
  return [`  ${oneLine(id)}:`, ...lines.slice(0, PROMPT_LINES).map((line) => `    ${oneLine(line)}`), ...more];
}
