/** Reads source files into what the house rules look at: imports and a few spellings. The compiler's parser, no regex. */
import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import ts from "typescript";

export type Import = {
  /** As written. */
  readonly specifier: string;
  /** Path from the repository's root for a relative import, else undefined. */
  readonly target: string | undefined;
  readonly isTypeOnly: boolean;
};

export type Source = {
  /** From the repository's root, with slashes. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
  readonly tree: ts.SourceFile;
};

/** Stands for what a computed `import()` names: it cannot be checked, so it lies outside of every law. */
const COMPUTED = "./a computed path";

const resolve = (path: string, specifier: string) =>
  specifier === COMPUTED
    ? specifier
    : specifier.startsWith(".")
      ? posix.join(posix.dirname(path), specifier)
      : undefined;

const literalText = (node: ts.Node | undefined) =>
  node !== undefined && ts.isStringLiteralLike(node) ? node.text : undefined;

export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}

/** `import`, `export from`, `import()`, `import("x").Y`, and `new URL("./x.ts", import.meta.url)`, which starts workers. */
function importOf(node: ts.Node): Omit<Import, "target"> | undefined {
  if (ts.isImportDeclaration(node)) {
    const isTypeOnly = node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
    return { specifier: literalText(node.moduleSpecifier) ?? "", isTypeOnly };
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) {
    return { specifier: literalText(node.moduleSpecifier) ?? "", isTypeOnly: node.isTypeOnly };
  }
  if (ts.isImportTypeNode(node)) {
    const specifier = ts.isLiteralTypeNode(node.argument) ? literalText(node.argument.literal) : undefined;
    return specifier === undefined ? undefined : { specifier, isTypeOnly: true };
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    return { specifier: literalText(node.arguments[0]) ?? COMPUTED, isTypeOnly: false };
  }
  if (ts.isNewExpression(node) && node.expression.getText() === "URL") {
    const specifier = literalText(node.arguments?.[0]);
    const isModule = specifier?.startsWith(".") === true && /\.[cm]?[jt]s$/.test(specifier);
    // Written for the compiled program: the source of `x.js` is `x.ts`.
    return isModule ? { specifier: specifier.replace(/\.js$/, ".ts"), isTypeOnly: false } : undefined;
  }
  return undefined;
}

export function parseSource(path: string, text: string): Source {
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
  const imports: Import[] = [];
  walk(tree, (node) => {
    const found = importOf(node);
    if (found !== undefined) imports.push({ ...found, target: resolve(path, found.specifier) });
  });
  return { path, text, imports, tree };
}

/** Paths of all files below a folder of the repository, without what was installed or built. */
export function listFiles(root: string, folder: string): string[] {
  const isMade = (path: string) => /(^|\/)(node_modules|dist|build|\.sysroot)\//.test(path);
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => posix.relative(root, posix.join(entry.parentPath, entry.name)))
    .filter((path) => !isMade(path))
    .sort();
}

export const readSources = (root: string, folder: string): Source[] =>
  listFiles(root, folder)
    .filter((path) => path.endsWith(".ts"))
    .map((path) => parseSource(path, readFileSync(join(root, path), "utf8")));
