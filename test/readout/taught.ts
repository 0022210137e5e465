/** Readouts that have been taught a few labelled frames, for the tests. */
import { VoteReadout } from "../../src/readout/vote.ts";

export type Taught = {
  readonly vote?: "majority" | "proportion";
  readonly classes: number;
  /** One labelled frame each. */
  readonly frames: readonly (readonly [label: number, counts: readonly number[]])[];
};

export function taught({ vote = "majority", classes, frames }: Taught): VoteReadout {
  const neurons = frames[0]?.[1].length ?? 1;
  const readout = new VoteReadout({ neurons, classes, vote });
  const counts = new Uint16Array(frames.flatMap(([, spikes]) => spikes));
  const labels = frames.map(([label]) => label);
  readout.learn(counts, labels);
  return readout;
}

export const decide = (readout: VoteReadout, ...counts: number[]) => readout.decide(new Uint16Array(counts));

/** The bytes of its tensors, one after the other. */
export const bytesOf = (readout: VoteReadout) =>
  [...readout.tensors().values()].map(({ data }) =>
    Buffer.from(data.buffer, data.byteOffset, data.byteLength),
  );
