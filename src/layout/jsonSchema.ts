import * as z from 'zod/mini';
import { layoutSchema } from './schema.ts';

/** JSON Schema (draft 7, which editors understand best) of a layout file, from the declaration that validates. */
export function layoutJsonSchema(): Readonly<Record<string, unknown>> {
  const schema = z.toJSONSchema(layoutSchema, { target: 'draft-7', io: 'input' });
  return {
    ...schema,
    title: 'claude-tmux layout',
    description: 'A fleet of Claude Code sessions in tmux, each in its own git clone.',
    patternProperties: { '^x-': { description: 'Yours: a place for YAML anchors.' } },
  };
}
