import { expect, it } from 'vitest';
import { namesProgram } from '../../src/git/run/ownPrograms.ts';
import { run } from '../support/run.ts';
import { makeSandbox } from '../support/sandbox.ts';

/** What a key is called whose value git runs as a program, or that leads to one. */
const SOUNDS_LIKE_ONE =
  /alias|askpass|browser|\.cmd$|command|custom|driver|editor|exec|external|filter|fsmonitor|gitproxy|helper|hook|httpd|pager|process|program|smudge|\.clean$|textconv|tool|tunnel|\.update$|vcs|\.(receive|upload)pack$/i;

/** Keys that sound so, and why they need no guard. A key of a newer git that is in neither list fails here. */
const NEEDS_NONE: readonly (readonly [RegExp, string])[] = [
  [/^advice\.|^color\.|^completion\.|^fsck\.|^receive\.fsck\.|^fetch\.fsck\.|^column\./, 'words and colours'],
  [
    /^(clean|pull|push|rebase|repack|fetch|checkout|status|stash|branch|index|feature|commitgraph|sparse|add)\./i,
    'a flag or a number',
  ],
  [/^core\.fsmonitorhookversion$|^fsmonitor\./i, 'how the monitor is spoken to, not which'],
  [
    /^diff\.<driver>\.(binary|cachetextconv|wordregex|xfuncname|algorithm|trustexitcode)$|^merge\.<driver>\.(name|recursive)$/i,
    'belongs to a driver, and is none',
  ],
  [
    /^alias\.\*(\.command)?$/,
    'git takes no alias for a command of its own; those that may not be there are guarded by name',
  ],
  [
    /^(difftool|mergetool|guitool|browser|man|help|web|instaweb|sendemail|imap|gui|gitcvs|gitweb)\./i,
    'of commands that are never run',
  ],
  [/^(diff|merge)\.(tool|guitool)$/, 'of commands that are never run'],
  [/^interactive\.diffFilter$/, 'of `add -p`, which is never run'],
  [/^hook\.(.*\.)?(enabled|event|jobs|parallel)$/i, 'when and how `hook.NAME.command` runs, which is guarded'],
  [/^gc\.repackFilter(To)?$/, 'of `git gc`, which is never run; a pattern and a folder'],
  [/^(trailer|tar)\./, 'of commands that are never run (interpret-trailers, archive)'],
  [/^(sequence|core)\.editor$/, 'the environment names one'],
  [
    /^uploadpack\.|^uploadpackfilter\.|^uploadarchive\.|^receive\./,
    'taken from protected configuration alone, or by the other side',
  ],
  [
    /^credential\.useHttpPath$|^clone\.filterSubmodules$|^remote\.<name>\.(partialclonefilter|skip.*)$|^notes\.rewrite/,
    'a flag or a name',
  ],
  [/^submodule\.(?!<name>\.update$)|^url\.|^include/, 'leads to no program; what is included is read'],
  [
    /^trace2\.|^safe\.|^scalar\.|^maintenance\./,
    'taken from protected configuration alone, or by a program in the background that is not started',
  ],
];

/** A placeholder with a name in its place; of formats there are three. */
const asSet = (key: string): string =>
  key.replace('<format>', 'ssh').replace(/\.?<[^>]*>|\*/g, (part) => (part.startsWith('.') ? '.x' : 'x'));

it('every key that git documents and that may name a program is guarded, or it is said why it needs no guard', async () => {
  const sandbox = await makeSandbox();
  const { stdout, code } = await run('git', ['help', '--config'], {
    env: { ...sandbox.env, GIT_PAGER: 'cat', PAGER: 'cat' },
  });
  await sandbox.dispose();
  const keys = stdout.split('\n').filter((line) => /^[a-z][a-z0-9]*\./i.test(line));
  expect([code, keys.length > 300]).toEqual([0, true]);
  const isGuarded = (key: string): boolean => namesProgram({ key: asSet(key), value: '!x' });
  const open = keys.filter(
    (key) => SOUNDS_LIKE_ONE.test(key) && !isGuarded(key) && !NEEDS_NONE.some(([pattern]) => pattern.test(key)),
  );
  expect(open).toEqual([]);
  // The keys that campaigns began with are in git's list, so that an empty answer is no pass.
  for (const key of [
    'core.askPass',
    'core.fsmonitor',
    'core.sshCommand',
    'credential.helper',
    'diff.external',
    'filter.<driver>.clean',
    'gpg.program',
    'gpg.<format>.program',
    'merge.<driver>.driver',
  ])
    expect([key, keys.includes(key), isGuarded(key)]).toEqual([key, true, true]);
});
