import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The licence texts of every package that has a file in the bundle: MIT and ISC ask that they travel with the copy. */
export async function thirdPartyLicenses(root, inputs) {
  const folders = [...new Set(inputs.map(packageFolder).filter((folder) => folder !== null))].sort();
  const parts = await Promise.all(folders.map((folder) => section(join(root, folder))));
  return ['The program in this folder contains code of the following packages.', ...parts].join('\n\n') + '\n';
}

/** `node_modules/a/node_modules/@b/c/lib/x.js` → `node_modules/a/node_modules/@b/c`; null for a file of our own. */
function packageFolder(input) {
  const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
  return match ? match[1] : null;
}

async function section(folder) {
  const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file ? (await readFile(join(folder, file), 'utf8')).trim() : `Licence: ${license}`;
  return `${'-'.repeat(80)}\n${name} ${version} (${license})\n\n${text}`;
}
