import { describe, expect, it } from 'vitest';
import {
  callerAccount,
  claudeFolders,
  claudeFoldersOf,
  knownAccounts,
  startAccount,
  transcriptAccount,
} from '../../src/agent/claudeFolders.ts';
import { readSources } from '../support/sources.ts';

const HOME = '/home/u';
const caller = { env: { CLAUDE_CONFIG_DIR: '/acc/caller' }, home: HOME };

describe('the folders of a session', () => {
  it('are those of its own account, whatever the caller has', () => {
    expect(claudeFoldersOf({ account: '/acc/own' }, caller).sessions).toBe('/acc/own/sessions');
    expect(claudeFoldersOf({ account: '' }, caller)).toEqual(claudeFolders('', HOME));
    expect(claudeFoldersOf({ account: null }, caller).root).toBe('/acc/caller');
  });

  it('have .claude.json inside, but for ~/.claude', () => {
    expect(claudeFolders('', HOME)).toEqual({
      root: '/home/u/.claude',
      global: '/home/u/.claude.json',
      sessions: '/home/u/.claude/sessions',
      projects: '/home/u/.claude/projects',
    });
    expect(claudeFolders('/acc/a', HOME).global).toBe('/acc/a/.claude.json');
  });
});

describe('the account a session starts in', () => {
  it.each([
    ['the layout names one', { CLAUDE_CONFIG_DIR: '/acc/layout' }, '/acc/own', '/acc/layout'],
    [
      'the layout names one below the home folder',
      { CLAUDE_CONFIG_DIR: '~/.claude-work' },
      null,
      '/home/u/.claude-work',
    ],
    ['the layout names a relative one', { CLAUDE_CONFIG_DIR: '.claude-here' }, null, '/w/api/.claude-here'],
    ['the layout sets it to nothing', { CLAUDE_CONFIG_DIR: '' }, '/acc/own', ''],
    ['it has one', {}, '/acc/own', '/acc/own'],
    ['it has ~/.claude', {}, '', ''],
    ['it starts for the first time', {}, null, '/acc/caller'],
  ])('when %s', (_, own: Record<string, string>, account, expected) => {
    expect(startAccount({ own, cwd: '/w/api', account }, caller)).toBe(expected);
  });
});

describe('what a hook reports', () => {
  it.each([
    ['/acc/b/projects/-w-api/id.jsonl', '/acc/a', '/acc/b'],
    ['/home/u/.claude/projects/-w-api/id.jsonl', '/acc/a', ''],
    ['/home/u/.claude/projects/-w-api/id.jsonl', '/home/u/.claude', '/home/u/.claude'],
    ['/acc/a/projects/-w-api/id.jsonl', '/acc/a', '/acc/a'],
    ['relative/projects/-w/id.jsonl', '/acc/a', '/acc/a'],
    ['/somewhere/else.jsonl', '/acc/a', '/acc/a'],
    ['', null, null],
  ])('%s, believed %s, is the account %s', (path, believed, account) => {
    expect(transcriptAccount(path, { believed, home: HOME })).toBe(account);
  });
});

it('all accounts are those of the sessions and the caller’s, each once', () => {
  expect(
    knownAccounts([{ account: '/acc/a' }, { account: '' }, { account: null }, { account: '/acc/a' }], caller),
  ).toEqual(['/acc/a', '', '/acc/caller']);
  expect(callerAccount({ env: {}, home: HOME })).toBe('');
});

/** Where there is no session, or none that has started: the reasons. */
const ASK_FOR_THE_CALLER: Readonly<Record<string, string>> = {
  'agent/claudeFolders.ts': 'defines it',
  'commands/accounts.ts': 'says that the caller’s is not used',
  'commands/agentGuard.ts': 'the agent that gave this command',
  'commands/doctor/readHooks.ts': 'the settings of the caller’s own account',
  'commands/meetDialogs.ts': 'what was approved in the checkout',
  'commands/ownEnvironment.ts': 'a session that was never started',
  'commands/planScript.ts': 'the script is run by the caller',
  'commands/save.ts': 'names an account only where it is not the caller’s',
};

it('nothing but the listed files asks for the caller’s account, and only one reads the variable', () => {
  const sources = readSources();
  const asks = sources.filter(({ text }) => /\bcallerAccount\b/.test(text)).map(({ path }) => path);
  expect(asks).toEqual(Object.keys(ASK_FOR_THE_CALLER).sort());
  const reads = sources
    .filter(({ text }) => /(env|own|environment)(\.|\[')CLAUDE_CONFIG_DIR/.test(text))
    .map(({ path }) => path);
  expect(reads).toEqual(['agent/claudeFolders.ts', 'commands/accounts.ts']);
});
