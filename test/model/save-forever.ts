/**
 * A program for save.test.ts to kill: saves generation after generation to the path in its first argument, beginning
 * with the number in its second, and prints each number once its save is acknowledged.
 */
import { writeSync } from "node:fs";
import process from "node:process";
import { saveModel } from "../../src/model/save.ts";
import { tinyModel } from "./tiny-model.ts";

const [path = "", first = "1"] = process.argv.slice(2);
for (let generation = Number(first); ; generation++) {
  await saveModel(path, tinyModel({ inputs: 100, neurons: 100, seed: generation, framesSeen: generation }));
  writeSync(1, `${generation}\n`);
}
