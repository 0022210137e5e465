/** Holds the house to its drawing: the import law, the single doors, and the habits of every file. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { barrels, brokenRules, longFiles } from "./architecture/house-rules.ts";
import { brokenImports, importCircles, missingTargets } from "./architecture/import-law.ts";
import { listFiles, parseSource, readSources } from "./architecture/source.ts";

const root = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");
const sources = readSources(root, "src");
const tests = readSources(root, "test");

describe("the house", () => {
  it("is not empty", () => {
    expect(sources.length).toBeGreaterThan(20);
  });

  it("imports only downward, and within a floor only where named", () => {
    expect(brokenImports(sources)).toEqual([]);
  });

  it("imports in no circle", () => {
    expect(importCircles(sources)).toEqual([]);
  });

  it("imports only files that are there", () => {
    expect(missingTargets(sources, listFiles(root, "src"))).toEqual([]);
  });

  it("has one clock, one reader of the environment, one door to the addon, and no hidden types", () => {
    expect(brokenRules([...sources, ...tests])).toEqual([]);
  });

  it("has no barrels", () => {
    expect(barrels([...sources, ...tests])).toEqual([]);
  });

  it("has no file of more than 300 lines", () => {
    const isCode = (path: string) => /\.(ts|mjs|cpp|hpp|cc|sh|css)$/.test(path);
    const paths = ["src", "test", "native", "scripts"].flatMap((folder) =>
      listFiles(root, folder).filter(isCode),
    );
    expect(paths).toContain("native/kernel/clocked_network.cpp");
    expect(longFiles(paths.map((path) => ({ path, text: readFileSync(join(root, path), "utf8") })))).toEqual(
      [],
    );
  });
});

describe("the law catches", () => {
  const parsed = (path: string, text: string) => [parseSource(path, text)];

  it.each([
    ["an import upward", "src/core/units.ts", 'import { x } from "../model/schema.ts";'],
    ["an import across a floor", "src/sensors/mic.ts", 'import { openMnist } from "../datasets/mnist.ts";'],
    ["a type from above", "src/readout/vote.ts", 'import type { Meter } from "../pipeline/meter.ts";'],
    ["a name handed on", "src/formats/a.ts", 'export { b } from "../sensors/b.ts";'],
    ["an import on demand", "src/report/plot.ts", 'const n = await import("../network/spiking-network.ts");'],
    ["an import in a type", "src/core/a.ts", 'type M = import("../model/schema.ts").Model;'],
    [
      "a worker from elsewhere",
      "src/core/a.ts",
      'new Worker(new URL("../pipeline/worker.ts", import.meta.url));',
    ],
    ["the dashboard that knows the pipeline", "src/dashboard/a.ts", 'import { b } from "../pipeline/b.ts";'],
    ["a room without a law", "src/utils/a.ts", 'import { b } from "../core/b.ts";'],
    ["a way out of src", "src/cli/a.ts", 'import { b } from "../../test/b.ts";'],
    ["a computed import", "src/core/a.ts", "await import(name);"],
    [
      "a value of core in the page",
      "src/dashboard/page/a.ts",
      'import { Random } from "../../core/random.ts";',
    ],
    ["the server in the page", "src/dashboard/page/a.ts", 'import type { B } from "../server.ts";'],
    ["a package in the page", "src/dashboard/page/a.ts", 'import { map } from "rxjs";'],
  ])("%s", (_, path, text) => {
    expect(brokenImports(parsed(path, text))).toHaveLength(1);
  });

  it("allows what the drawing shows", () => {
    const allowed = [
      parseSource(
        "src/cli/run.ts",
        'import { a } from "../pipeline/a.ts"; import { b } from "../dashboard/b.ts";',
      ),
      parseSource(
        "src/network/a.ts",
        'import { m } from "../model/m.ts"; import { n } from "../native/binding.ts";',
      ),
      parseSource(
        "src/dashboard/page/a.ts",
        'import type { S } from "../../core/telemetry.ts"; import "./a.css";',
      ),
      parseSource(
        "src/dashboard/page/b.ts",
        'import { p } from "../protocol.ts"; import { a } from "./a.ts"; import { c } from "../../core/telemetry.ts";',
      ),
      parseSource("src/pipeline/a.ts", 'import { map } from "rxjs"; import { v } from "../readout/vote.ts";'),
    ];
    expect(brokenImports(allowed)).toEqual([]);
  });

  it("a circle, also of three and of types", () => {
    const circle = [
      parseSource("src/core/a.ts", 'import { b } from "./b.ts";'),
      parseSource("src/core/b.ts", 'import type { C } from "./c.ts";'),
      parseSource("src/core/c.ts", 'import { a } from "./a.ts";'),
    ];
    expect(importCircles(circle)).toEqual(["core/a.ts -> core/b.ts -> core/c.ts -> core/a.ts"]);
  });

  it("an import of a file that is not there", () => {
    expect(
      missingTargets(parsed("src/core/a.ts", 'import { b } from "./b";'), ["src/core/b.ts"]),
    ).toHaveLength(1);
  });

  it.each([
    ["Date.now", "src/pipeline/a.ts", "const t = Date.now();"],
    ["performance.now", "src/pipeline/a.ts", "const t = globalThis.performance.now();"],
    ["process.hrtime", "src/pipeline/a.ts", "const t = process.hrtime.bigint();"],
    ["a fresh Date", "src/pipeline/a.ts", "const t = new Date();"],
    ["a clock taken apart", "src/pipeline/a.ts", "const { now } = performance;"],
    ["a clock by import", "src/pipeline/a.ts", 'import { hrtime as tick } from "node:process";'],
    ["the environment", "src/cli/a.ts", "const home = process.env.HOME;"],
    ["the environment by brackets", "src/cli/a.ts", 'const home = process["env"].HOME;'],
    ["the environment by import", "src/cli/a.ts", 'import { env } from "node:process";'],
    ["a second door to the addon", "src/network/a.ts", 'const load = require("node-gyp-build");'],
    ["a default export", "src/core/a.ts", "export default function a() {}"],
    ["a default export by name", "src/core/a.ts", "const a = 1; export { a as default };"],
    ["any", "test/core/a.ts", "const a = JSON.parse(b) as any;"],
    ["a non-null assertion", "test/core/a.ts", "const a = list[0]!;"],
  ])("%s", (_, path, text) => {
    expect(brokenRules(parsed(path, text))).toHaveLength(1);
  });

  it("neither words in comments and strings nor dates of the data", () => {
    const text =
      '// Date.now() and any!\nconst s = "process.env"; const d = new Date(0); const anyone = a !== b;';
    expect(brokenRules(parsed("src/core/a.ts", text))).toEqual([]);
  });

  it("a barrel and a file that grew too long", () => {
    expect(barrels(parsed("src/core/index.ts", "export const a = 1;"))).toHaveLength(1);
    expect(
      barrels(parsed("src/core/all.ts", 'export { a } from "./a.ts"; export * from "./b.ts";')),
    ).toHaveLength(1);
    expect(longFiles([{ path: "src/core/a.ts", text: "x\n".repeat(301) }])).toHaveLength(1);
    expect(longFiles([{ path: "src/core/a.ts", text: "x\n".repeat(300) }])).toEqual([]);
  });
});
