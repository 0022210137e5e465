/** The table of models that can run live. A new kind of network is a line here. */
import { dataError } from "../core/errors.ts";
import type { AnyModel } from "../model/any-model.ts";
import { decodeAnyModel } from "../model/load.ts";
import { isSurfaceModel } from "../model/surface-schema.ts";
import { isWaveModel } from "../model/wave-schema.ts";
import { LiveClockedModel } from "./live-clocked-model.ts";
import type { LiveModel } from "./live-model.ts";
import { LiveSurfaceModel } from "./live-surface-model.ts";
import type { StartOptions } from "./messages.ts";

/** @throws SpikelineError MODEL_… for bytes that are no sound model, MODEL_KIND for one that takes no events */
export function openModel(model: StartOptions["model"]): LiveModel {
  return "bytes" in model
    ? restored(decodeAnyModel(model.bytes, model.name), model.name)
    : fresh(model.description);
}

function restored(model: AnyModel, name: string): LiveModel {
  if (isWaveModel(model)) throw imagesOnly(name, model.description.system);
  return isSurfaceModel(model) ? LiveSurfaceModel.restore(model) : LiveClockedModel.restore(model);
}

function fresh(description: AnyModel["description"]): LiveModel {
  const model = { description, tensors: new Map() } as AnyModel;
  if (isWaveModel(model)) throw imagesOnly("the run", description.system);
  return isSurfaceModel(model)
    ? LiveSurfaceModel.create(model.description)
    : LiveClockedModel.create(model.description);
}

const imagesOnly = (name: string, system: string) =>
  dataError(
    "MODEL_KIND",
    `Expected a model that takes events in ${name}, but it is one of a wave network (${system}), which only \`spikeline eval\` and \`spikeline info\` take.`,
  );
