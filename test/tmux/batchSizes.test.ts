import { afterEach, describe, expect, test } from 'vitest';
import { formatTmuxLayout, parseTmuxLayout } from '../../src/base/tmuxLayout.ts';
import { isAtLeast } from '../../src/plan/tmuxVersion.ts';
import { eventually } from '../support/eventually.ts';
import { labelsOf, SIZE } from '../plan/planOf.ts';
import { attachTo, makeScene, type Scene } from './scene.ts';

const scenes: Scene[] = [];

async function scene(): Promise<Scene> {
  const made = await makeScene();
  scenes.push(made);
  return made;
}

afterEach(async () => {
  for (const made of scenes.splice(0)) await made.dispose();
});

describe('a terminal of another size', () => {
  test.for([
    ['main-left', { columns: 120, rows: 42 }, ['71x40', '48x13', '48x13', '48x13']],
    ['columns', { columns: 163, rows: 42 }, ['40x40', '40x40', '40x40', '40x40']],
  ] as const)(
    'gets %s once more in proportion, and keeps what is resized by hand after that',
    async ([name, size, expected], { skip }) => {
      const on = await scene();
      if (!isAtLeast((await on.read()).version, '3.3')) skip('this tmux has no hook for the first resize');
      await on.up(labelsOf(4), { kind: 'named', name }, SIZE);
      await on.attach(attachTo(on, '=shop'), size);
      // Versions give the line that is left over to different cells: 13, 12, 13 up to tmux 3.6, then 14, 12, 12.
      const [columns, rows] = [expected.map(columnsOf), expected.map(rowsOf)];
      await eventually(async () => {
        const cells = await cellsOf(on);
        expect(cells.map(columnsOf)).toEqual(columns);
        cells.forEach((cell, at) =>
          expect(Math.abs(rowsOf(cell) - (rows[at] ?? 0)), cells.join(' ')).toBeLessThanOrEqual(1),
        );
      });
      await on.tmux.run('resize-pane', '-t', '=shop:.{top-left}', '-x', '20');
      const byHand = await cellsOf(on);
      await on.tmux.run('resize-window', '-t', '=shop:', '-y', '38');
      expect((await cellsOf(on)).map(columnsOf)).toEqual(byHand.map(columnsOf));
    },
  );
});

const columnsOf = (cell: string): number => Number(cell.split('x')[0]);
const rowsOf = (cell: string): number => Number(cell.split('x')[1]);

/** Every cell as `columns×rows`, title rows included. */
async function cellsOf(on: Scene): Promise<string[]> {
  const cell = parseTmuxLayout(await on.tmux.run('display-message', '-p', '-t', '=shop:', '#{window_layout}'));
  return (
    cell?.split === 'leaf'
      ? [cell]
      : (cell?.cells ?? []).flatMap((part) => (part.split === 'leaf' ? [part] : part.cells))
  ).map(({ columns, rows: lines }) => `${columns}x${lines}`);
}

test.each([
  [{ columns: 80, rows: 22 }, 60],
  [{ columns: 80, rows: 6 }, 5],
  [{ columns: 1000, rows: 500 }, 60],
])('every size has room for its panes: %j, %i panes', async (size, count) => {
  const on = await scene();
  const { errors } = await on.up(labelsOf(count), { kind: 'named', name: 'rows' }, size);
  expect(errors).toEqual([]);
  expect((await on.session()).windows.flatMap((window) => window.panes)).toHaveLength(count);
});

test('a layout of the user with as many lines as the window has room for', async () => {
  const on = await scene();
  const rowsOf = (count: number) => Array.from({ length: count }, (_, at) => `200x1,0,${at * 2},${at}`).join(',');
  const body = `200x59,0,0[${rowsOf(30)}]`;
  const layout = formatTmuxLayout(parseTmuxLayout(`${tmuxSum(body)},${body}`) ?? never());
  const { errors } = await on.up(labelsOf(24), { kind: 'custom', layout }, { columns: 200, rows: 49 });
  expect(errors).toEqual([]);
  expect((await on.session()).windows.map((window) => window.panes.length)).toEqual([24]);
});

/** tmux's checksum of a layout (layout-custom.c). */
function tmuxSum(body: string): string {
  let sum = 0;
  for (const byte of Buffer.from(body)) sum = (((sum >> 1) | ((sum & 1) << 15)) + byte) & 0xffff;
  return sum.toString(16).padStart(4, '0');
}

function never(): never {
  throw new Error('not a layout');
}
