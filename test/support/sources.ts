import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** Root of this repository. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** `types` are gone when the program runs, `lazy` is an `import()`. */
type ImportKind = 'types' | 'static' | 'lazy';

export interface Import {
  /** As written: `node:fs`, `zod`, or for a file of ours its path under src (`base/text.ts`). */
  readonly target: string;
  readonly ours: boolean;
  readonly kind: ImportKind;
}

export interface Source {
  /** Under src, with `/`: `layout/load.ts`. */
  readonly path: string;
  readonly room: string;
  readonly text: string;
  readonly imports: readonly Import[];
  /** Texts of its string literals and of the fixed parts of its templates, imports aside. */
  readonly literals: readonly string[];
}

/** Every TypeScript file of the program with what it imports. */
export function readSources(): readonly Source[] {
  const src = join(ROOT, 'src');
  const paths = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((path) => /\.tsx?$/.test(path));
  return paths.map((path) => readSource(src, path.split(sep).join('/'))).sort((a, b) => a.path.localeCompare(b.path));
}

function readSource(src: string, path: string): Source {
  const text = readFileSync(join(src, path), 'utf8');
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const imports: Import[] = [];
  const literals: string[] = [];
  const visit = (node: ts.Node): void => {
    const found = importOf(node);
    if (found) imports.push(resolve(path, found));
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node))
      literals.push(node.text);
    if (ts.isImportDeclaration(node) || ts.isLiteralTypeNode(node)) return;
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return { path, room: path.split('/')[0] ?? '', text, imports, literals };
}

/** `import … from`, `export … from`, `import()`. */
function importOf(node: ts.Node): { readonly from: string; readonly kind: ImportKind } | null {
  if (ts.isImportDeclaration(node))
    return { from: textOf(node.moduleSpecifier), kind: isTypeOnly(node.importClause) ? 'types' : 'static' };
  if (ts.isExportDeclaration(node) && node.moduleSpecifier)
    return { from: textOf(node.moduleSpecifier), kind: node.isTypeOnly ? 'types' : 'static' };
  const [argument] =
    ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword ? node.arguments : [];
  return argument ? { from: textOf(argument), kind: 'lazy' } : null;
}

function textOf(node: ts.Expression): string {
  if (ts.isStringLiteral(node)) return node.text;
  throw new Error(`an import of something that is not a string: ${node.getText()}`);
}

function isTypeOnly(clause: ts.ImportClause | undefined): boolean {
  if (!clause) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const names = clause.namedBindings;
  return (
    clause.name === undefined &&
    names !== undefined &&
    ts.isNamedImports(names) &&
    names.elements.length > 0 &&
    names.elements.every((name) => name.isTypeOnly)
  );
}

function resolve(path: string, { from, kind }: { readonly from: string; readonly kind: ImportKind }): Import {
  if (!from.startsWith('.')) return { target: from, ours: false, kind };
  return {
    target: relative('.', join(dirname(path), from))
      .split(sep)
      .join('/'),
    ours: true,
    kind,
  };
}
