import { join } from 'node:path';
import type { BarStyle } from '../bar/bar.ts';
import { barStyle } from '../bar/barStyle.ts';
import { readBarOptions } from '../tmux/barOptions.ts';
import { MOST, readTextFile } from '../store/regularFile.ts';
import type { TmuxServer } from '../tmux/tmux.ts';
import type { Context } from './context.ts';

/** How the bar of a tmux server looks: its options, the user's config.yaml, NO_COLOR. What cannot be read says nothing. */
export async function readBarStyle(context: Context, server: TmuxServer): Promise<BarStyle> {
  const [options, writtenMarks] = await Promise.all([readBarOptions(server, context.env), readWrittenMarks(context)]);
  return barStyle({ options, writtenMarks, env: context.env });
}

/** `style.marks` of the user's config.yaml; null without. The YAML parser is loaded only for a file that speaks of it. */
export async function readWrittenMarks({ store }: Pick<Context, 'store'>): Promise<string | null> {
  const path = join(store.config, 'config.yaml');
  const text = readQuietly(path);
  if (!/\bstyle\b/.test(text)) return null;
  return (await import('../layout/writtenStyle.ts')).writtenMarks({ path, text });
}

/** What cannot be read says nothing. */
function readQuietly(path: string): string {
  try {
    return readTextFile(path, MOST.mark);
  } catch {
    return '';
  }
}
