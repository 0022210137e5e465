import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { packageVersion } from "../../src/core/version.ts";
import { type ModelDescription, modelSchema } from "../../src/model/schema.ts";
import { surfaceSchema } from "../../src/model/surface-schema.ts";
import { waveSchema } from "../../src/model/wave-schema.ts";
import { SpikingNetwork } from "../../src/network/spiking-network.ts";
import { SurfaceNetwork } from "../../src/network/surface-network.ts";
import { WaveNetwork } from "../../src/network/wave-network.ts";
import { createReadout } from "../../src/readout/feature-readout.ts";
import { VoteReadout } from "../../src/readout/vote.ts";
import {
  describeSurfaceSystem,
  describeSystem,
  describeWaveSystem,
} from "../../src/systems/describe-system.ts";
import {
  findSurfaceSystem,
  findSystem,
  findWaveSystem,
  surfaceSystems,
  systems,
  waveSystems,
} from "../../src/systems/systems.ts";
import { errorOf } from "../model/model-error.ts";

const named = systems.map((recipe) => [recipe.name, recipe] as const);

/** How many lines the encoder of a description has. */
function encodedInputs({ encoder, input: { width, height } }: ModelDescription): number {
  if (encoder.kind === "poisson") return width * height;
  const sides = Math.ceil(width / encoder.pool) * Math.ceil(height / encoder.pool);
  return sides * (encoder.polarity === "split" ? 2 : 1);
}

describe("the table of systems", () => {
  it("names each once, as the paper and the command line do", () => {
    const names = [...systems, ...waveSystems, ...surfaceSystems].map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
  });

  it.each(named)("%s describes a valid model at every size", (name, recipe) => {
    for (const neurons of [1, 2, 10, 100, 400, 1600, 6400, 65536]) {
      const description = describeSystem(name, { neurons, seed: 0xffffffff });
      expect(modelSchema.safeParse(description).error).toBeUndefined();
      expect(description.layers[0].neurons).toBe(neurons);
      expect(description).toMatchObject({ system: recipe.name, seed: 0xffffffff, accuracy: [] });
      expect(description.layers[0].inputs).toBe(encodedInputs(description));
    }
  });

  it.each(named)("%s has neurons that can fire, and rest below their threshold", (name) => {
    const { neuron } = describeSystem(name).layers[0];
    expect(neuron.vInhibitoryMv).toBeLessThan(neuron.vLeakMv);
    expect(neuron.vResetMv).toBeLessThan(neuron.vThresholdMv);
    expect(neuron.vLeakMv).toBeLessThan(neuron.vThresholdMv);
    expect(neuron.vThresholdMv).toBeLessThan(neuron.vExcitatoryMv);
  });

  it.each(named)("%s names each of its classes once and cites its figures as shares", (name, recipe) => {
    const { classNames } = describeSystem(name).readout;
    expect(new Set(classNames).size).toBe(classNames.length);
    expect(recipe.summary).toMatch(/^[A-Z].*\.$/);
    for (const { accuracy, neurons } of recipe.published) {
      expect(accuracy).toBeGreaterThan(1 / classNames.length);
      expect(accuracy).toBeLessThan(1);
      expect(neurons).toBeGreaterThan(0);
    }
  });

  it.each(named)("%s becomes a network and a readout that fit each other", (name) => {
    for (const weights of ["float32", "uint8"] as const) {
      const description = describeSystem(name, { neurons: 3, weights });
      const network = SpikingNetwork.create(description);
      const readout = VoteReadout.create(description);
      expect(network.inputs).toBe(description.layers[0].inputs);
      expect(readout.assignments()).toHaveLength(network.neurons);
      network.dispose();
    }
  });
});

const kinds = ["linear", "reward"] as const;

describe("the table of wave systems", () => {
  it.each(waveSystems.flatMap((recipe) => kinds.map((kind) => [recipe.name, kind, recipe] as const)))(
    "%s is valid with a %s readout, and is made",
    (name, readout, recipe) => {
      expect(findWaveSystem(name)).toBe(recipe);
      const description = describeWaveSystem(recipe, { seed: 0xffffffff, presentations: 1_200_000, readout });
      expect(waveSchema.safeParse(description).error).toBeUndefined();
      expect(description).toMatchObject({ system: name, seed: 0xffffffff, accuracy: [] });
      expect(description.readout).toMatchObject({ kind: readout, rate: { frames: 1_200_000 } });
      expect(recipe.passes[readout]).toBeGreaterThan(0);
      expect(recipe.summary).toMatch(/^[A-Z].*\.$/);
      WaveNetwork.create(description).dispose();
      createReadout(description.readout).dispose();
    },
  );

  it("is not searched for clocked systems, whose caller is told so", () => {
    expect(findWaveSystem("diehl-cook-2015")).toBeUndefined();
    expect(findWaveSystem(undefined)).toBeUndefined();
    const error = errorOf(() => describeSystem("flagship-images"));
    expect(error).toMatchObject({ code: "SYSTEM_KIND", exitCode: 2 });
  });
});

describe("the table of surface systems", () => {
  it.each(surfaceSystems.flatMap((recipe) => kinds.map((kind) => [recipe.name, kind, recipe] as const)))(
    "%s is valid with a %s readout, and is made",
    (name, readout, recipe) => {
      expect(findSurfaceSystem(name)).toBe(recipe);
      const description = describeSurfaceSystem(recipe, { seed: 0xffffffff, presentations: 48_000, readout });
      expect(surfaceSchema.safeParse(description).error).toBeUndefined();
      expect(description).toMatchObject({ system: name, seed: 0xffffffff, accuracy: [] });
      expect(description.readout).toMatchObject({ kind: readout, rate: { frames: 48_000 } });
      expect(recipe.passes[readout]).toBeGreaterThan(0);
      expect(recipe.summary).toMatch(/^[A-Z].*\.$/);
      SurfaceNetwork.create(description).dispose();
      createReadout(description.readout).dispose();
    },
  );

  it("has linear readouts where nothing is said", () => {
    for (const recipe of surfaceSystems)
      expect(recipe.describe({ seed: 1, presentations: 1 }).readout.kind).toBe("linear");
  });

  it("is not searched for clocked systems, whose caller is told so", () => {
    const error = errorOf(() => describeSystem("flagship-events"));
    expect(error).toMatchObject({ code: "SYSTEM_KIND", exitCode: 2 });
    expect(error.message).toContain("one of a surface network");
  });
});

describe("describing a system", () => {
  it("takes the recipe's own size and storage, and seed 7, when nothing is said", () => {
    const { defaultNeurons } = findSystem("diehl-cook-2015");
    const { layers, seed, provenance } = describeSystem("diehl-cook-2015");
    expect(layers[0]).toMatchObject({ neurons: defaultNeurons, synapses: { weights: "float32" } });
    expect(seed).toBe(7);
    expect(provenance).toMatchObject({ spikelineVersion: packageVersion(), dataset: "", framesSeen: 0 });
    expect(new Date(provenance.createdAt).toISOString()).toBe(provenance.createdAt);
  });

  it("fits diehl-cook-events to the sensor: at most 32 cells a side, windows by time, thinned out", () => {
    for (const [width, height, pool, inputs] of [
      [1280, 720, 40, 2 * 32 * 18],
      [640, 480, 20, 2 * 32 * 24],
      [128, 128, 4, 2 * 32 * 32],
      [34, 33, 2, 2 * 17 * 17],
      [2048, 2048, 64, 2 * 32 * 32],
      [1, 1, 1, 2],
    ] as const) {
      const description = describeSystem("diehl-cook-events", { neurons: 3, input: { width, height } });
      expect(modelSchema.safeParse(description).error).toBeUndefined();
      expect(description.layers[0].inputs).toBe(inputs);
      expect(description.input).toEqual({ width, height });
      expect(description.encoder).toMatchObject({ pool, refractoryUs: 2000, window: { by: "time" } });
      SpikingNetwork.create(description).dispose();
    }
  });

  it("leaves diehl-cook-events as it was for the sensor of its recordings", () => {
    const { provenance, ...plain } = describeSystem("diehl-cook-events");
    const said = describeSystem("diehl-cook-events", { input: { width: 34, height: 34 } });
    expect({ ...said, provenance }).toEqual({ ...plain, provenance });
    expect(createHash("sha256").update(JSON.stringify(plain)).digest("hex")).toBe(
      "c7c6e8cd8986197eb54a353c2f15b497e0208ddfc6f580fae15891fd1220962f",
    );
  });

  it("refuses a sensor that the system cannot take", () => {
    const error = errorOf(() => describeSystem("diehl-cook-2015", { input: { width: 34, height: 34 } }));
    expect(error).toMatchObject({ code: "SYSTEM_INPUT", exitCode: 2 });
    expect(error.message).toBe(
      "Expected 28×28 pixels for diehl-cook-2015, which takes no others, found 34×34.",
    );
  });

  it("changes only the storage when another is asked for", () => {
    const plain = describeSystem("diehl-cook-events", { neurons: 5 });
    const small = describeSystem("diehl-cook-events", { neurons: 5, weights: "uint8" });
    const [layer] = small.layers;
    expect(layer.synapses.weights).toBe("uint8");
    const back = { ...layer, synapses: { ...layer.synapses, weights: "float32" } };
    expect({ ...small, layers: [back], provenance: plain.provenance }).toEqual(plain);
  });
});

describe("finding a system", () => {
  it.each(named)("gives %s by its name", (name, recipe) => {
    expect(findSystem(name)).toBe(recipe);
  });

  it("suggests the nearest name for a mistyped one", () => {
    const error = errorOf(() => findSystem("dielh-cook-2015"));
    expect(error).toMatchObject({ code: "SYSTEM_UNKNOWN", exitCode: 2 });
    expect(error.message).toMatch(/"dielh-cook-2015" is none; did you mean "diehl-cook-2015"\?$/);
  });

  it("lists all names for one that is like none", () => {
    for (const name of ["", "alexnet", "__proto__", "constructor"]) {
      const error = errorOf(() => findSystem(name));
      for (const known of [...systems, ...waveSystems]) expect(error.message).toContain(known.name);
    }
  });
});
