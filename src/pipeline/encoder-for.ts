/** The encoder that a model asks for, if it fits the sensor. */
import { dataError, usageError } from "../core/errors.ts";
import { EventGridEncoder } from "../encoders/event-grid.ts";
import type { EventSensor } from "../sensors/sensor.ts";
import type { LiveModel } from "./live-model.ts";

/** @throws SpikelineError LIVE_ENCODER, LIVE_GEOMETRY, LIVE_INPUTS */
export function encoderFor(
  sensor: Pick<EventSensor, "name" | "width" | "height">,
  { system, encoder, input, inputs }: Pick<LiveModel, "system" | "encoder" | "input" | "inputs">,
): EventGridEncoder {
  if (encoder.kind !== "event-grid") {
    throw usageError(
      "LIVE_ENCODER",
      `Expected a model that takes events for ${sensor.name}, found ${system}, which takes images; train one with \`spikeline train diehl-cook-events\`.`,
    );
  }
  if (sensor.width !== input.width || sensor.height !== input.height) {
    throw usageError(
      "LIVE_GEOMETRY",
      `Expected a sensor of ${input.width}×${input.height} pixels for ${system}, found ${sensor.width}×${sensor.height} in ${sensor.name}.`,
    );
  }
  const stage = new EventGridEncoder(input, encoder);
  if (stage.inputs !== inputs) {
    throw dataError(
      "LIVE_INPUTS",
      `Expected ${stage.inputs} inputs in the network of ${system} for its event grid, found ${inputs}.`,
    );
  }
  return stage;
}
