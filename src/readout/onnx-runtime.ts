/** onnxruntime-node, an optional package: loaded when it is first needed, and explained when it is not there. */
import { EXIT, SpikelineError, systemCode } from "../core/errors.ts";

/** As much of its types as is used here: ours must not need the package to be read. */
export type OnnxTensor = { readonly dims: readonly number[]; readonly data: unknown };

export type OnnxValueInfo = {
  readonly name: string;
  readonly isTensor: boolean;
  readonly type?: string;
  /** A number, or the name of an axis of any length; empty if the file does not say. */
  readonly shape?: readonly (number | string)[];
};

export type OnnxSession = {
  readonly inputMetadata: readonly OnnxValueInfo[];
  readonly outputMetadata: readonly OnnxValueInfo[];
  run(feeds: Record<string, OnnxTensor>, fetches: readonly string[]): Promise<Record<string, OnnxTensor>>;
  release(): Promise<void>;
};

export type OnnxRuntime = {
  readonly openSession: (bytes: Uint8Array) => Promise<OnnxSession>;
  readonly tensor: (data: Float32Array, dims: readonly number[]) => OnnxTensor;
};

/**
 * One thread, as the native readouts: more of them wait for each other in a busy loop. Of its log only what ends the
 * process: what goes wrong in a file is told as an error of ours, once.
 */
const SESSION = { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 4 } as const;

type OnnxPackage = {
  readonly InferenceSession: { create(bytes: Uint8Array, options: typeof SESSION): Promise<OnnxSession> };
  readonly Tensor: new (type: "float32", data: Float32Array, dims: readonly number[]) => OnnxTensor;
};

/** @throws SpikelineError ONNX_RUNTIME if the package is absent or does not load on this machine */
export async function loadOnnxRuntime(
  load: () => Promise<OnnxPackage> = () => import("onnxruntime-node"),
): Promise<OnnxRuntime> {
  const { InferenceSession, Tensor } = await load().catch((cause) => {
    throw runtimeError(cause);
  });
  return {
    openSession: (bytes) => InferenceSession.create(bytes, SESSION),
    tensor: (data, dims) => new Tensor("float32", data, dims),
  };
}

function runtimeError(cause: unknown): SpikelineError {
  // A package whose binary for this machine is missing says MODULE_NOT_FOUND instead.
  const isAbsent = systemCode(cause) === "ERR_MODULE_NOT_FOUND";
  const why = isAbsent ? "it is not installed" : "it does not load on this machine";
  return new SpikelineError(
    "ONNX_RUNTIME",
    EXIT.device,
    `Expected the package onnxruntime-node to run an ONNX readout, but ${why}; ` +
      "`npm install --ignore-scripts onnxruntime-node` brings it, its install script is not needed.",
    { cause },
  );
}
