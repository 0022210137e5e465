/** The options of the commands: schemas and defaults. The command line hands over raw words; out come checked values. */
import { z } from "zod";
import { usageError } from "../core/errors.ts";

/** A whole number written in digits only: "7", not "7.0", "0x7" or "". */
const whole = (low: number, high: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, `a whole number from ${low} to ${high}`)
    .transform(Number)
    .pipe(
      z
        .number(`a whole number`)
        .min(low, `a whole number from ${low} to ${high}`)
        .max(high, `a whole number from ${low} to ${high}`),
    );

const text = z.string().min(1, "a value");
const flag = z.boolean().default(false);
const common = { json: flag, quiet: flag };
const neurons = whole(1, 65536);
const seed = whole(0, 0xffffffff);

const recordingFormat = z
  .enum(["evt2", "evt3", "nmnist", "n-mnist"], '"evt2", "evt3" or "nmnist"')
  .transform((format) => (format === "nmnist" ? "n-mnist" : format));

/** Coordinates of the formats have at most 11 bits. */
const MOST_PIXELS = 2048;
const SIZE = `a sensor's size of 1 to ${MOST_PIXELS} pixels each way, such as 640x480`;
const sensorSize = z
  .string()
  .regex(/^\d{1,4}x\d{1,4}$/i, SIZE)
  .transform((size) => {
    const [width = 0, height = 0] = size.toLowerCase().split("x").map(Number);
    return { width, height };
  })
  .refine((size) => Object.values(size).every((side) => side >= 1 && side <= MOST_PIXELS), SIZE);

export const trainOptions = z.strictObject({
  ...common,
  neurons: neurons.optional(),
  dataset: z.enum(["mnist", "n-mnist"], '"mnist" or "n-mnist"').optional(),
  data: text.optional(),
  source: text.optional(),
  labels: text.optional(),
  passes: whole(1, 1000).optional(),
  frames: whole(1, 100_000_000).optional(),
  seed: seed.default(7),
  weights: z.enum(["float32", "uint8"], '"float32" or "uint8"').optional(),
  readout: z.enum(["linear", "reward"], '"linear" or "reward"').optional(),
  resume: text.optional(),
  validation: z
    .string()
    .regex(/^0?\.(?!0+$)\d{1,4}$/, "a share between 0 and 1, such as 0.2")
    .transform(Number)
    .optional(),
  out: text.optional(),
});

export const evalOptions = z.strictObject({
  ...common,
  dataset: z.enum(["mnist", "n-mnist"], '"mnist" or "n-mnist"').optional(),
  data: text.optional(),
  source: text.optional(),
  labels: text.optional(),
  frames: whole(1, 100_000_000).optional(),
  readout: text.optional(),
  threads: whole(1, 64).optional(),
});

export const exportOptions = z.strictObject({
  ...common,
  out: text.regex(/\.onnx$/i, "a file name that ends in .onnx"),
});

export const benchOptions = z.strictObject({
  ...common,
  only: text.optional(),
  runs: whole(1, 99).default(5),
  data: text.optional(),
});

export const infoOptions = z.strictObject({ ...common, picture: text.optional() });

/** Where the page is served. */
const page = {
  host: text.default("127.0.0.1"),
  port: whole(0, 65535).optional(),
  tlsCert: text.optional(),
  tlsKey: text.optional(),
  insecureLan: flag,
};

export const startOptions = z.strictObject({ ...common, ...page, model: text.optional(), fresh: flag });

export const runOptions = z.strictObject({
  ...common,
  source: text,
  labels: text.optional(),
  model: text.optional(),
  learn: flag,
  format: recordingFormat.optional(),
  size: sensorSize.optional(),
  salvage: flag,
  speed: z.enum(["1", "max", "auto"], '"1", "max" or "auto"').optional(),
  passes: whole(1, 1000).optional(),
  frames: whole(1, 100_000_000).optional(),
  seed: seed.default(7),
  neurons: neurons.optional(),
  headless: flag,
  ...page,
  fresh: flag,
  out: text.optional(),
});

/**
 * @throws SpikelineError OPTION_VALUE with a sentence that names the option and what came
 */
export function parseOptions<T extends z.ZodType>(
  schema: T,
  raw: Readonly<Record<string, unknown>>,
): z.output<T> {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const name = String(issue?.path[0] ?? "");
  const spelled = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const came = raw[name];
  throw usageError(
    "OPTION_VALUE",
    `Expected ${issue?.message ?? "a value"} for --${spelled}, but ${came === undefined ? "nothing" : JSON.stringify(came)} came.`,
  );
}
