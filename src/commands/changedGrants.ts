import { FOLDER, type FileGrants } from '../agent/projectGrants.ts';
import type { Context } from '../apply/context.ts';
import { EXIT, UserError } from '../base/errors.ts';
import { exactLine } from '../base/text.ts';
import { consentFor, keepFingerprints } from './acceptClones.ts';
import { foldersOf } from './claudeQuestion.ts';
import type { Untrusted } from './untrusted.ts';

interface Changed extends Untrusted {
  /** What the user has not agreed to. */
  readonly news: readonly FileGrants[];
}

interface Agreeing {
  readonly yes: boolean;
  /** What to do after a no. */
  readonly again?: string;
}

/**
 * Claude Code asks no more in a folder that is trusted, whatever comes into it later. What came since the user agreed is shown before an agent
 * starts there, and agreed to on the terminal or by `--yes`; throws a UserError otherwise. A folder that the user trusted in Claude's own
 * dialog is left to Claude.
 */
export async function meetChangedGrants(
  context: Context,
  trusted: readonly Untrusted[],
  { yes, again = 'run the same command again, on a terminal or with --yes' }: Agreeing,
): Promise<void> {
  const changed = (await Promise.all(trusted.map((one) => readChanged(context, one)))).filter((one) => one !== null);
  if (changed.length === 0) return;
  const lines = [...new Set(changed.flatMap(({ news }) => news.flatMap((file) => file.lines)))];
  context.talk(
    [
      'Since you agreed, this came into folders that Claude Code trusts, and takes effect when an agent starts there:',
      ...lines.map((line) => `  ${exactLine(line)}`),
      ...foldersOf(changed).map((folder) => `  in ${folder}`),
    ].join('\n'),
  );
  const hint = `nothing was started there; look at it, then ${again}`;
  if (!yes && !context.interactive)
    throw new UserError('what came into these folders is not agreed to', { hint, exitCode: EXIT.usage });
  if (!yes && !(await context.askYes('Start agents with it? [y/N] ')))
    throw new UserError('what came into these folders was not agreed to', { hint });
  for (const { repo, news } of changed)
    await keepFingerprints(
      context,
      repo,
      news.map(({ fingerprint }) => fingerprint),
    );
}

async function readChanged(context: Context, one: Untrusted): Promise<Changed | null> {
  const { trusted } = await consentFor(context, one.repo);
  const news = trusted.includes(FOLDER)
    ? one.grants.files.filter(({ fingerprint }) => !trusted.includes(fingerprint))
    : [];
  return news.length === 0 ? null : { ...one, news };
}
