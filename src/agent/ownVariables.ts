import { isObject } from '../base/json.ts';
import { parseObject, readIfThere, writeFileAtomic } from '../store/file.ts';
import type { SessionPaths } from '../store/paths.ts';

/** Keeps what a session adds to the environment of its programs: `${VAR}` in a layout is taken at `up`, so the layout alone cannot say it later. */
export async function writeOwnVariables(
  { variables }: Pick<SessionPaths, 'variables'>,
  own: Readonly<Record<string, string>>,
): Promise<void> {
  await writeFileAtomic(variables, JSON.stringify({ version: 1, own }), { durable: false });
}

/** The variables as written at the session's last start; null for one that was never started, or by a version that did not keep them. */
export function readOwnVariables({
  variables,
}: Pick<SessionPaths, 'variables'>): Readonly<Record<string, string>> | null {
  const text = readIfThere(variables);
  const own = text === null ? null : parseObject(text)?.['own'];
  if (!isObject(own)) return null;
  return Object.fromEntries(
    Object.entries(own).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
}
