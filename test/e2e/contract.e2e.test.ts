import { existsSync, readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { afterEach, expect, test } from 'vitest';
import { eventsKnownTo } from '../../src/agent/hookEvents.ts';
import { describeClaude, IS_OLD_CLAUDE, VERSION } from './support/claudeCode.ts';
import { follow } from './support/follow.ts';
import { seal, type Sealed } from './support/sealed.ts';

let sealed: Sealed;
afterEach(() => sealed.dispose());

/** What a version says of itself, reduced to what does not depend on the run. */
interface Contract {
  /** Keys of the input of each hook event, sorted; those of several inputs together. */
  readonly events: Readonly<Record<string, readonly string[]>>;
  readonly registry: readonly string[];
  /** What the registry says in each dialog, and the choice under the cursor. */
  readonly dialogs: Readonly<Record<string, { readonly registry: string; readonly cursor: string }>>;
}

const fixture = (version: string): URL => new URL(`../fixtures/claude/contract-${version}.json`, import.meta.url);

describeClaude('what Claude Code says', () => {
  /** Recorded by `scripts/record-claude VERSION`; a version without a record is compared with the newest that has one. */
  test.skipIf(IS_OLD_CLAUDE && !existsSync(fixture(VERSION)) && process.env['CLAUDE_TMUX_E2E_RECORD'] !== '1')(
    'is what was recorded: hook inputs, registry, dialogs',
    async () => {
      const contract = await recordContract();
      if (process.env['CLAUDE_TMUX_E2E_RECORD'] === '1')
        await writeFile(fixture(VERSION), `${JSON.stringify(contract, null, 2)}\n`);
      const known = existsSync(fixture(VERSION)) ? fixture(VERSION) : fixture('2.1.332');
      expect(contract).toEqual(JSON.parse(readFileSync(known, 'utf8')));
    },
  );
});

async function recordContract(): Promise<Contract> {
  const record = { hooks: [{ type: 'command', command: 'cat >>"$HOME/hooks.jsonl"; echo >>"$HOME/hooks.jsonl"' }] };
  const hooks = Object.fromEntries(eventsKnownTo(VERSION).map(({ name }) => [name, [record]]));
  sealed = await seal({ trusted: true, home: { '.claude/settings.json': JSON.stringify({ hooks }) } });
  await sealed.startAgent({ id: 'one' });
  const one = follow(sealed, 'one');
  const dialogs: Record<string, Contract['dialogs'][string]> = {};
  const meet = async (name: string): Promise<void> => {
    const { registry } = await one.explained();
    const cursor = (await sealed.screenOf('one')).match(/❯ \d+\. \w+/g)?.at(-1) ?? '';
    dialogs[name] = { registry: `${registry?.status ?? ''} ${registry?.waitingFor ?? ''}`.trim(), cursor };
  };
  await one.is({ state: 'idle' });
  await one.say('SCENARIO:permission');
  await one.is({ state: 'permission' }, ['working']);
  await one.registers({ status: 'waiting' });
  await one.shows('❯ 1. Yes');
  await meet('permission');
  await one.press('Enter');
  await one.is({ state: 'done' }, ['working']);
  await one.say('SCENARIO:ask');
  await one.is({ state: 'question' }, ['working']);
  await one.registers({ status: 'waiting' });
  await one.shows('❯ 1. Red');
  await meet('question');
  await one.press('Enter');
  await one.is({ state: 'done' }, ['working']);
  await one.say('SCENARIO:error:500');
  await one.is({ state: 'error' }, ['working', 'idle']);
  await one.say('/help');
  await one.registers({ waitingFor: 'dialog open' });
  await meet('/help');
  const { registry } = await one.explained();
  const file = JSON.parse(
    await readFile(`${sealed.sandbox.home}/.claude/sessions/${String(registry?.pid)}.json`, 'utf8'),
  ) as object;
  await one.press('Escape');
  await one.registers({ status: 'idle' });
  await one.say('/clear');
  await one.is({ state: 'idle' });
  return { events: await readKeys(), registry: Object.keys(file).sort(), dialogs };
}

async function readKeys(): Promise<Contract['events']> {
  const lines = (await readFile(`${sealed.sandbox.home}/hooks.jsonl`, 'utf8'))
    .split('\n')
    .filter((line) => line !== '');
  const keys = new Map<string, Set<string>>();
  for (const input of lines.map((line) => JSON.parse(line) as { readonly hook_event_name: string })) {
    // Comes only to a dialog that is open for six seconds.
    if (input.hook_event_name === 'Notification') continue;
    const known = keys.get(input.hook_event_name) ?? new Set();
    for (const key of Object.keys(input)) known.add(key);
    keys.set(input.hook_event_name, known);
  }
  return Object.fromEntries([...keys].sort().map(([event, names]) => [event, [...names].sort()]));
}
