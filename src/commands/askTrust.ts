import type { Context } from '../apply/context.ts';
import { EXIT, UserError } from '../base/errors.ts';
import { oneLine } from '../base/text.ts';
import { renderTrust, renderTrustChanges } from '../layout/renderTrust.ts';
import type { TrustRow } from '../layout/trustTable.ts';
import { readDecision, readTrust, trustLayout, type TrustDecision } from '../store/trust.ts';
import type { LoadedFleet } from './loadFleet.ts';
import { checkoutFiles, fileKey, fileRow, kept, rowsOf, trustSubject, untrustedSources } from './trustSubject.ts';

/** A layout runs commands: what is neither shipped nor the user's own is shown and asked for, once for each content. */
export async function askTrust(
  context: Context,
  fleet: LoadedFleet,
  { yes }: { readonly yes: boolean },
): Promise<void> {
  const strange = await untrustedSources(context, fleet);
  if (strange.length === 0) return;
  const written = { path: fleet.path, read: fleet.untasked, world: fleet.world };
  const subject = await trustSubject(context, written);
  const [state, decision] = [await readTrust(context.store, subject), await readDecision(context.store, subject)];
  const files = checkoutFiles(context, written);
  const known = new Set(decision?.files ?? []);
  if (state === 'trusted' && files.every((file) => known.has(fileKey(file)))) return;
  const rows = [...rowsOf(fleet.untasked), ...files.map(fileRow)];
  if (!yes) {
    const others = strange.filter((source) => source !== fleet.path).map(oneLine);
    const what = `The layout ${oneLine(fleet.path)}${others.length === 0 ? '' : ` with ${others.join(', ')}`}`;
    context.talk(`${what}: ${describe(rows, decision)}`);
    if (!context.interactive)
      throw new UserError(`the layout ${fleet.path} is not trusted yet`, {
        hint: 'look at it above, then bring it up with --yes',
        exitCode: EXIT.usage,
      });
    if (!(await context.askYes('Bring it up? [y/N] ')))
      throw new UserError('the layout was not trusted', { hint: 'nothing was changed' });
  }
  await trustLayout(
    context.store,
    { ...subject, by: 'answer', rows: kept(rows), files: files.map(fileKey) },
    new Date(context.now()),
  );
}

/** The whole at the first time, what differs later. */
function describe(rows: readonly TrustRow[], before: TrustDecision | null): string {
  if (before === null) return `first \`up\` of this layout. ${renderTrust(rows)}`;
  const since =
    before.by === 'own'
      ? 'first `up` of this layout, which changed since claude-tmux wrote it'
      : 'it changed since you trusted it';
  const changes = before.rows.length === 0 ? null : renderTrustChanges(before.rows, kept(rows));
  return changes === null ? `${since}. ${renderTrust(rows)}` : `${since}. What differs:\n${changes}`;
}
