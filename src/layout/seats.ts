import { slug } from '../base/text.ts';
import type { Strategy } from './layout.ts';
import type { DraftPane } from './schema.ts';
import { keyDefaults, STRATEGY_FACTS, type KeyDefaults } from './strategies.ts';

/** A pane on its way to the normal form: identity and strategy settled, places and work not yet. */
export interface Seat {
  /** Position in the file, from 0. */
  readonly index: number;
  readonly written: DraftPane;
  readonly id: string;
  readonly key: string | null;
  readonly defaults: KeyDefaults;
  /** True for a pane with an agent of this layout's own: no command, nothing teleported. */
  readonly isAgent: boolean;
}

/** The panes in the strategy's order. */
export function seatPanes(panes: readonly DraftPane[], strategy: Strategy): readonly Seat[] {
  const facts = STRATEGY_FACTS[strategy];
  const unknown = unknownKeys(panes, strategy);
  const seats = panes.map((written, index): Seat => {
    const key = written[strategy] ?? null;
    const defaults = keyDefaults(strategy, key, key === null ? 0 : unknown.indexOf(key));
    return {
      index,
      written,
      id: written.id ?? slug(written.name ?? ''),
      key,
      defaults,
      isAgent: written.run === undefined && written.teleport === undefined,
    };
  });
  if (!facts.sorted) return seats;
  const order = Object.keys(facts.keys);
  const rank = ({ key }: Seat): number => (key !== null && order.includes(key) ? order.indexOf(key) : order.length);
  return seats.toSorted((a, b) => rank(a) - rank(b) || a.index - b.index);
}

function unknownKeys(panes: readonly DraftPane[], strategy: Strategy): readonly string[] {
  const { keys } = STRATEGY_FACTS[strategy];
  return [...new Set(panes.flatMap((pane) => pane[strategy] ?? []).filter((key) => !Object.hasOwn(keys, key)))];
}
