import type { Pane } from './layout.ts';
import type { Draft } from './schema.ts';

/** Sentences for the parts of a layout that this version keeps but does not act on yet. */
export function inactiveParts(draft: Draft, panes: readonly Pane[]): readonly string[] {
  return PARTS.filter(({ isUsed }) => isUsed(draft, panes)).map(({ sentence }) => sentence);
}

interface Part {
  readonly sentence: string;
  readonly isUsed: (draft: Draft, panes: readonly Pane[]) => boolean;
}

const PARTS: readonly Part[] = [
  {
    sentence: 'Waiting for other sessions (depends_on) is not active in this version: all sessions start at once.',
    isUsed: (_, panes) => panes.some(({ dependsOn }) => dependsOn.length > 0),
  },
  {
    sentence:
      'Watching who changes which files (owns) is not active in this version: the globs stand in the prompts and are not checked.',
    isUsed: (_, panes) => panes.some(({ owns }) => owns.length > 0),
  },
  {
    sentence: 'Notifications (notify) are not active in this version: look at "claude-tmux status".',
    isUsed: (draft) => draft.notify !== undefined,
  },
  {
    sentence: 'Urgency by priority is not active in this version: it sets order, colour and place, not notifications.',
    isUsed: (draft) => draft.strategy === 'priority',
  },
];
