/** Who may import whom in src/: the table of the design, and the checks that hold the sources to it. */
import { posix } from "node:path";
import type { Source } from "./source.ts";

const FLOOR_1 = ["core", "config", "native"];
const FLOOR_2 = ["model", "network", "readout", "formats", "sensors", "datasets", "filters", "encoders"];

/** Folder of src/ → the folders it may import besides itself. Downward only; within a floor only where named. */
const LAW: ReadonlyMap<string, readonly string[]> = new Map([
  ["core", []],
  ["config", ["core"]],
  ["native", ["core"]],
  ["model", FLOOR_1],
  ["network", ["model", ...FLOOR_1]],
  ["readout", ["model", ...FLOOR_1]],
  ["formats", FLOOR_1],
  ["sensors", ["formats", ...FLOOR_1]],
  ["datasets", ["formats", ...FLOOR_1]],
  ["filters", FLOOR_1],
  ["encoders", FLOOR_1],
  ["pipeline", [...FLOOR_1, ...FLOOR_2]],
  ["dashboard", ["core", "config"]],
  ["systems", ["pipeline", ...FLOOR_1, ...FLOOR_2]],
  ["lab", ["network", "native", "core", "report"]],
  ["report", ["core"]],
]);

/** The top floor: may import everything. */
const TOP = ["cli", "index.ts"];
const PAGE = "src/dashboard/page/";
/** What the page shares with the server: the codec, and the small constants and codes of what travels. */
const SHARED_WITH_PAGE = ["src/dashboard/protocol.ts", "src/core/telemetry.ts", "src/core/control.ts"];

/** The folder of src/ a path lies in, or the file's own name if it stands at the top. */
const roomOf = (path: string) => path.split("/")[1] ?? "";

function brokenLaw(source: Source, target: string): string | undefined {
  const from = roomOf(source.path);
  if (!target.startsWith("src/")) return `${source.path} imports ${target}, which is outside of src/`;
  if (TOP.includes(from)) return undefined;
  const allowed = LAW.get(from);
  if (allowed === undefined) return `${source.path} lies in no room of the house: name ${from} in the law`;
  const to = roomOf(target);
  if (to === from || allowed.includes(to)) return undefined;
  return `${source.path} imports ${target}, but ${from} may import only ${allowed.join(", ") || "nothing"}`;
}

/** Browser code: itself, what it shares with the server, and types of core; no packages. */
function brokenPageLaw(source: Source, { specifier, target, isTypeOnly }: Source["imports"][number]) {
  const isOwn = target?.startsWith(PAGE) === true || SHARED_WITH_PAGE.includes(target ?? "");
  const isCoreType = target?.startsWith("src/core/") === true && isTypeOnly;
  return isOwn || isCoreType
    ? undefined
    : `${source.path} imports ${specifier}, but the page may import only itself, what it shares with the server, and types of core`;
}

const isPage = (path: string) => path.startsWith(PAGE) && !path.endsWith(".config.ts");

/** One sentence for each import that runs against the law. */
export function brokenImports(sources: readonly Source[]): string[] {
  return sources.flatMap((source) =>
    source.imports.flatMap((found) => {
      if (isPage(source.path)) return brokenPageLaw(source, found) ?? [];
      return found.target === undefined ? [] : (brokenLaw(source, found.target) ?? []);
    }),
  );
}

/** One sentence for each circle of files that import each other, types included. */
export function importCircles(sources: readonly Source[]): string[] {
  const targets = new Map(sources.map((s) => [s.path, s.imports.flatMap(({ target }) => target ?? [])]));
  const circles: string[] = [];
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path);
    if (at >= 0) circles.push([...trail.slice(at), path].map((p) => posix.relative("src", p)).join(" -> "));
    if (at >= 0 || done.has(path)) return;
    for (const target of targets.get(path) ?? []) visit(target, [...trail, path]);
    done.add(path);
  };
  for (const path of targets.keys()) visit(path, []);
  return circles;
}

/** One sentence for each relative import of src/ that names no file: a typo, or a missing `.ts`. */
export function missingTargets(sources: readonly Source[], files: readonly string[]): string[] {
  const known = new Set(files);
  return sources.flatMap(({ path, imports }) =>
    imports.flatMap(({ target }) =>
      target === undefined || known.has(target) ? [] : [`${path} imports ${target}, which is not there`],
    ),
  );
}
