import { parseObject } from './file.ts';

/**
 * The object in a JSON text that may have been cut off: what is open is closed, a text that was cut keeps its beginning.
 * Null when that gives no object.
 */
export function parseCutObject(text: string): Readonly<Record<string, unknown>> | null {
  return parseObject(text) ?? parseObject(close(text)) ?? parseObject(close(beforeLastMember(text)));
}

/** Ends the open text and the open brackets. */
function close(text: string): string {
  const { open, inText } = scan(text);
  // `\` alone and `\u12` are halves of something.
  const whole = inText
    ? `${text.replace(/\\(u[0-9a-fA-F]{0,3})?$/, (half, _, at: number) => (isEscaped(text, at) ? half : ''))}"`
    : text;
  return whole + open.reverse().join('');
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text[at - 1 - backslashes] === '\\') backslashes++;
  return backslashes % 2 === 1;
}

/** Without the member of the outermost object that was cut in its key or before its value. */
function beforeLastMember(text: string): string {
  return text.slice(0, scan(text).comma);
}

interface Scan {
  /** Closing brackets that are missing, outermost first. */
  readonly open: string[];
  readonly inText: boolean;
  /** Place of the outermost object's last comma. */
  readonly comma: number;
}

function scan(text: string): Scan {
  const open: string[] = [];
  let inText = false;
  let comma = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (inText) {
      if (character === '\\') at++;
      else if (character === '"') inText = false;
    } else if (character === '"') inText = true;
    else if (character === '{') open.push('}');
    else if (character === '[') open.push(']');
    else if (character === '}' || character === ']') open.pop();
    else if (character === ',' && open.length === 1) comma = at;
  }
  return { open, inText, comma };
}
