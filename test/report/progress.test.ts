import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { textColumns } from "../../src/report/plain-text.ts";
import { Progress, type ProgressOptions } from "../../src/report/progress.ts";

/** A progress on a stream that remembers and a clock that is set by hand. */
function world(
  stream: { readonly isTTY?: boolean; readonly columns?: number },
  options: Partial<ProgressOptions> = {},
) {
  const written: string[] = [];
  let seconds = 1000;
  const progress = new Progress({
    label: "train",
    unit: "frames",
    total: 60_000,
    stream: { ...stream, write: (text) => written.push(text) },
    clock: { nowUs: () => seconds * 1e6, cpuUs: () => 0 },
    ...options,
  });
  const pass = (more: number) => {
    seconds += more;
  };
  return { progress, written, pass };
}

const ERASE_TO_END = "\u001b[K";

/** What stands on the terminal's line after a draw. */
const lineOf = (draw = "") => {
  const text = draw.replace(/\n$/, "");
  expect([text.at(0), text.slice(-ERASE_TO_END.length)]).toEqual(["\r", ERASE_TO_END]);
  const line = text.slice(1, -ERASE_TO_END.length);
  expect(line).not.toMatch(/\p{Cc}/u);
  return line;
};

describe("progress on a terminal", () => {
  it("shows share, amount, rate, time left and the fields in one line", () => {
    const { progress, written, pass } = world({ isTTY: true, columns: 120 });
    pass(50);
    progress.update(15_000, ["accuracy 81.2 %"]);
    expect(written.map(lineOf)).toEqual([
      "train  ██████░░░░░░░░░░░░░░░░░░   25.0 %  15,000/60,000 frames  300/s  2:30 left  accuracy 81.2 %",
    ]);
  });

  it("draws the first update at once and then at most ten times a second", () => {
    const { progress, written, pass } = world({ isTTY: true, columns: 80 });
    for (let step = 0; step < 1000; step++) {
      progress.update(step);
      pass(0.002);
    }
    expect(written.length).toBeGreaterThanOrEqual(18);
    expect(written.length).toBeLessThanOrEqual(20);
  });

  it("ends with the last state, the time taken and a new line, once", () => {
    const { progress, written, pass } = world({ isTTY: true, columns: 120 });
    progress.update(1);
    pass(0.05);
    progress.update(60_000);
    pass(3905);
    progress.finish();
    progress.finish();
    progress.update(60_000);
    expect(written).toHaveLength(2);
    expect(lineOf(written[1])).toBe(
      "train  ████████████████████████  100.0 %  60,000/60,000 frames  15.4/s  in 1:05:05",
    );
    expect(written[1]?.endsWith("\n")).toBe(true);
  });

  it("never wraps and never lets fields steer the terminal", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 150 }),
        fc.array(fc.string({ unit: "binary", maxLength: 40 }), { maxLength: 4 }),
        fc.nat({ max: 60_000 }),
        (columns, fields, done) => {
          const { progress, written } = world({ isTTY: true, columns });
          progress.update(done, fields);
          expect(textColumns(lineOf(written[0]))).toBeLessThan(columns);
        },
      ),
    );
  });

  it("takes 80 columns where the terminal tells none", () => {
    const { progress, written } = world({ isTTY: true, columns: 0 });
    progress.update(1, ["x".repeat(200)]);
    expect(textColumns(lineOf(written[0]))).toBe(79);
  });
});

describe("progress in a log", () => {
  it("writes a plain line at most every five seconds, and one at the end", () => {
    const { progress, written, pass } = world({});
    for (let second = 0; second < 12; second++) {
      progress.update(second * 100);
      pass(1);
    }
    progress.finish();
    expect(written).toEqual([
      "train    0.8 %  500/60,000 frames  100/s  9:55 left\n",
      "train    1.7 %  1,000/60,000 frames  100/s  9:50 left\n",
      "train    1.8 %  1,100/60,000 frames  91.7/s  in 0:12\n",
    ]);
  });

  it("tells no share and no time left while the total is unknown", () => {
    const { progress, written, pass } = world({}, { total: undefined });
    pass(10);
    progress.update(20, ["load 3 %"]);
    expect(written).toEqual(["train  20 frames  2.0/s  load 3 %\n"]);
  });

  it("is whole when there was nothing to do", () => {
    const { progress, written } = world({}, { total: 0 });
    progress.finish();
    expect(written).toEqual(["train  100.0 %  0/0 frames  in 0:00\n"]);
  });
});

describe("quiet progress", () => {
  it.each([true, false])("writes nothing, terminal or not (%s)", (isTTY) => {
    const { progress, written, pass } = world({ isTTY }, { quiet: true });
    progress.update(1);
    pass(60);
    progress.update(2);
    progress.finish();
    expect(written).toEqual([]);
  });
});
