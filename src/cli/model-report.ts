/** What `spikeline info` says and draws of a model, of either kind. */

import type { AnyModel } from "../model/any-model.ts";
import type { Model } from "../model/schema.ts";
import { isSurfaceModel, type SurfaceModel } from "../model/surface-schema.ts";
import { isWaveModel, type WaveModel } from "../model/wave-schema.ts";
import { SpikingNetwork } from "../network/spiking-network.ts";
import { SurfaceNetwork } from "../network/surface-network.ts";
import { WaveNetwork } from "../network/wave-network.ts";
import { VoteReadout } from "../readout/vote.ts";
import { type FieldsPicture, fieldsPicture, orderByClass } from "../report/fields-picture.ts";

export type Report = { readonly document: unknown; readonly text: string };

export function modelReport(model: AnyModel): Report {
  const { system, seed, provenance, accuracy, readout } = model.description;
  const kind = partsOf(model);
  const document = {
    format: "spikeline-model",
    system,
    seed,
    ...kind.document,
    classes: readout.classNames,
    ...provenance,
    accuracy,
  };
  const lines = [
    `a model of ${system}: ${kind.text}`,
    `it names ${readout.classNames.join(", ") || "nothing yet"}`,
    `it saw ${provenance.framesSeen.toLocaleString("en-US")} frames of ${provenance.dataset}, seed ${seed}`,
    `made by spikeline ${provenance.spikelineVersion} at ${provenance.createdAt}`,
    ...accuracy.map(
      (row) => `measured: ${(100 * row.accuracy).toFixed(2)} % of ${row.frames} frames of ${row.dataset}`,
    ),
  ];
  return { document, text: lines.join("\n") };
}

function partsOf(model: AnyModel) {
  if (isWaveModel(model)) return waveParts(model);
  return isSurfaceModel(model) ? surfaceParts(model) : clockedParts(model);
}

function clockedParts({ description }: Model) {
  const [{ inputs, neurons, synapses, plasticity }] = description.layers;
  return {
    document: { inputs, neurons, weights: synapses.weights, rule: plasticity.rule },
    text: `${inputs} inputs, ${neurons} neurons, ${synapses.weights} weights, rule ${plasticity.rule}`,
  };
}

function waveParts({ description }: WaveModel) {
  const { input, layers, readout } = description;
  const [{ maps, window, thresholds }] = layers;
  const { grid } = readout.pooling;
  const { width, height } = input;
  const crossed = thresholds.join(" and ");
  return {
    document: { inputs: width * height, maps, window, thresholds, grid, readout: readout.kind },
    text: `${width} × ${height} pixels, ${maps} maps of ${window} × ${window} pixels, thresholds ${crossed}, a linear readout of ${grid} × ${grid} cells`,
  };
}

function surfaceParts({ description }: SurfaceModel) {
  const { input, layers, readout } = description;
  const [{ prototypes, radius, polarity, tauMs, bins, binMs }] = layers;
  const { grid } = readout.pooling;
  const { width, height } = input;
  const side = 2 * radius + 1;
  return {
    document: {
      ...{ inputs: 2 * width * height, prototypes, radius, polarity, tauMs, bins, binMs, grid },
      readout: readout.kind,
    },
    text: `${width} × ${height} pixels, ${prototypes} prototypes of ${side} × ${side} pixels that fade with ${tauMs} ms, ${bins} times ${binMs} ms, a ${readout.kind} readout of ${grid} × ${grid} cells`,
  };
}

/** The receptive fields. */
export function drawFields(model: AnyModel): FieldsPicture {
  if (isWaveModel(model)) return drawMaps(model);
  return isSurfaceModel(model) ? drawSurfaces(model) : drawNeurons(model);
}

function drawNeurons(model: Model): FieldsPicture {
  const network = SpikingNetwork.restore(model);
  const { encoder, input } = model.description;
  const isSplit = encoder.kind === "event-grid" && encoder.polarity === "split";
  const pool = encoder.kind === "event-grid" ? encoder.pool : 1;
  const picture = fieldsPicture({
    weights: network.fields(),
    neurons: network.neurons,
    width: Math.ceil(input.width / pool),
    height: Math.ceil(input.height / pool),
    channels: isSplit ? 2 : 1,
    order: orderByClass(VoteReadout.restore(model).assignments()),
  });
  network.dispose();
  return picture;
}

function drawMaps(model: WaveModel): FieldsPicture {
  const network = WaveNetwork.restore(model);
  const [{ window }] = model.description.layers;
  const taps = window * window;
  const fields = network.fields();
  // The picture wants OFF first.
  const weights = fields.map((_, i) => fields[i + (i % (2 * taps) < taps ? taps : -taps)] ?? 0);
  const picture = fieldsPicture({
    weights,
    neurons: network.maps,
    width: window,
    height: window,
    channels: 2,
  });
  network.dispose();
  return picture;
}

function drawSurfaces(model: SurfaceModel): FieldsPicture {
  const network = SurfaceNetwork.restore(model);
  const { side, planes, prototypes: neurons } = network;
  const picture = fieldsPicture({
    weights: network.fields(),
    ...{ neurons, width: side, height: side, channels: planes },
  });
  network.dispose();
  return picture;
}
