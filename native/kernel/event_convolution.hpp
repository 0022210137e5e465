// A convolutional layer of spiking neurons driven by a camera's events, learning by spike-timing dependent plasticity
// without labels. Every pixel has a neuron of each map; the neurons of a map share their weights.
//
// An event of a frame (one episode or window; nothing is remembered from the frame before):
//   membranes    V_q,k = V_q,k · exp(−Δt / tau) + w_k,tap  of all positions q whose square holds the event; decay by
//                inflated time (inflated_time.hpp), so that only these are touched (event_drive.hpp)
//   spike        of the neuron furthest above its map's threshold θ_k, if any: an event makes at most one spike
//   inhibition   a spike lowers all maps at the positions within `lateral` pixels to `reset`, at its own position at
//                least; what lies below stays. A negative `reset` is a refractory time that fades with tau
//   feature      bin · maps + k, at the neuron's position; bins and their centring: feature_bins.hpp
// Learning, at each spike of map k, for all its taps:
//   took part    the tap's last event came at most `window_us` before: w += rise · w · (1 − w)
//   did not      w −= fall · w · (1 − w)
//   homeostasis  θ_j −= threshold_rate / maps for all j, then θ_k += threshold_rate: a map that speaks more than its
//                share becomes harder to excite
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
#include "event_convolution_params.hpp"
#include "event_drive.hpp"
#include "event_frame.hpp"
#include "feature_bins.hpp"
#include "inflated_time.hpp"
#include "status.hpp"

namespace spikeline {

// The complete state between frames, dense.
struct EventConvolutionStateView {
  std::span<float> weights;           // [polarity][row][column][maps], 0 to 1
  std::span<float> thresholds;        // [maps]
  std::span<std::uint32_t> counters;  // [2]: spikes learned, low and high
};

class EventConvolution {
 public:
  // A network with weights drawn from the seed. `kernels` null: the fastest for this CPU.
  [[nodiscard]] static Status Create(const EventConvolutionParams& params, const EventKernels* kernels,
                                     std::unique_ptr<EventConvolution>& out) noexcept;

  // Checks sizes, times and inputs, then runs the frame; on failure nothing has happened. `spikes`: how many there are.
  [[nodiscard]] Status Present(const EventFrame& frame, std::uint32_t& spikes) noexcept;
  [[nodiscard]] Status Learn(const EventFrame& frame, std::uint32_t& spikes) noexcept;

  [[nodiscard]] Status ReadState(const EventConvolutionStateView& view) const noexcept;
  // Refuses what is not a state of this network and then changes nothing.
  [[nodiscard]] Status WriteState(const EventConvolutionStateView& view) noexcept;

  [[nodiscard]] const EventConvolutionParams& params() const noexcept { return params_; }
  [[nodiscard]] const char* kernel_name() const noexcept { return kernels_->name; }

 private:
  // Where an input of the sensor lies, and what it reaches.
  struct Place {
    std::uint32_t potential;  // of the first map at the first position
    std::uint32_t weights;    // of its polarity
    std::uint32_t last;       // its own
    std::uint8_t x;
    std::uint8_t y;
  };

  EventConvolution(const EventConvolutionParams& params, const EventKernels* kernels) noexcept;
  [[nodiscard]] bool ok() const noexcept;
  void MakePlaces() noexcept;
  void DrawWeights() noexcept;
  void Forget() noexcept;
  void Pass(std::uint32_t epochs) noexcept;
  template <bool kLearns>
  [[nodiscard]] std::uint32_t Run(const EventFrame& frame) noexcept;
  void Inhibit(std::uint32_t x, std::uint32_t y, float gain) noexcept;
  void LearnSpike(std::uint32_t map, std::uint32_t x, std::uint32_t y, std::uint32_t offset_us) noexcept;
  void Balance(std::uint32_t map) noexcept;
  [[nodiscard]] std::size_t WeightAt(std::size_t tap) const noexcept;

  EventConvolutionParams params_;
  const EventKernels* kernels_;
  DriveEvent drive_;
  std::size_t stride_;  // padded maps
  std::size_t columns_;  // of the sensor and a margin of `radius` around it
  std::size_t rows_;
  InflatedTime time_;
  FeatureBins bins_;
  AlignedBuffer<Place> places_;        // [inputs]
  AlignedBuffer<float> weights_;       // [polarity][row][column][stride], turned by half: in the order of the positions
  AlignedBuffer<float> thresholds_;    // [stride]
  AlignedBuffer<float> potentials_;    // [rows][columns][stride], inflated; −infinity in the margin: it never spikes
  AlignedBuffer<std::uint64_t> last_;  // [polarity][rows][columns] µs + 1 of the last event, 0: none; while learning
  std::uint64_t spikes_ = 0;           // learned
};

}  // namespace spikeline
