/** Entry of a thread that names images with a wave model; judge-threads.ts starts it and says what to name. */
import process from "node:process";
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { z } from "zod";
import { EXIT } from "../core/errors.ts";
import { decodeAnyModel } from "../model/load.ts";
import { isWaveModel } from "../model/wave-schema.ts";
import { WaveNetwork } from "../network/wave-network.ts";
import { restoreReadout } from "../readout/feature-readout.ts";
import { answerImages } from "./wave-trainer.ts";

/** The bytes of a model file. */
const orderSchema = z.strictObject({ model: z.instanceof(Uint8Array) });

/** Answers each batch of images with their classes, −1 for none; the first answer, an empty one, says it is ready. */
function serve(port: MessagePort): void {
  const model = decodeAnyModel(orderSchema.parse(workerData).model, "the model handed to the thread");
  if (!isWaveModel(model)) throw new TypeError("Expected a wave model to name images with.");
  const network = WaveNetwork.restore(model);
  const readout = restoreReadout(model.description.readout, model.tensors);
  port.on("message", (images: Uint8Array) => {
    const answers = answerImages(images, { network, readout });
    port.postMessage(answers, [answers.buffer as ArrayBuffer]);
  });
  port.postMessage(new Int16Array(0));
}

if (parentPort === null) {
  process.exitCode = EXIT.internal;
} else {
  serve(parentPort);
}
