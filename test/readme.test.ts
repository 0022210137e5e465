/** The README's promises: its commands exist with their options, and its example runs as it stands there. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runNode, spikeline } from "./cli/program.ts";

const root = new URL("..", import.meta.url).pathname;
const readme = readFileSync(join(root, "README.md"), "utf8");

/** The contents of the fenced blocks of one language. */
function blocks(language: string): string[] {
  const fence = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms");
  return [...readme.matchAll(fence)].map((match) => match[1] ?? "");
}

describe("the README", () => {
  test.each(["npm ci && npm start", "npm ci && npm test"])("names the command %s", (command) => {
    expect(blocks("sh").join("")).toContain(command);
  });

  test("has one example of the library", () => {
    expect(blocks("ts")).toHaveLength(1);
    expect(blocks("ts")[0]).toContain('from "spikeline"');
  });

  test("names only commands and options that the program has", async () => {
    const lines = [
      ...blocks("sh")
        .join("")
        .matchAll(/^npx spikeline (\w+)(.*)$/gm),
    ];
    const calls = new Map<string, Set<string>>();
    for (const [, command = "", rest = ""] of lines) {
      const options = [...rest.matchAll(/--[a-z-]+/g)].map(([option]) => option);
      calls.set(command, new Set([...(calls.get(command) ?? []), ...options]));
    }
    expect([...calls.keys()]).toEqual(expect.arrayContaining(["train", "eval", "info", "run"]));
    for (const [command, options] of calls) {
      const { code, stdout } = await spikeline([command, "--help"]);
      expect(`${command} ${code}`).toBe(`${command} 0`);
      for (const option of options) expect(stdout).toMatch(new RegExp(`^ +${option}\\b`, "m"));
    }
  });
});

describe("the README's example", () => {
  // Inside the package, so that "spikeline" is this package.
  const file = join(root, "out", "readme-example.mjs");
  beforeAll(() => {
    mkdirSync(join(root, "out"), { recursive: true });
    writeFileSync(file, blocks("ts")[0] ?? "");
  });
  afterAll(() => rmSync(file, { force: true }));

  test("learns digits: it ends well and prints a good accuracy", async () => {
    const { code, stdout, stderr } = await runNode([file]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const accuracy = Number(/accuracy (\S+)/.exec(stdout)?.[1]);
    // 100 neurons after 20,000 digits; ten classes by chance give 0.1.
    expect(accuracy).toBeGreaterThan(0.7);
    expect(accuracy).toBeLessThanOrEqual(1);
  });
});
