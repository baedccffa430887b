import { EXIT, UserError } from '../base/errors.ts';
import type { Context } from '../apply/context.ts';
import { bashScript } from './completionBash.ts';
import { fishScript } from './completionFish.ts';
import { zshScript } from './completionZsh.ts';

const SHELLS: Readonly<Record<string, () => string>> = { bash: bashScript, zsh: zshScript, fish: fishScript };

/**
 * Prints the completion script of a shell, derived from the command table. What is completed are names that others gave (a layout's file
 * in somebody's repository): a shell may compare and show them, never expand them.
 */
export function completion(context: Context, [shell = '']: readonly string[]): Promise<number> {
  const script = SHELLS[shell];
  if (!script)
    throw new UserError(`no completion for "${shell}"`, { hint: 'bash, zsh and fish have one', exitCode: EXIT.usage });
  context.out(script(), 'exact');
  return Promise.resolve(0);
}
