import { describe, expect, test } from "vitest";
import { z } from "zod";
import { documentOf, expectRefusal, spikeline } from "./program.ts";

const rowSchema = z.object({
  name: z.string(),
  value: z.number(),
  reference: z.number().nullable(),
  ratio: z.number().nullable(),
});

describe("the benchmark", () => {
  test("measures the machine and says with what", async () => {
    const ran = await spikeline(["bench", "--only", "machine", "--runs", "1", "--json"]);
    const { machine, runs, rows } = documentOf(ran);
    expect(machine).toEqual({
      cpu: expect.any(String),
      cores: expect.any(Number),
      arch: process.arch,
      node: process.version,
      kernels: expect.arrayContaining(["base"]),
    });
    expect(runs).toBe(1);
    expect(rows).toHaveLength(2);
    for (const name of ["memory.read", "l2.read"]) {
      expect(rows).toContainEqual({
        name,
        value: expect.any(Number),
        unit: "GB/s",
        reference: null,
        ratio: null,
        note: expect.any(String),
      });
    }
  });

  test("measures the flagships for images without a data set, beside the published rates", async () => {
    const ran = await spikeline(["bench", "--only", "flagship-images", "--runs", "1", "--json"]);
    const rows = z.object({ rows: z.array(rowSchema) }).parse(documentOf(ran)).rows;
    const found = new Map(rows.map((row) => [row.name, row]));
    expect([...found.keys()]).toEqual([
      "flagship-images.test",
      "flagship-images.train",
      "flagship-images.test.2threads",
      "flagship-images-small.test",
      "memory.read",
      "l2.read",
    ]);
    for (const { value } of rows) expect(value).toBeGreaterThan(0);
    expect(found.get("flagship-images.test")?.reference).toBe(17.9);
    expect(found.get("flagship-images.train")?.reference).toBe(21.3);
    const two = found.get("flagship-images.test.2threads");
    expect(two?.ratio).toBeCloseTo((two?.value ?? 0) / (two?.reference ?? 1), 6);
  });

  test("measures the flagship for events on a simulated camera, beside that camera's own rate", async () => {
    const ran = await spikeline(["bench", "--only", "flagship-events", "--runs", "1", "--json"]);
    const rows = z.object({ rows: z.array(rowSchema) }).parse(documentOf(ran)).rows;
    const found = new Map(rows.map((row) => [row.name, row]));
    expect([...found.keys()]).toEqual([
      "flagship-events.test",
      "flagship-events.test.events",
      "flagship-events.train",
      "flagship-events.train.events",
      "memory.read",
      "l2.read",
    ]);
    for (const name of ["test", "train"]) {
      const frames = found.get(`flagship-events.${name}`);
      const events = found.get(`flagship-events.${name}.events`);
      expect(frames).toMatchObject({ reference: null, ratio: null });
      // About 4,100 events of a digit in 0.3 s, as the simulated camera promises.
      expect((events?.value ?? 0) / (frames?.value ?? 1)).toBeCloseTo((events?.reference ?? 0) * 0.3, 3);
      expect(events?.reference).toBeGreaterThan(12_000);
      expect(events?.reference).toBeLessThan(15_500);
      expect(events?.ratio).toBeCloseTo((events?.value ?? 0) / (events?.reference ?? 1), 6);
    }
    // Learning presents each frame once more.
    expect(found.get("flagship-events.train")?.value).toBeLessThan(
      found.get("flagship-events.test")?.value ?? 0,
    );
  });

  test("refuses a row that it does not have, and names the nearest", async () => {
    const near = await spikeline(["bench", "--only", "dc400.trian"]);
    expectRefusal(near, 2, "BENCH_UNKNOWN", /did you mean "dc400\.train"\?/);
    expectRefusal(
      await spikeline(["bench", "--only", "zzzzzzzzz"]),
      2,
      "BENCH_UNKNOWN",
      /dc400, flagship-images, flagship-events, machine/,
    );
    expectRefusal(await spikeline(["bench", "--runs", "0"]), 2, "OPTION_VALUE", /--runs/);
  });

  test("says where MNIST is missing before it measures", async () => {
    const refused = await spikeline(["bench", "--only", "dc400", "--data", "/absent"]);
    expectRefusal(refused, 66, "MNIST_ABSENT", /\/absent/);
  });
});
