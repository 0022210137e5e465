// Prototypes of time surfaces (after Lagorce et al. 2017, HOTS): every event of a camera is named by the learned
// prototype that its neighbourhood's recent past is most similar to. One layer, event driven; no labels.
//
// An event of a frame (one episode or window; nothing is remembered from the frame before):
//   surface      s = the window of S (time_surface.hpp) around the event, itself included; divided by its length
//   answer       the prototype k with the highest w_k · s (surface_match.hpp)
//   feature      bin · prototypes + k, at the event's place; bins and their centring: feature_bins.hpp
// Learning, event after event:
//   recruiting   while a prototype is unused: if no w_k · s reaches `vigilance`, the next unused one becomes s
//   winner       otherwise the prototype that answers
//   moving       w = (w + a · (s − w)) / its length,  a = max(rate, 1 / (wins + 1)); the winner's wins += 1
// A network that has recruited nothing says nothing. Nothing is drawn at random.
// Same parameters, state and events give the same bits on every machine.
//
// All memory is allocated by Create; nothing later can fail for memory. One thread at a time; calls block for their
// frame. The state is complete: a network given the same state continues bit for bit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "aligned_buffer.hpp"
#include "event_frame.hpp"
#include "feature_bins.hpp"
#include "status.hpp"
#include "surface_match.hpp"
#include "surface_params.hpp"
#include "time_surface.hpp"

namespace spikeline {

using SurfaceFrame = EventFrame;

// The complete state between frames, dense.
struct SurfaceStateView {
  std::span<float> weights;           // [plane][row][column][prototypes]; each prototype has length 1, unused ones 0
  std::span<std::uint32_t> wins;      // [prototypes], 0: unused; unused ones come last
  std::span<std::uint32_t> counters;  // [2]: events learned, low and high
};

class SurfaceNetwork {
 public:
  // A network without prototypes. `kernels` null: the fastest for this CPU.
  [[nodiscard]] static Status Create(const SurfaceParams& params, const SurfaceKernels* kernels,
                                     std::unique_ptr<SurfaceNetwork>& out) noexcept;

  // Checks sizes, times and inputs, then runs the frame; on failure nothing has happened. `spikes`: how many there are.
  [[nodiscard]] Status Present(const SurfaceFrame& frame, std::uint32_t& spikes) noexcept;
  [[nodiscard]] Status Learn(const SurfaceFrame& frame, std::uint32_t& spikes) noexcept;

  [[nodiscard]] Status ReadState(const SurfaceStateView& view) const noexcept;
  // Refuses what is not a state of this network and then changes nothing.
  [[nodiscard]] Status WriteState(const SurfaceStateView& view) noexcept;

  [[nodiscard]] const SurfaceParams& params() const noexcept { return params_; }
  [[nodiscard]] const char* kernel_name() const noexcept { return kernels_->name; }

 private:
  SurfaceNetwork(const SurfaceParams& params, const SurfaceKernels* kernels) noexcept;
  [[nodiscard]] bool ok() const noexcept;
  template <typename AnswerOf>
  [[nodiscard]] std::uint32_t Run(const SurfaceFrame& frame, AnswerOf answer_of) noexcept;
  [[nodiscard]] SurfacePrototypes Prototypes() const noexcept;
  [[nodiscard]] std::uint32_t LearnSurface(const float* window) noexcept;
  [[nodiscard]] float Measure(const float* window) noexcept;
  void Recruit(std::uint32_t prototype) noexcept;
  void Move(std::uint32_t prototype, float similarity) noexcept;

  SurfaceParams params_;
  const SurfaceKernels* kernels_;
  MatchSurface match_;
  std::size_t stride_;
  TimeSurface surface_;
  AlignedBuffer<float> weights_;       // [taps][stride]
  AlignedBuffer<std::uint32_t> wins_;  // [prototypes]
  AlignedBuffer<float> seen_;          // [taps] scratch: the surface at hand, of length 1
  FeatureBins bins_;
  std::uint32_t used_ = 0;             // prototypes that were recruited: the first ones
  std::uint64_t events_ = 0;           // learned
};

}  // namespace spikeline
