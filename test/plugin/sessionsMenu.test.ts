import { expect, test } from 'vitest';
import { sessionsMenu } from '../../src/plugin/sessionsMenu.ts';
import { fleetOf, NOW } from '../bar/sessions.ts';

const menu = (
  fleets: readonly ReturnType<typeof fleetOf>[],
  more: { readonly rows?: number; readonly columns?: number; readonly page?: number } = {},
) =>
  sessionsMenu({
    fleets,
    client: { name: '/dev/pts/3', columns: more.columns ?? 100, rows: more.rows ?? 30 },
    page: more.page ?? 1,
    folder: '/p/tmux-plugin',
    now: NOW,
  });

test('one fleet has its sessions alone; several have their names above, which cannot be chosen', () => {
  expect(menu([fleetOf([{ name: 'Api', pane: '%4' }])])).toBe(
    `display-menu -c /dev/pts/3 -T ' sessions ' -x C -y C -- '1 ● Api  working 4m' 1 'switch-client -Z -t %4'`,
  );
  const two = menu([fleetOf([{}]), fleetOf([{}], { name: '#(touch pwned)' })]);
  expect(two).toContain(`-- -shop '' '' '1 ● Session 1  working 4m' 1 `);
  expect(two).toContain(`'-##(touch pwned)' '' ''`);
});

test('a name is cut before it is escaped, and what is not on the screen is left out', () => {
  expect(menu([fleetOf([{ name: '#'.repeat(50) }])], { columns: 20 })).toContain(` '1 ● ${'##'.repeat(5)}…' 1 `);
  expect(menu([fleetOf([{ pane: null }])])).toContain(`'-no Claude session is on the screen' '' ''`);
});

test('a page is as high as the terminal, and each item has a key of its own', () => {
  const fleet = fleetOf(Array.from({ length: 12 }, () => ({})));
  expect(menu([fleet], { rows: 8 }).match(/switch-client/g)).toHaveLength(5);
  expect(menu([fleet], { rows: 8 })).toContain(` more Space 'run-shell -b `);
  expect(menu([fleet], { rows: 8, page: 3 }).match(/switch-client/g)).toHaveLength(2);
  expect(menu([fleet], { rows: 8, page: 3 })).not.toContain(' more ');
  const keys = [...menu([fleetOf(Array.from({ length: 20 }, () => ({})))]).matchAll(/' (\w) 'switch-client/g)].map(
    ([, key]) => key,
  );
  expect(keys).toEqual('123456789abcdefghijk'.split(''));
});
