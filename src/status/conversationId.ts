import { textAt } from '../base/json.ts';

/** Claude's id of a conversation under `key`; null for anything that is none: it becomes a file's name and a word of an argv. */
export function conversationAt(object: Readonly<Record<string, unknown>>, key: string): string | null {
  const id = textAt(object, key);
  return id !== null && isConversationId(id) ? id : null;
}

/** Claude Code 2.1.197 gives UUIDs; `--session-id` and the files named after it take nothing else. */
export function isConversationId(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9-]*$/.test(text) && text.length <= 200;
}
