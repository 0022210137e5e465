/**
 * What each neuron has learned to look for, as one picture: a tile per neuron, its weights laid out as the input is.
 * Every tile is scaled to its own strongest weight, so brightness compares inside a tile and not between tiles.
 */
import { usageError } from "../core/errors.ts";

export type FieldsOptions = {
  /** neurons × inputs, row-major; input = (channel·height + y)·width + x. */
  readonly weights: Float32Array;
  readonly neurons: number;
  /** Size of the input in pixels: 28 × 28 for MNIST. */
  readonly width: number;
  readonly height: number;
  /** 2 where OFF and ON events have inputs of their own: OFF (first) is drawn coral, ON mint. */
  readonly channels?: 1 | 2;
  /** The neuron shown at each place, such as `orderByClass` gives; all in their order when left out. */
  readonly order?: ArrayLike<number>;
  /** Screen pixels a side per weight; left out, the largest that keeps the picture within 1200 pixels. */
  readonly zoom?: number;
};

export type FieldsPicture = { readonly width: number; readonly height: number; readonly rgb: Uint8Array };

type Colour = readonly [red: number, green: number, blue: number];

/** #0C0F13, the page's ground. */
const GROUND: Colour = [0x0c, 0x0f, 0x13];
/** A weight of 0: one step above the ground, so that a tile's edge can be seen. */
const FLOOR: Colour = [0x15, 0x1a, 0x20];
const MINT: Colour = [0x5c, 0xd6, 0xb3];
const CORAL: Colour = [0xe0, 0x7a, 0x5f];
const GAP_PIXELS = 1;
/** Wide enough to see 400 digits at twice their size, narrow enough for a laptop's screen. */
const WIDEST_PIXELS = 1200;

/** Neurons by assigned class, unnamed (below 0) last, each class in the neurons' order. */
export function orderByClass(assignments: ArrayLike<number>): Uint32Array {
  const rank = (neuron: number) => {
    const label = assignments[neuron] ?? -1;
    return label < 0 ? Number.MAX_SAFE_INTEGER : label;
  };
  return Uint32Array.from({ length: assignments.length }, (_, i) => i).sort(
    (a, b) => rank(a) - rank(b) || a - b,
  );
}

export function fieldsPicture(options: FieldsOptions): FieldsPicture {
  const { weights, neurons, width, height, channels = 1 } = options;
  const order = options.order ?? Uint32Array.from({ length: neurons }, (_, i) => i);
  check(options, order);
  // As square as it gets: 400 neurons are 20 × 20 tiles.
  const columns = Math.ceil(Math.sqrt(order.length));
  const rows = Math.ceil(order.length / columns);
  const plain = {
    width: columns * (width + GAP_PIXELS) + GAP_PIXELS,
    height: rows * (height + GAP_PIXELS) + GAP_PIXELS,
  };
  const rgb = filled(plain.width * plain.height, GROUND);
  const inputs = width * height * channels;
  for (let place = 0; place < order.length; place++) {
    const neuron = order[place] ?? 0;
    const left = GAP_PIXELS + (place % columns) * (width + GAP_PIXELS);
    const top = GAP_PIXELS + Math.floor(place / columns) * (height + GAP_PIXELS);
    const tile = tileColours(weights.subarray(neuron * inputs, (neuron + 1) * inputs), channels);
    for (let y = 0; y < height; y++) {
      rgb.set(tile.subarray(y * width * 3, (y + 1) * width * 3), ((top + y) * plain.width + left) * 3);
    }
  }
  const zoom = options.zoom ?? Math.max(1, Math.floor(WIDEST_PIXELS / plain.width));
  return enlarged({ ...plain, rgb }, zoom);
}

function check(options: FieldsOptions, order: ArrayLike<number>): void {
  const { weights, neurons, width, height, channels = 1, zoom = 1 } = options;
  const whole = [neurons, width, height, zoom].every((value) => Number.isInteger(value) && value >= 1);
  if (!whole || weights.length !== neurons * width * height * channels) {
    throw usageError(
      "FIELDS_SIZE",
      `Expected the weights of ${neurons} neurons × ${width} × ${height} inputs × ${channels} channels at a whole zoom, found ${weights.length} weights at zoom ${zoom}.`,
    );
  }
  const stray = Array.from(order).find(
    (neuron) => !Number.isInteger(neuron) || neuron < 0 || neuron >= neurons,
  );
  if (order.length === 0 || stray !== undefined) {
    throw usageError(
      "FIELDS_ORDER",
      `Expected an order of neurons from 0 to ${neurons - 1}, found ${stray ?? "an empty one"}.`,
    );
  }
}

/** The colours of one field, channels laid over each other. */
function tileColours(field: Float32Array, channels: 1 | 2): Uint8Array {
  const pixels = field.length / channels;
  let strongest = 0;
  for (const weight of field) if (weight > strongest) strongest = weight;
  const rgb = filled(pixels, FLOOR);
  for (let channel = 0; channel < channels; channel++) {
    const colour = channels === 2 && channel === 0 ? CORAL : MINT;
    for (let pixel = 0; pixel < pixels; pixel++) {
      const weight = field[channel * pixels + pixel] ?? 0;
      // Negative weights and NaN stay at the floor.
      if (weight > 0) lighten(rgb, { at: pixel * 3, colour, share: weight / strongest });
    }
  }
  return rgb;
}

/** Moves one pixel towards `colour` by its distance from the floor; overlapping channels add up to white's limit. */
function lighten(
  rgb: Uint8Array,
  { at, colour, share }: { readonly at: number; readonly colour: Colour; readonly share: number },
): void {
  for (let part = 0; part < 3; part++) {
    const gained = ((colour[part] ?? 0) - (FLOOR[part] ?? 0)) * share;
    rgb[at + part] = Math.min(255, Math.round((rgb[at + part] ?? 0) + gained));
  }
}

function filled(pixels: number, colour: Colour): Uint8Array {
  const rgb = new Uint8Array(pixels * 3);
  for (let at = 0; at < rgb.length; at += 3) rgb.set(colour, at);
  return rgb;
}

/** Every pixel becomes a square: the weights stay countable. */
function enlarged(picture: FieldsPicture, zoom: number): FieldsPicture {
  if (zoom === 1) return picture;
  const width = picture.width * zoom;
  const height = picture.height * zoom;
  const rgb = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const row = Math.floor(y / zoom) * picture.width;
    for (let x = 0; x < width; x++) {
      const from = (row + Math.floor(x / zoom)) * 3;
      const to = (y * width + x) * 3;
      rgb[to] = picture.rgb[from] ?? 0;
      rgb[to + 1] = picture.rgb[from + 1] ?? 0;
      rgb[to + 2] = picture.rgb[from + 2] ?? 0;
    }
  }
  return { width, height, rgb };
}
