import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BUILD_KEY, FRAGMENT, KEYS, OPTIONS, LOADED } from '../../src/plugin/names.ts';
import { ROOT } from '../support/sources.ts';

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

test('plugin.sh says the same names as the program', () => {
  const text = read('tmux-plugin/plugin.sh');
  expect(text).toContain(`fragment='${FRAGMENT}'\n`);
  expect(text).toContain(`build_key=${BUILD_KEY}\n`);
  expect(text).toContain(` ${LOADED} hint\n`);
  const named = [...`${text}${read('tmux-plugin/program.sh')}`.matchAll(/@claude_tmux_\w+/g)].map(([name]) => name);
  expect(named.filter((name) => !Object.values<string>(OPTIONS).includes(name))).toEqual([]);
});

test('the page about the plugin names every option with its default, and no other', () => {
  const text = read('docs/plugin.md');
  for (const { option, key, means } of KEYS) expect(text).toContain(`| \`${option}\` | \`${key}\` | ${means} |`);
  for (const option of Object.values(OPTIONS)) expect(text).toContain(`| \`${option}\` |`);
  expect(text).toContain(FRAGMENT);
});
