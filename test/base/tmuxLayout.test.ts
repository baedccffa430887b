import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fitSketch, scaleLayout, sketchOf, type LayoutSketch } from '../../src/base/fitLayout.ts';
import { formatTmuxLayout, leaves, parseTmuxLayout, type LayoutCell } from '../../src/base/tmuxLayout.ts';

/** The example of tmux's manual. */
const MANUAL = 'bb62,159x48,0,0{79x48,0,0,79x48,80,0}';
const NESTED = 'b6ba,200x49,0,0[200x25,0,0{100x25,0,0,0,99x25,101,0,1},200x23,0,26{100x23,0,26,2,99x23,101,26,3}]';

const sketches: fc.Arbitrary<LayoutSketch> = fc.letrec<{ sketch: LayoutSketch }>((tie) => ({
  sketch: fc.oneof(
    { depthSize: 'small' },
    fc.record({ share: fc.integer({ min: 1, max: 90 }), split: fc.constant('leaf' as const), cells: fc.constant([]) }),
    fc.record({
      share: fc.integer({ min: 1, max: 90 }),
      split: fc.constantFrom('columns' as const, 'rows' as const),
      cells: fc.array(tie('sketch'), { minLength: 2, maxLength: 4 }),
    }),
  ),
})).sketch;
const sizes = fc.record({ columns: fc.integer({ min: 1, max: 400 }), rows: fc.integer({ min: 1, max: 120 }) });

function sizesAddUp(cell: LayoutCell): boolean {
  if (cell.split === 'leaf') return cell.columns >= 1 && cell.rows >= 1;
  const [along, across, at] =
    cell.split === 'columns' ? (['columns', 'rows', 'x'] as const) : (['rows', 'columns', 'y'] as const);
  let offset = cell[at];
  for (const child of cell.cells) {
    if (child[across] !== cell[across] || child[at] !== offset || !sizesAddUp(child)) return false;
    offset += child[along] + 1;
  }
  return offset - 1 === cell[at] + cell[along];
}

describe('parseTmuxLayout', () => {
  test('reads the example of the manual, which has no pane ids', () => {
    const cell = parseTmuxLayout(MANUAL);
    expect(cell).toMatchObject({ columns: 159, rows: 48, split: 'columns' });
    expect(cell && leaves(cell).map(({ x, columns }) => [x, columns])).toEqual([
      [0, 79],
      [80, 79],
    ]);
  });

  test('gives back what it read, ids numbered from 0', () => {
    expect(formatTmuxLayout(parseTmuxLayout(NESTED) ?? fail())).toBe(NESTED);
  });

  test.each([
    ['an empty text', ''],
    ['a name', 'tiled'],
    ['a wrong checksum', MANUAL.replace('bb62', 'bb63')],
    ['an upper-case checksum', MANUAL.replace('bb62', 'BB62')],
    ['text behind the end', summed('80x24,0,0,0 ')],
    ['sizes that do not add up', summed('159x48,0,0{79x48,0,0,0,78x48,80,0,1}')],
    ['children of different heights', summed('159x48,0,0{79x48,0,0,0,79x47,80,0,1}')],
    ['a bracket of the other kind', summed('159x48,0,0{79x48,0,0,0,79x48,80,0,1]')],
    ['a missing bracket', summed('159x48,0,0{79x48,0,0,0,79x48,80,0,1')],
    ['a cell of no size', summed('0x24,0,0,0')],
    ['a window larger than tmux makes', summed('10001x24,0,0,0')],
    ['a line end', `${MANUAL}\n`],
    ['brackets without end', summed('9x9,0,0{'.repeat(1500))],
    ['a nesting no person made', summed(`${'9x9,0,0{'.repeat(40)}9x9,0,0,0${'}'.repeat(40)}`)],
  ])('refuses %s', (_what, text) => {
    expect(parseTmuxLayout(text)).toBeNull();
  });

  test('reads back every layout that is written', () => {
    fc.assert(
      fc.property(sketches, sizes, (sketch, size) => {
        const cell = fitSketch(sketch, size, 0);
        if (cell) expect(parseTmuxLayout(formatTmuxLayout(cell))).toEqual(cell);
      }),
    );
  });
});

describe('fitSketch', () => {
  test('fills the size exactly, borders included, and leaves no cell empty', () => {
    fc.assert(
      fc.property(sketches, sizes, fc.constantFrom(0, 1), (sketch, size, titleRows) => {
        const cell = fitSketch(sketch, size, titleRows);
        if (!cell) return;
        expect(cell).toMatchObject({ x: 0, y: 0, ...size });
        expect(sizesAddUp(cell)).toBe(true);
        for (const leaf of leaves(cell)) expect(leaf.rows).toBeGreaterThan(leaf.y === 0 ? titleRows : 0);
      }),
    );
  });

  test('refuses a size only when the cells cannot have a line each', () => {
    const three: LayoutSketch = {
      share: 1,
      split: 'rows',
      cells: [1, 1, 1].map((share) => ({ share, split: 'leaf', cells: [] })),
    };
    expect(fitSketch(three, { columns: 1, rows: 5 }, 0)).not.toBeNull();
    expect(fitSketch(three, { columns: 1, rows: 4 }, 0)).toBeNull();
    expect(fitSketch(three, { columns: 1, rows: 5 }, 1)).toBeNull();
  });

  test('gives the panes at the top edge the title row on top of their share', () => {
    const rows: LayoutSketch = {
      share: 1,
      split: 'rows',
      cells: [1, 1].map((share) => ({ share, split: 'leaf', cells: [] })),
    };
    expect(leaves(fitSketch(rows, { columns: 80, rows: 24 }, 1) ?? fail()).map((leaf) => leaf.rows)).toEqual([12, 11]);
  });
});

describe('scaleLayout', () => {
  test('keeps the proportions', () => {
    const cell = parseTmuxLayout(summed('100x50,0,0{60x50,0,0,0,39x50,61,0[39x25,61,0,1,39x24,61,26,2]}')) ?? fail();
    expect(
      leaves(scaleLayout(cell, { columns: 200, rows: 100 }) ?? fail()).map(({ columns, rows }) => [columns, rows]),
    ).toEqual([
      [121, 100],
      [78, 51],
      [78, 48],
    ]);
  });

  test('gives the space of dropped cells to their neighbours', () => {
    const cell = parseTmuxLayout(NESTED) ?? fail();
    const kept = (count: number) => leaves(fitSketch(sketchOf(cell, count), { columns: 200, rows: 49 }, 0) ?? fail());
    expect(kept(3).map(({ columns }) => columns)).toEqual([100, 99, 200]);
    expect(kept(2).map(({ rows }) => rows)).toEqual([49, 49]);
    expect(kept(1)).toMatchObject([{ columns: 200, rows: 49 }]);
  });
});

/** A body with the checksum tmux computes (layout-custom.c). */
function summed(body: string): string {
  let sum = 0;
  for (const byte of Buffer.from(body)) sum = (((sum >> 1) | ((sum & 1) << 15)) + byte) & 0xffff;
  return `${sum.toString(16).padStart(4, '0')},${body}`;
}

function fail(): never {
  throw new Error('no layout');
}
