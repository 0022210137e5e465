import { describe, expect, test } from "vitest";
import { documentOf, expectRefusal, spikeline } from "./program.ts";

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

  test("refuses a row that it does not have, and names the nearest", async () => {
    const near = await spikeline(["bench", "--only", "dc400.trian"]);
    expectRefusal(near, 2, "BENCH_UNKNOWN", /did you mean "dc400\.train"\?/);
    expectRefusal(await spikeline(["bench", "--only", "zzzzzzzzz"]), 2, "BENCH_UNKNOWN", /dc400, machine/);
    expectRefusal(await spikeline(["bench", "--runs", "0"]), 2, "OPTION_VALUE", /--runs/);
  });

  test("says where MNIST is missing before it measures", async () => {
    const refused = await spikeline(["bench", "--only", "dc400", "--data", "/absent"]);
    expectRefusal(refused, 66, "MNIST_ABSENT", /\/absent/);
  });
});
