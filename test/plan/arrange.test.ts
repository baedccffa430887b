import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { leaves, parseTmuxLayout } from '../../src/base/tmuxLayout.ts';
import { ARRANGEMENTS, type Arrange, type NamedArrangement } from '../../src/layout/layout.ts';
import { arrangeExisting, planWindows, type WindowPlan } from '../../src/plan/arrange.ts';

const BIG = { columns: 240, rows: 66 };
const CLASSIC = { columns: 80, rows: 23 };
const CUSTOM = 'b6ba,200x49,0,0[200x25,0,0{100x25,0,0,0,99x25,101,0,1},200x23,0,26{100x23,0,26,2,99x23,101,26,3}]';

function named(name: NamedArrangement): Arrange {
  return { kind: 'named', name };
}

function counts(windows: readonly WindowPlan[]): number[] {
  return windows.map((window) => window.panes);
}

/** `columns×rows` of every pane of the first window. */
function boxes(windows: readonly { layout: string | null }[]): string[] {
  const cell = parseTmuxLayout(windows[0]?.layout ?? '');
  return cell ? leaves(cell).map(({ columns, rows }) => `${columns}x${rows}`) : [];
}

const arranges: fc.Arbitrary<Arrange> = fc.oneof(
  fc.constantFrom(...ARRANGEMENTS).map(named),
  fc.constantFrom(...ARRANGEMENTS).map((preferred): Arrange => ({ kind: 'auto', preferred })),
  fc.constant<Arrange>({ kind: 'custom', layout: CUSTOM }),
);
const sizes = fc.record({ columns: fc.integer({ min: 1, max: 500 }), rows: fc.integer({ min: 1, max: 150 }) });

describe('planWindows', () => {
  test('places every pane once, and gives each window of several panes a layout of exactly its panes and size', () => {
    fc.assert(
      fc.property(arranges, fc.integer({ min: 1, max: 60 }), sizes, (arrange, panes, size) => {
        const windows = planWindows({ arrange, panes, size });
        expect(counts(windows).reduce((a, b) => a + b, 0)).toBe(panes);
        for (const window of windows) {
          expect(window.panes).toBeGreaterThan(0);
          if (window.panes === 1) expect(window.layout).toBeNull();
          else expect(parseTmuxLayout(window.layout ?? '')).toMatchObject(size);
          if (window.layout !== null)
            expect(leaves(parseTmuxLayout(window.layout) ?? never())).toHaveLength(window.panes);
        }
      }),
    );
  });

  test('never makes a pane of a named arrangement smaller than 30×8', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ARRANGEMENTS), fc.integer({ min: 1, max: 60 }), sizes, (name, panes, size) => {
        for (const { layout } of planWindows({ arrange: named(name), panes, size })) {
          for (const leaf of leaves(
            parseTmuxLayout(layout ?? '') ?? { x: 0, y: 1, columns: 30, rows: 8, split: 'leaf', cells: [] },
          )) {
            expect(leaf.columns).toBeGreaterThanOrEqual(30);
            expect(leaf.rows - (leaf.y === 0 ? 1 : 0)).toBeGreaterThanOrEqual(8);
          }
        }
      }),
    );
  });

  test('a grid that takes fewer panes than another may have narrower ones: each window is looked at', () => {
    expect(counts(planWindows({ arrange: named('tiled'), panes: 25, size: { columns: 138, rows: 36 } }))).toEqual([
      9, 8, 8,
    ]);
  });

  test('spreads what does not fit evenly over as few windows as take it', () => {
    expect(counts(planWindows({ arrange: named('columns'), panes: 9, size: BIG }))).toEqual([5, 4]);
    expect(counts(planWindows({ arrange: named('tiled'), panes: 9, size: CLASSIC }))).toEqual([3, 3, 3]);
    expect(counts(planWindows({ arrange: named('windows'), panes: 4, size: BIG }))).toEqual([1, 1, 1, 1]);
  });

  test.each<[NamedArrangement, number, string[]]>([
    ['columns', 3, ['80x66', '79x66', '79x66']],
    ['rows', 3, ['240x22', '240x21', '240x21']],
    ['main-left', 4, ['144x66', '95x22', '95x21', '95x21']],
    ['main-top', 3, ['240x40', '120x25', '119x25']],
    ['tiled', 4, ['120x33', '119x33', '120x32', '119x32']],
    ['tiled', 5, ['80x33', '79x33', '79x33', '120x32', '119x32']],
    ['main-left', 2, ['144x66', '95x66']],
  ])('%s of %i panes on 240×66', (name, panes, expected) => {
    expect(boxes(planWindows({ arrange: named(name), panes, size: BIG }))).toEqual(expected);
  });

  test('holds a 60/40 split on the classic terminal with two status lines', () => {
    for (const name of ['main-left', 'main-top'] as const) {
      expect(counts(planWindows({ arrange: named(name), panes: 2, size: { columns: 80, rows: 22 } }))).toEqual([2]);
    }
  });

  describe('auto', () => {
    const auto: Arrange = { kind: 'auto', preferred: 'tiled' };

    test('keeps the preferred arrangement while every pane shows 80×20', () => {
      // One title row, two panes of 20, one border.
      expect(counts(planWindows({ arrange: auto, panes: 4, size: { columns: 161, rows: 42 } }))).toEqual([4]);
    });

    test.each([
      ['a column', { columns: 160, rows: 42 }],
      ['a row', { columns: 161, rows: 41 }],
    ])('gives each pane a window of its own when %s is missing', (_what, size) => {
      expect(counts(planWindows({ arrange: auto, panes: 4, size }))).toEqual([1, 1, 1, 1]);
    });

    test('gives a single pane the window, however small', () => {
      expect(planWindows({ arrange: auto, panes: 1, size: { columns: 20, rows: 5 } })).toEqual([
        { panes: 1, layout: null },
      ]);
    });
  });

  describe('a layout of the user', () => {
    const custom: Arrange = { kind: 'custom', layout: CUSTOM };

    test('is scaled to the real size', () => {
      expect(boxes(planWindows({ arrange: custom, panes: 4, size: { columns: 100, rows: 40 } }))).toEqual([
        '50x21',
        '49x21',
        '50x18',
        '49x18',
      ]);
    });

    test('puts further panes into further tiled windows', () => {
      expect(counts(planWindows({ arrange: custom, panes: 7, size: BIG }))).toEqual([4, 3]);
    });

    test('gives the space of cells it does not need to the others', () => {
      expect(boxes(planWindows({ arrange: custom, panes: 2, size: BIG }))).toEqual(['121x66', '118x66']);
    });

    test('is left for tiled windows where it does not fit', () => {
      expect(counts(planWindows({ arrange: custom, panes: 4, size: { columns: 2, rows: 40 } }))).toEqual([1, 1, 1, 1]);
    });
  });
});

describe('arrangeExisting', () => {
  test('takes as many additions as stay usable', () => {
    expect(arrangeExisting({ arrange: named('columns'), existing: 3, additions: 4, size: BIG })).toMatchObject({
      panes: 4,
    });
    expect(arrangeExisting({ arrange: named('columns'), existing: 6, additions: 4, size: BIG })).toMatchObject({
      panes: 1,
    });
    expect(arrangeExisting({ arrange: named('columns'), existing: 7, additions: 4, size: BIG })).toEqual({
      panes: 0,
      layout: null,
    });
  });

  test('lays out old and new panes together', () => {
    const { layout } = arrangeExisting({ arrange: named('rows'), existing: 2, additions: 1, size: BIG });
    expect(boxes([{ layout }])).toEqual(['240x22', '240x21', '240x21']);
  });

  test.each<[string, Arrange]>([
    ['windows', named('windows')],
    ['auto where 80×24 would be lost', { kind: 'auto', preferred: 'columns' }],
    ['a full layout of the user', { kind: 'custom', layout: CUSTOM }],
  ])('takes none under %s', (_what, arrange) => {
    expect(arrangeExisting({ arrange, existing: 4, additions: 1, size: BIG })).toEqual({ panes: 0, layout: null });
  });
});

function never(): never {
  throw new Error('no layout');
}
