/**
 * Questions that Claude Code asks on its own account, in a dialog that no hook reports and that its registry calls "dialog open", as
 * it calls `/config` (2.1.332). Each with a line that only its dialog shows: a conversation may quote the question.
 */
const QUESTIONS: readonly { readonly asks: string; readonly choice: RegExp }[] = [
  { asks: "Auto mode can't check actions in this session", choice: /enter to stay in auto mode/ },
  { asks: 'Make auto mode your default permission mode?', choice: /❯ (yes, set auto mode|no, keep)/ },
];

/** What Claude asks on this screen; null when the screen shows no such question that is known. */
export function ownQuestion(screen: string): string | null {
  const shown = flat(screen);
  return QUESTIONS.find(({ asks, choice }) => shown.includes(flat(asks)) && choice.test(shown))?.asks ?? null;
}

/** A sentence may be broken at the pane's edge. */
function flat(text: string): string {
  return text
    .replace(/[\s│]+/g, ' ')
    .replaceAll('’', "'")
    .toLowerCase();
}
