// A linear readout of feature spikes: multinomial logistic regression, learned by stochastic gradient descent.
//
//   z_c = b_c + Σ_i v_i·w_ic      p = softmax(z)      v: feature_pool.hpp
//   learning a frame of class t, the gradient of −log p_t:
//     w_ic += rate/m · ((c = t) − p_c) · v_i        b_c += rate/m · ((c = t) − p_c)
//
// m frames make a step (`batch`; 1: one by one): all m are judged by the same weights before one of them changes.
// A step never reaches past the call. Every kDecayFrames frames all weights shrink by rate·weight_decay·kDecayFrames.
// Frames are moved while learning (augmentation.hpp) by what is drawn from seed and the number of frames learned.
//
// Same parameters and frames give the same bits on every machine; with batch 1 also however calls are cut.
// All memory is allocated by Create. One thread at a time; calls block for all their frames.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "aligned_buffer.hpp"
#include "augmentation.hpp"
#include "feature_pool.hpp"
#include "judged.hpp"
#include "rate_schedule.hpp"
#include "spike_steps.hpp"
#include "status.hpp"

namespace spikeline {

struct LinearParams {
  PoolParams pool;
  AugmentParams augment;
  RateSchedule rate;
  std::uint32_t classes = 0;  // 2 to kMostClasses
  std::uint32_t seed = 0;
  std::uint32_t batch = 1;  // frames a step
  double weight_decay = 0;

  [[nodiscard]] Status Check() const noexcept;
};

inline constexpr std::uint32_t kDecayFrames = 1024;

// The complete state, as copies in dense layout.
struct LinearState {
  std::span<float> weights;            // [inputs][classes]
  std::span<float> bias;               // [classes]
  std::span<float> mean_weights;       // [inputs][classes]
  std::span<float> mean_bias;          // [classes]
  std::span<std::uint32_t> counters;   // [4]: frames learned low, high; weights in the mean; 0
};

class LinearReadout {
 public:
  // A readout whose weights are all 0.
  [[nodiscard]] static Status Create(const LinearParams& params, std::unique_ptr<LinearReadout>& out) noexcept;

  // Learns the frames named by `order` (with repeats, if wanted). `right`: how many were judged right before learning.
  [[nodiscard]] Status Learn(const FeatureSpikes& batch, std::span<const std::uint16_t> label,
                             std::span<const std::uint32_t> order, std::uint32_t& right) noexcept;
  [[nodiscard]] Status Judge(const FeatureSpikes& batch, const Judged& out) noexcept;
  // Looks at one spike after the other and stops at the first after which the margin is at least `enough`.
  // Precondition: no norm, which needs all spikes.
  [[nodiscard]] Status JudgeEarly(const FeatureSpikes& batch, double enough, const JudgedEarly& out) noexcept;

  // Takes the present weights into a mean; UseMean makes the mean the weights and begins it anew, or does nothing if
  // it is of none.
  void KeepMean() noexcept;
  void UseMean() noexcept;

  [[nodiscard]] Status ReadState(const LinearState& view) noexcept;
  // Refuses state out of range and leaves the readout as it was.
  [[nodiscard]] Status WriteState(const LinearState& view) noexcept;

  [[nodiscard]] const LinearParams& params() const noexcept { return params_; }
  [[nodiscard]] std::uint64_t frames() const noexcept { return frames_; }

 private:
  explicit LinearReadout(const LinearParams& params) noexcept;
  [[nodiscard]] bool ok() const noexcept;
  [[nodiscard]] SparseFrame Slot(std::size_t k) noexcept;
  [[nodiscard]] bool JudgeForStep(const FeatureSpikes& frame, std::uint32_t truth, std::uint64_t number, double rate,
                                  std::size_t slot) noexcept;
  void Step(std::size_t frames) noexcept;
  void Decay(double rate) noexcept;
  [[nodiscard]] std::uint32_t SpikesUntil(const FeatureSpikes& frame, float enough, std::uint16_t& label) noexcept;
  [[nodiscard]] std::span<const float> Score() const noexcept { return {score_.data(), params_.classes}; }

  LinearParams params_;
  std::size_t inputs_;
  std::size_t stride_;  // classes, padded
  std::uint64_t frames_ = 0;
  std::uint32_t in_mean_ = 0;
  FeaturePool pool_;
  AlignedBuffer<float> weights_;       // [inputs][stride]
  AlignedBuffer<float> bias_;          // [stride]
  AlignedBuffer<float> mean_weights_;  // the same shapes
  AlignedBuffer<float> mean_bias_;
  AlignedBuffer<float> score_;         // [stride]
  AlignedBuffer<double> share_;        // [classes]
  AlignedBuffer<float> delta_;         // [batch][stride]
  AlignedBuffer<std::uint32_t> index_;  // [batch][ListRoom]
  AlignedBuffer<float> value_;
  AlignedBuffer<std::size_t> listed_;  // [batch]
  SpikeSteps steps_;
};

}  // namespace spikeline
