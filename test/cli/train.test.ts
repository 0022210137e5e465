import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { loadModel } from "../../src/model/load.ts";
import { encodeModel } from "../../src/model/save.ts";
import type { Tensor } from "../../src/model/schema.ts";
import { documentOf, expectRefusal, type Ran, spikeline, temporaryFolder } from "./program.ts";
import { type Recordings, writeCorners, writeShapes } from "./worlds.ts";

const folder = temporaryFolder();
let data = "";
let recordings: Recordings = { folder: "", labels: "", count: 0 };
beforeAll(() => {
  data = writeShapes(folder.path("shapes"), { train: 300, test: 100 });
  recordings = writeCorners(folder.path("corners"), { count: 12 });
});

const trainShapes = (...more: string[]): Promise<Ran> =>
  spikeline(["train", "--data", data, "--neurons", "50", ...more]);
const trainCorners = (...more: string[]): Promise<Ran> => {
  const { folder: source, labels } = recordings;
  return spikeline(["train", "diehl-cook-events", "--source", source, "--labels", labels, ...more]);
};
const out = (name: string) => folder.path(`${name}.safetensors`);

async function made(ran: Promise<Ran>, name: string) {
  const { code, stderr } = await ran;
  expect({ code, stderr }).toMatchObject({ code: 0 });
  return loadModel(out(name));
}

/** The model's bytes with its time of birth blotted out. */
async function timelessBytes(name: string): Promise<Uint8Array> {
  const { description, tensors } = await loadModel(out(name));
  const provenance = { ...description.provenance, createdAt: "" };
  return encodeModel({ description: { ...description, provenance }, tensors });
}

const networkOf = (tensors: ReadonlyMap<string, Tensor>) =>
  Object.fromEntries([...tensors].filter(([name]) => name.startsWith("layer0.")));

async function accuracyOf(name: string): Promise<unknown> {
  return documentOf(await spikeline(["eval", out(name), "--data", data, "--json"])).accuracy;
}

describe.concurrent("training on images", () => {
  test("writes a model that answers what it never saw, the same each time it is asked", async () => {
    const { description } = await made(
      trainShapes("--passes", "5", "--out", out("shapes"), "--quiet"),
      "shapes",
    );
    expect(description.provenance).toMatchObject({ dataset: "mnist", framesSeen: 1500 });
    const accuracy = await accuracyOf("shapes");
    expect(accuracy).toBeGreaterThan(0.6);
    expect(await accuracyOf("shapes")).toBe(accuracy);
  });

  test("gives one JSON document on stdout and its progress on stderr", async () => {
    const ran = await trainShapes("--out", out("json"), "--json");
    const document = documentOf(ran);
    expect(document).toMatchObject({
      system: "diehl-cook-2015",
      neurons: 50,
      seed: 7,
      frames: 300,
      out: out("json"),
    });
    for (const name of ["trainFps", "spikesPerFrame", "accuracySoFar"]) {
      expect(document[name]).toBeGreaterThan(0);
    }
    expect(ran.stderr).toMatch(/^train +100\.0 % .*\nname +100\.0 % .*\n$/);
  });

  test("says in words what it did, and that nothing was saved", async () => {
    const { code, stdout } = await trainShapes("--frames", "50");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^diehl-cook-2015: 50 neurons saw 50 frames at [\d,]+ frames per CPU second\.\n/);
    expect(stdout).toContain("Nothing was saved");
  });

  test("prints nothing with --quiet", async () => {
    expect(await trainShapes("--quiet", "--frames", "50")).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  test("in two passes gives, bit for bit, what one pass and a resumed one give", async () => {
    const whole = await made(trainShapes("--passes", "2", "--out", out("two"), "--quiet"), "two");
    await made(trainShapes("--out", out("one"), "--quiet"), "one");
    const resume = ["train", "--data", data, "--resume", out("one"), "--out", out("one-more"), "--quiet"];
    const resumed = await made(spikeline(resume), "one-more");
    expect(Object.keys(networkOf(whole.tensors)).length).toBeGreaterThan(5);
    expect(networkOf(resumed.tensors)).toEqual(networkOf(whole.tensors));
    expect(resumed.description.provenance.framesSeen).toBe(600);
  });

  test("gives the same file from the same seed but for its date, and another from another seed", async () => {
    const short = ["--frames", "100", "--quiet", "--out"];
    for (const [name, seed] of [
      ["a", "3"],
      ["b", "3"],
      ["c", "4"],
    ] as const) {
      await made(trainShapes(...short, out(name), "--seed", seed), name);
    }
    expect(await timelessBytes("b")).toEqual(await timelessBytes("a"));
    const [a, c] = [await loadModel(out("a")), await loadModel(out("c"))];
    expect(c.description.seed).toBe(4);
    expect(networkOf(c.tensors)).not.toEqual(networkOf(a.tensors));
  });

  test("learns as well with weights of one byte", async () => {
    const more = ["--weights", "uint8", "--passes", "5", "--out", out("bytes"), "--quiet"];
    const { tensors } = await made(trainShapes(...more), "bytes");
    expect(tensors.get("layer0.weights")?.data).toBeInstanceOf(Uint8Array);
    expect(await accuracyOf("bytes")).toBeGreaterThan(0.6);
  });

  test("keeps the last images for validation and never learns from them", async () => {
    const ran = await trainShapes("--validation", "0.2", "--out", out("held"), "--json");
    const document = documentOf(ran);
    expect(document).toMatchObject({ frames: 240, validation: { frames: 60 } });
    const held = await loadModel(out("held"));
    expect(held.description.accuracy).toEqual([
      { dataset: "mnist (validation)", frames: 60, accuracy: expect.any(Number) },
    ]);
    const first240 = await made(trainShapes("--frames", "240", "--out", out("first"), "--quiet"), "first");
    expect(networkOf(held.tensors)).toEqual(networkOf(first240.tensors));
  });
});

describe.concurrent("training on recordings", () => {
  test("in two passes gives, bit for bit, what one pass and a resumed one give", async () => {
    const few = ["--neurons", "10", "--quiet", "--out"];
    const whole = await made(trainCorners(...few, out("r2"), "--passes", "2"), "r2");
    await made(trainCorners(...few, out("r1")), "r1");
    const more = ["--resume", out("r1"), "--quiet", "--out", out("r1+1")];
    const resumed = await made(trainCorners(...more), "r1+1");
    expect(networkOf(resumed.tensors)).toEqual(networkOf(whole.tensors));
    expect(resumed.description.provenance).toMatchObject({ dataset: "corners", framesSeen: 24 });
  });

  test("tests some of each class that it did not learn from", async () => {
    const document = documentOf(await trainCorners("--neurons", "10", "--validation", "0.3", "--json"));
    expect(document).toMatchObject({ frames: 8, validation: { frames: 4 } });
  });

  test("learns from recordings without a label as well", async () => {
    const labels = folder.path("few.txt");
    writeFileSync(labels, "1 1\n2 2\n");
    const ran = await trainCorners("--neurons", "10", "--labels", labels, "--json");
    expect(documentOf(ran)).toMatchObject({ frames: 12 });
  });
});

describe.concurrent("training without labels", () => {
  test("learns the same network as with them, names no neuron and says so", async () => {
    const few = ["diehl-cook-events", "--source", recordings.folder, "--neurons", "10"];
    const ran = await spikeline(["train", ...few, "--out", out("nameless")]);
    expect(ran.stdout).toContain("the neurons have no names yet");
    expect(ran.stderr).not.toContain("accuracy");
    const { tensors } = await loadModel(out("nameless"));
    expect(tensors.get("readout.seen")?.data.every((seen) => seen === 0)).toBe(true);
    const labelled = await made(trainCorners("--neurons", "10", "--out", out("named")), "named");
    expect(networkOf(tensors)).toEqual(networkOf(labelled.tensors));
    const judged = await spikeline(["eval", out("nameless"), "--source", recordings.folder]);
    expectRefusal(judged, 2, "LABELS_NONE", /--labels FILE/);
  });
});

describe.concurrent("training refuses", () => {
  test.each([
    [["--readout", "reward"], 2, "TRAIN_OPTION", "no --readout but with one of flagship-images, "],
    [["dihel-cook-2015"], 2, "SYSTEM_UNKNOWN", 'did you mean "diehl-cook-2015"?'],
    [["flagship-imgaes"], 2, "SYSTEM_UNKNOWN", 'did you mean "flagship-images"?'],
    [
      ["alexnet"],
      2,
      "SYSTEM_UNKNOWN",
      "known are diehl-cook-2015, diehl-cook-events, flagship-images, flagship-images-small, flagship-events.",
    ],
    [["--passes", "x"], 2, "OPTION_VALUE", 'for --passes, but "x" came'],
    [["--source", "."], 2, "SOURCE_KIND", "sees images"],
    [["diehl-cook-events", "--dataset", "mnist"], 2, "SOURCE_KIND", "sees events"],
    [["diehl-cook-events"], 2, "SOURCE_ABSENT", "--source DIR"],
    [["--source", ".", "--data", "."], 2, "SOURCE_TWICE", "both were given"],
    [["--labels", "x"], 2, "SOURCE_LABELS", "images bring their own"],
    [["--data", "/absent"], 66, "MNIST_ABSENT", "/absent"],
    [["--data", "/"], 66, "MNIST_ABSENT", "found no train-images-idx3-ubyte"],
    [["--resume", "/absent/m.safetensors"], 66, "MODEL_MISSING", "/absent/m.safetensors"],
    [["--out", "/absent/m.safetensors"], 74, "OUT_FILE", "there is no folder /absent"],
    [["--out", "/tmp"], 74, "OUT_FILE", "it is a folder"],
  ] as const)("%j", async (args, exitCode, code, words) => {
    const refused = await spikeline(["train", ...args]);
    expectRefusal(refused, exitCode, code);
    expect(refused.stderr).toContain(words);
    // Before any work, not after it.
    expect(refused.stderr.trimEnd()).not.toContain("\n");
  });

  test("to go on with another system or another shape than the model file holds", async () => {
    const base = ["--frames", "20", "--quiet", "--out", out("base")];
    await made(trainShapes(...base), "base");
    const resume = (...more: string[]) => spikeline(["train", "--resume", out("base"), ...more]);
    expectRefusal(await resume("--neurons", "9"), 2, "RESUME_SHAPE");
    const other = await spikeline(["train", "diehl-cook-events", "--resume", out("base")]);
    expectRefusal(other, 2, "RESUME_SYSTEM", /holds "diehl-cook-2015"/);
  });

  test("a share for validation that leaves a part without frames", async () => {
    expectRefusal(await trainShapes("--validation", "0.001"), 2, "VALIDATION_EMPTY", /0\.001 of the 300/);
    expectRefusal(await trainShapes("--validation", "0.999"), 2, "VALIDATION_EMPTY");
    expectRefusal(await trainCorners("--validation", "0.01"), 2, "VALIDATION_EMPTY", /each class of the 12/);
  });

  test("recordings of which one has a class that the system does not know", async () => {
    const source = ["train", "diehl-cook-events", "--source", recordings.folder];
    const labels = folder.path("eleven.txt");
    writeFileSync(labels, "1 11\n2 2\n");
    const strange = await spikeline([...source, "--labels", labels]);
    expectRefusal(strange, 65, "LABELS_CLASS", /below 10.* but 1 has 11/);
  });

  test("a full disk, after the work, and leaves no half file", async (context) => {
    const disk = folder.path("disk");
    mkdirSync(disk);
    const mount = spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], { encoding: "utf8" });
    if (mount.status !== 0) {
      const reason = `NOT TESTED, a full disk: mounting a tmpfs was refused (${mount.error?.message ?? mount.stderr.trim()})`;
      console.warn(reason);
      context.skip(reason);
    }
    try {
      const more = ["--frames", "20", "--out", `${disk}/m.safetensors`];
      const ran = await spikeline(["train", "--data", data, "--neurons", "400", ...more]);
      expectRefusal(ran, 74, "MODEL_DISK_FULL", /the disk is full/);
      expect(readdirSync(disk)).toEqual([]);
    } finally {
      spawnSync("umount", [disk]);
    }
    expect(existsSync(disk)).toBe(true);
  });
});
