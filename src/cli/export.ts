/** `spikeline export`: writes a model's readout as an ONNX file. */
import * as nodeFiles from "node:fs/promises";
import type { Command } from "commander";
import { exportOptions, parseOptions } from "../config/options.ts";
import { dataError } from "../core/errors.ts";
import { packageVersion } from "../core/version.ts";
import type { AnyModel } from "../model/any-model.ts";
import { loadAnyModel } from "../model/load.ts";
import { saveEncoded } from "../model/save.ts";
import { encodeOnnxReadout, INPUT_NAME, OPSET, SCORES_NAME } from "../readout/onnx-file.ts";
import { inputsOf } from "../readout/pooling.ts";
import { checkOut } from "./out-file.ts";
import { Output } from "./output.ts";

/** The readout to write; throws EXPORT_READOUT if it has no tensor form. */
function pooledReadout({ description }: AnyModel, file: string) {
  const { readout, system } = description;
  if (readout.kind !== "vote") return readout;
  throw dataError(
    "EXPORT_READOUT",
    `Expected a readout that pools feature spikes in ${file}, such as that of flagship-images, but in ${system} the neurons vote, which is not written as ONNX.`,
  );
}

async function exportCommand(file: string, raw: Record<string, unknown>): Promise<void> {
  const options = parseOptions(exportOptions, raw);
  const output = new Output(options);
  const { out } = options;
  await checkOut(out);
  const model = await loadAnyModel(file);
  const readout = pooledReadout(model, file);
  const { classes, classNames, pooling, kind } = readout;
  const { tensors } = model;
  const bytes = encodeOnnxReadout({
    description: readout,
    tensors,
    classNames,
    producerVersion: packageVersion(),
  });
  await saveEncoded(out, bytes, nodeFiles);
  const inputs = inputsOf(pooling);
  output.result(
    { format: "onnx", opset: OPSET, readout: kind, inputs, classes, classNames, bytes: bytes.length, out },
    [
      `Saved ${out}: ${INPUT_NAME} [frames, ${inputs}] to ${SCORES_NAME} [frames, ${classes}], opset ${OPSET}.`,
      `Run in place of the model's readout: spikeline eval ${file} --readout ${out}`,
    ].join("\n"),
  );
}

export function addExport(program: Command): void {
  program
    .command("export")
    .description("write a model's readout as an ONNX file")
    .argument("<model>", "model file")
    .requiredOption("--out <file>", "where to write it, a name that ends in .onnx")
    .option("--json", "print {format, opset, readout, inputs, classes, classNames, bytes, out}")
    .option("--quiet", "print nothing but errors")
    .addHelpText("after", "\nExample: spikeline export m.safetensors --out readout.onnx")
    .action(exportCommand);
}
