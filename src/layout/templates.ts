/** What `{{…}}` in prompts and templates stands for. `task` is null until it is known, `handoff` while it is still to come. */
export interface PromptWords {
  readonly name: string;
  readonly branch: string;
  readonly base: string;
  readonly owns: string;
  /** The other sessions, one name after another. */
  readonly others: string;
  readonly task: string | null;
  readonly handoff: string | null;
}

export const PLACEHOLDERS = ['prompt', 'task', 'name', 'branch', 'base', 'owns', 'others', 'handoff'] as const;

export interface RenderedPrompt {
  readonly text: string;
  /** True when `{{task}}` stayed because there is no task yet. */
  readonly asksForTask: boolean;
}

/** Stands for `{{prompt}}` when the layout gives none: the agent learns what it is for and waits. */
const NO_PROMPT_YET =
  'Say in one line what this session is for, then wait for my first instruction. Change nothing before it comes.';

/**
 * The text an agent is told: the prompt in its template. Each text is gone through once and what is put in is never looked at again,
 * so `{{name}}` inside a task stays as it is. A placeholder without a known value stays too.
 */
export function renderPrompt(prompt: string | null, template: string | null, words: PromptWords): RenderedPrompt {
  const inner = prompt === null ? { text: NO_PROMPT_YET, asksForTask: false } : fill(prompt, words, null);
  if (template === null) return inner;
  const outer = fill(withoutEmptyLines(template.trim(), words), words, inner.text);
  return { text: outer.text, asksForTask: inner.asksForTask || outer.asksForTask };
}

/** Stands for `{{handoff}}` in a session that was started before the one it follows was done. */
const NO_HANDOFF_YET =
  'Nothing has been handed over to you yet: the session before you is still at work. Read what is there, then wait for me.';

/** Puts what the session before handed over into a prompt of the normal form; null when it has not yet. */
export function fillHandoff(prompt: string, handoff: string | null): string {
  return prompt.replaceAll('{{handoff}}', () => handoff ?? NO_HANDOFF_YET);
}

function fill(text: string, words: PromptWords, prompt: string | null): RenderedPrompt {
  let asksForTask = false;
  const filled = text.replace(/\{\{ *([a-z]+) *\}\}/g, (written, word: string) => {
    if (word === 'task' && words.task === null) asksForTask = true;
    return value(word, words, prompt) ?? written;
  });
  return { text: filled, asksForTask };
}

function value(word: string, words: PromptWords, prompt: string | null): string | null {
  if (word === 'prompt') return prompt;
  if (word === 'handoff') return words.handoff ?? '{{handoff}}';
  return isWord(word) ? words[word] : null;
}

function isWord(word: string): word is Exclude<keyof PromptWords, 'handoff'> {
  return ['name', 'branch', 'base', 'owns', 'others', 'task'].includes(word);
}

/** A placeholder that stands for nothing takes its line, and the blank line after it, with it. Done before anything is put in: a prompt stays as it is. */
function withoutEmptyLines(template: string, words: PromptWords): string {
  return template.replace(/^\{\{ *([a-z]+) *\}\}[ \t]*\n\n?/gm, (line, word: string) =>
    value(word, words, null) === '' ? '' : line,
  );
}
