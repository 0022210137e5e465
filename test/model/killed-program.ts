/** Runs a program of this folder outside of vitest and kills it at a chosen instant while it saves. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { build } from "vite";

/** `NAME.ts` of this folder as one JavaScript file in `folder` that any Node runs. */
export async function bundleProgram(name: string, folder: string): Promise<string> {
  await build({
    configFile: false,
    logLevel: "silent",
    root: folder,
    build: {
      ssr: join(import.meta.dirname, `${name}.ts`),
      outDir: join(folder, "program"),
      rollupOptions: { output: { entryFileNames: `${name}.mjs` } },
    },
    ssr: { noExternal: true },
  });
  return join(folder, "program", `${name}.mjs`);
}

/** Starts the program, kills it `delayMs` after its first acknowledgement, and gives the last number it printed. */
export function killDuringSave(
  program: string,
  target: string,
  options: { readonly first: number; readonly delayMs: number },
): Promise<number> {
  const child = spawn(process.execPath, [program, target, String(options.first)]);
  let printed = "";
  let complaint = "";
  child.stderr.on("data", (data) => (complaint += data));
  child.stdout.once("data", () => setTimeout(() => child.kill("SIGKILL"), options.delayMs));
  child.stdout.on("data", (data) => (printed += data));
  return new Promise((resolve, reject) => {
    child.on("close", (_, signal) => {
      // Only whole lines were acknowledged.
      const last = printed.split("\n").at(-2);
      if (signal === "SIGKILL" && last !== undefined) resolve(Number(last));
      else reject(new Error(`the program ended by itself: ${complaint}`));
    });
  });
}
