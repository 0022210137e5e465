/**
 * A program for generations-kill.test.ts to kill: saves generation after generation beside the model in its first
 * argument, the first with as many frames as its second says, and prints the frames of each once it is acknowledged.
 */
import { writeSync } from "node:fs";
import process from "node:process";
import { saveGeneration } from "../../src/model/generations.ts";
import { tinyModel } from "./tiny-model.ts";

const [base = "", first = "1"] = process.argv.slice(2);
for (let framesSeen = Number(first); ; framesSeen++) {
  await saveGeneration(base, tinyModel({ inputs: 100, neurons: 100, seed: framesSeen, framesSeen }));
  writeSync(1, `${framesSeen}\n`);
}
