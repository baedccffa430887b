import { acceptTrust } from '../agent/acceptTrust.ts';
import type { Context } from '../apply/context.ts';
import { oneLine, plural } from '../base/text.ts';
import { isSameRepository } from '../git/remoteUrl.ts';
import { readConsent, writeConsent, type Consent } from '../store/consents.ts';
import { askWishes, foldersOf, type Wish } from './claudeQuestion.ts';
import type { Untrusted } from './untrusted.ts';

/** Longer than a lock of somebody killed just now stays, in milliseconds. */
const LOCK_PATIENCE = 15_000;

/** The answers about Claude Code in one repository's clones. */
export function consentFor(context: Context, repo: string): Promise<Consent> {
  return readConsent(context.store, (known) => isSameRepository(known, repo));
}

export async function keepConsent(
  context: Context,
  repo: string,
  change: (consent: Consent) => Consent,
): Promise<void> {
  const consent = change(await consentFor(context, repo));
  await writeConsent(context.store, { repo, isSame: (known) => isSameRepository(known, repo), consent });
}

/** A wish for each repository with folders whose settings the user has not agreed to yet. */
export async function trustWishes(
  context: Context,
  untrusted: readonly Untrusted[],
): Promise<readonly Extract<Wish, { kind: 'trust' }>[]> {
  const strange = await withoutConsent(context, untrusted);
  return [...new Set(strange.map(({ repo }) => repo))].map((repo) => ({
    kind: 'trust',
    repo,
    untrusted: strange.filter((one) => one.repo === repo),
  }));
}

async function withoutConsent(context: Context, untrusted: readonly Untrusted[]): Promise<readonly Untrusted[]> {
  const consents = await Promise.all(untrusted.map(({ repo }) => consentFor(context, repo)));
  return untrusted.filter(
    ({ grants }, at) =>
      !grants.fingerprints.every((fingerprint) => consents[at]?.trusted.includes(fingerprint) === true),
  );
}

/** Remembers the user's yes: what the clones bring along may take effect in each clone of that repository. */
export async function keepTrust(
  context: Context,
  { repo, untrusted }: Extract<Wish, { kind: 'trust' }>,
): Promise<void> {
  await keepFingerprints(
    context,
    repo,
    untrusted.flatMap(({ grants }) => grants.fingerprints),
  );
}

/** Remembers what the user has agreed to in a repository's clones, the latest last. */
export async function keepFingerprints(context: Context, repo: string, given: readonly string[]): Promise<void> {
  await keepConsent(context, repo, (consent) => ({
    ...consent,
    trusted: [...new Set([...consent.trusted.filter((one) => !given.includes(one)), ...given])].slice(-MOST_KEPT),
  }));
}
const MOST_KEPT = 500;

/**
 * Notes the trust that the user has agreed to in Claude Code's file, for all folders at once, before the first agent starts. What nobody has
 * agreed to is asked for on a terminal, unless `mayAsk` is false, for that was a no just now. Says in which folders Claude Code will ask.
 */
export async function acceptClones(
  context: Context,
  untrusted: readonly Untrusted[],
  { mayAsk }: { readonly mayAsk: boolean },
): Promise<void> {
  if (untrusted.length === 0) return;
  if (context.interactive && mayAsk) {
    for (const wish of await askWishes(context, await trustWishes(context, untrusted)))
      if (wish.kind === 'trust') await keepTrust(context, wish);
  }
  const strange = await withoutConsent(context, untrusted);
  await accept(
    context,
    untrusted.filter((one) => !strange.includes(one)),
  );
  if (strange.length === 0) return;
  const how =
    'answer there; or, from a terminal, claude-tmux restart SESSION asks you once for the repository (--yes does not answer this)';
  context.talk(`note: Claude Code does not trust ${foldersOf(strange).join('; ')} yet and asks in each pane; ${how}`);
}

async function accept(context: Context, agreed: readonly Untrusted[]): Promise<void> {
  for (const file of new Set(agreed.map((one) => one.file))) {
    const ours = agreed.filter((one) => one.file === file);
    const [first] = ours;
    if (first === undefined) continue;
    const onWait = (): void => context.talk(`waiting for another program that writes ${oneLine(file)}`);
    const { missing, why } = await acceptTrust({
      whose: first.whose,
      keys: ours.map(({ key }) => key),
      patienceMs: LOCK_PATIENCE,
      onWait,
      signal: context.signal,
    });
    const done = ours.filter(({ key }) => !missing.includes(key));
    if (done.length > 0)
      context.talk(
        `Claude Code trusts ${plural(done.length, 'folder')} more, as you agreed: ${foldersOf(done).join('; ')}`,
      );
    if (why !== null)
      context.talk(
        `note: "${oneLine(file)}" ${why}, so Claude Code asks in the panes of ${foldersOf(missing.map((key) => ({ key }))).join('; ')}; once that works, \`claude-tmux up\` writes it`,
      );
  }
}
