import type { Layout } from './layout.ts';

/**
 * Everything the layout makes run or say, as one canonical text: equal texts mean equal fleets. Trust is kept by its hash.
 * Make it of the layout as loaded without a task, or every task asks for trust again. Holds `env` values: hash it, never show it.
 */
export function fingerprintText(layout: Layout): string {
  return JSON.stringify(layout, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
