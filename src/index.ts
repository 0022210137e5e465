/** The public names of the library, nothing else. */
export type { Episode, EventBatch, SpikeBatch } from "./core/batches.ts";
export type { Control } from "./core/control.ts";
export { SpikelineError } from "./core/errors.ts";
export type { FeatureSpikes } from "./core/feature-spikes.ts";
export type {
  Accuracy,
  Decision,
  EventPicture,
  Latency,
  Learned,
  Raster,
  Snapshot,
  Speed,
  StageCounts,
} from "./core/telemetry.ts";
export { batches, type ImagePart, type LabelledImages } from "./datasets/labelled-frames.ts";
export { type Mnist, openMnist } from "./datasets/mnist.ts";
export { openPackagedDigits } from "./datasets/packaged-digits.ts";
export { type LabelledRecording, listRecordings, splitRecordings } from "./datasets/recording-folder.ts";
export { EventGridEncoder } from "./encoders/event-grid.ts";
export { encodeLatency } from "./encoders/latency.ts";
export { encodePoisson } from "./encoders/poisson.ts";
export type { Stage } from "./encoders/stage.ts";
export type { EventDecoder } from "./formats/decoder.ts";
export { Evt2Decoder } from "./formats/evt2.ts";
export { Evt3Decoder } from "./formats/evt3.ts";
export { NmnistDecoder } from "./formats/nmnist.ts";
export type { AnyModel } from "./model/any-model.ts";
export { loadAnyModel, loadModel } from "./model/load.ts";
export { saveModel } from "./model/save.ts";
export type { Model, ModelDescription, Tensor } from "./model/schema.ts";
export { isSurfaceModel, type SurfaceDescription, type SurfaceModel } from "./model/surface-schema.ts";
export { isWaveModel, type WaveDescription, type WaveModel } from "./model/wave-schema.ts";
export { EventConvolution } from "./network/event-convolution.ts";
export { type FrameOutputs, type Presented, SpikingNetwork } from "./network/spiking-network.ts";
export { SurfaceNetwork, type SurfaceOutputs } from "./network/surface-network.ts";
export { WaveNetwork, type WaveOutputs } from "./network/wave-network.ts";
export { type Evaluation, evaluate } from "./pipeline/evaluator.ts";
export { evaluateOnThreads, type ThreadedEvaluation } from "./pipeline/judge-threads.ts";
export { livePipeline } from "./pipeline/live.ts";
export { LiveClockedModel } from "./pipeline/live-clocked-model.ts";
export type { LiveOptions } from "./pipeline/live-graph.ts";
export type { LiveModel } from "./pipeline/live-model.ts";
export { type LabelledFrames, presentFrames } from "./pipeline/operators/present-frames.ts";
export { through } from "./pipeline/operators/through.ts";
export { nameNeurons, type TrainingProgress, train } from "./pipeline/trainer.ts";
export { evaluateWaves, learnWaves } from "./pipeline/wave-trainer.ts";
export { createReadout, type FeatureReadout, restoreReadout } from "./readout/feature-readout.ts";
export { LinearReadout } from "./readout/linear.ts";
export { OnnxReadout, type OnnxReadoutPlace } from "./readout/onnx.ts";
export { encodeOnnxReadout, type ReadoutToExport } from "./readout/onnx-file.ts";
export { RewardReadout } from "./readout/reward.ts";
export { type Vote, VoteReadout } from "./readout/vote.ts";
export type { Recording } from "./sensors/playback.ts";
export { RecordingFolderSensor } from "./sensors/recording-folder.ts";
export type { EventSensor, Sensor } from "./sensors/sensor.ts";
export { SimulatedDigitsSensor } from "./sensors/simulated-digits.ts";
export { describeSystem, describeWaveSystem } from "./systems/describe-system.ts";
export type { Recipe, WaveRecipe } from "./systems/recipe.ts";
export { findSystem, findWaveSystem, systems, waveSystems } from "./systems/systems.ts";
