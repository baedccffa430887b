import { isAsciiLocale } from '../base/locale.ts';
import type { BarStyle } from './bar.ts';

/** What may say how the bar looks; null (or an empty option) says nothing. */
export interface StyleSources {
  /** The tmux server's options, as they are set there. */
  readonly options: { readonly marks: string; readonly color: string };
  /** `style.marks` of the user's config.yaml. */
  readonly writtenMarks: string | null;
  /** NO_COLOR (any value but the empty one) takes the colours, a locale that is not UTF-8 the marks that it cannot draw. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The tmux options win over config.yaml, that over the defaults. NO_COLOR is off until somebody says `@claude_tmux_color on`. */
export function barStyle({ options, writtenMarks, env }: StyleSources): BarStyle {
  const marks = [options.marks, writtenMarks].find(isMarks) ?? (isAsciiLocale(env) ? 'ascii' : 'unicode');
  const noColor = (env['NO_COLOR'] ?? '') !== '';
  return { marks, color: options.color === 'on' || (options.color !== 'off' && !noColor) };
}

function isMarks(text: string | null): text is BarStyle['marks'] {
  return text === 'unicode' || text === 'ascii' || text === 'nerd';
}
