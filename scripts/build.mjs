#!/usr/bin/env node
// Builds the program into dist/, or into the folder given: `claude-tmux.cjs` (the start), `main.cjs` (everything else) and the
// licences of what is bundled.
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildProgram } from './build/program.mjs';

const [, , folder] = process.argv;
const dist = folder ? resolve(folder) : fileURLToPath(new URL('../dist', import.meta.url));
const { files } = await buildProgram(dist);
for (const { name, bytes } of files) console.log(`${name}  ${Math.ceil(bytes / 1024)} KB`);
