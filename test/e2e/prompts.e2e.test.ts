import { afterEach, expect, test } from 'vitest';
import { describeClaude } from './support/claudeCode.ts';
import { seal, type Sealed } from './support/sealed.ts';

let sealed: Sealed;
afterEach(() => sealed.dispose());

describeClaude('first prompts', () => {
  test('an agent gets its prompt and answers', async () => {
    sealed = await seal({ trusted: true });
    await sealed.startAgent({ id: 'one', prompt: 'SCENARIO:text hello' });
    await sealed.shows('one', 'Mock reply to: SCENARIO:text hello');
    await sealed.reaches('one', 'idle');
    expect(sealed.api.prompts().map(({ prompt }) => prompt)).toEqual(['SCENARIO:text hello']);
  });
});
