/** What single files may not do: read clocks or the environment, load the addon, export by default, hide types, grow. */
import ts from "typescript";
import { type Source, walk } from "./source.ts";

const MOST_LINES = 300;
const ADDON_DOOR = "src/native/binding.ts";
/** The page runs in a browser and has a clock of its own. */
const CLOCKS = ["src/core/clock.ts", "src/dashboard/page/clock.ts"];
const CLOCK_READS =
  /^(globalThis\.)?(Date\.now|performance\.(now|timeOrigin)|process\.(hrtime|cpuUsage|uptime))$/;

const isIn = (source: Source, folder: string) => source.path.startsWith(folder);

/** The full spelling of `a.b`, `a["b"]` and `a.b()`'s callee, so that one pattern fits all. */
function spelled(node: ts.Node): string | undefined {
  if (ts.isPropertyAccessExpression(node)) return node.getText().replaceAll("?.", ".");
  if (ts.isElementAccessExpression(node) && ts.isStringLiteralLike(node.argumentExpression)) {
    return `${node.expression.getText()}.${node.argumentExpression.text}`;
  }
  return undefined;
}

/** `const { now } = performance`, `import { env } from "node:process"`. */
function takesApart(node: ts.Node, object: string, member: string): boolean {
  if (ts.isBindingElement(node) && ts.isVariableDeclaration(node.parent.parent)) {
    const from = node.parent.parent.initializer?.getText();
    return (node.propertyName ?? node.name).getText() === member && from === object;
  }
  if (!ts.isImportSpecifier(node) || !ts.isStringLiteral(node.parent.parent.parent.moduleSpecifier))
    return false;
  const module = node.parent.parent.parent.moduleSpecifier.text.replace(/^node:/, "");
  return (node.propertyName ?? node.name).text === member && module === object;
}

const isNewDate = (node: ts.Node) =>
  (ts.isNewExpression(node) || ts.isCallExpression(node)) &&
  node.expression.getText() === "Date" &&
  (node.arguments?.length ?? 0) === 0;

const readsClock = (node: ts.Node) =>
  CLOCK_READS.test(spelled(node) ?? "") ||
  isNewDate(node) ||
  takesApart(node, "performance", "now") ||
  takesApart(node, "perf_hooks", "performance") ||
  takesApart(node, "process", "hrtime") ||
  takesApart(node, "process", "cpuUsage");

const readsEnvironment = (node: ts.Node) =>
  /^(globalThis\.)?process\.env$/.test(spelled(node) ?? "") || takesApart(node, "process", "env");

const loadsAddon = (node: ts.Node) =>
  (ts.isStringLiteralLike(node) && (node.text === "node-gyp-build" || node.text.endsWith(".node"))) ||
  spelled(node) === "process.dlopen";

const isDefaultExport = (node: ts.Node) =>
  (ts.isExportAssignment(node) && node.isExportEquals !== true) ||
  (node.kind === ts.SyntaxKind.DefaultKeyword &&
    (ts.isFunctionDeclaration(node.parent) || ts.isClassDeclaration(node.parent))) ||
  (ts.isExportSpecifier(node) && node.name.text === "default");

const isAny = (node: ts.Node) => node.kind === ts.SyntaxKind.AnyKeyword;
const isNonNull = (node: ts.Node) =>
  ts.isNonNullExpression(node) || (ts.isVariableDeclaration(node) && node.exclamationToken !== undefined);

type Rule = {
  readonly says: string;
  readonly breaks: (node: ts.Node) => boolean;
  readonly spares: (source: Source) => boolean;
};

const RULES: readonly Rule[] = [
  {
    says: "reads a clock, which only src/core/clock.ts may",
    breaks: readsClock,
    spares: (source) => CLOCKS.includes(source.path) || !isIn(source, "src/"),
  },
  {
    says: "reads the environment, which only src/config/ may",
    breaks: readsEnvironment,
    spares: (source) => isIn(source, "src/config/") || !isIn(source, "src/"),
  },
  {
    says: `loads the addon, which only ${ADDON_DOOR} may`,
    breaks: loadsAddon,
    spares: (source) => source.path === ADDON_DOOR || !isIn(source, "src/"),
  },
  {
    says: "exports by default; give the export its name",
    breaks: isDefaultExport,
    spares: (source) => source.path.endsWith(".config.ts"),
  },
  { says: "uses `any`; name the type, or `unknown`", breaks: isAny, spares: () => false },
  { says: "uses `!`; check for undefined instead", breaks: isNonNull, spares: () => false },
];

/** One sentence for each place where a file breaks a rule. */
export function brokenRules(sources: readonly Source[]): string[] {
  const broken: string[] = [];
  for (const source of sources) {
    const rules = RULES.filter((rule) => !rule.spares(source));
    walk(source.tree, (node) => {
      for (const { says, breaks } of rules) {
        if (!breaks(node)) continue;
        const line = source.tree.getLineAndCharacterOfPosition(node.getStart()).line + 1;
        broken.push(`${source.path}:${line} ${says}`);
      }
    });
  }
  return broken;
}

/** A file that only hands on other files' names hides where things live. Only src/index.ts may. */
export function barrels(sources: readonly Source[]): string[] {
  const handsOn = (node: ts.Statement) => ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined;
  return sources
    .filter(({ path }) => path !== "src/index.ts")
    .filter(
      ({ path, tree }) =>
        path.endsWith("/index.ts") || (tree.statements.length > 0 && tree.statements.every(handsOn)),
    )
    .map(({ path }) => `${path} is a barrel: import from the file that has the name`);
}

export function longFiles(files: readonly { readonly path: string; readonly text: string }[]): string[] {
  const linesOf = (text: string) => text.replace(/\n$/, "").split("\n").length;
  return files
    .filter(({ text }) => linesOf(text) > MOST_LINES)
    .map(
      ({ path, text }) => `${path} has ${linesOf(text)} lines, more than ${MOST_LINES}: split it by purpose`,
    );
}
