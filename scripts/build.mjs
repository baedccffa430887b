#!/usr/bin/env node
// Builds the program into dist/: `claude-tmux.cjs` (the start), `main.cjs` (everything else) and the licences of what is bundled.
import { fileURLToPath } from 'node:url';
import { buildProgram } from './build/program.mjs';

const dist = fileURLToPath(new URL('../dist', import.meta.url));
const { files } = await buildProgram(dist);
for (const { name, bytes } of files) console.log(`dist/${name}  ${Math.ceil(bytes / 1024)} KB`);
