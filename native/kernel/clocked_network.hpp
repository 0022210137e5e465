// A clocked layer of leaky integrate-and-fire neurons that learns by STDP (after Diehl & Cook 2015; no inhibitory
// population: a spike pulls every other neuron towards the inhibitory reversal potential).
//
// Each step of dt, in this order:
//   1. drive and membranes           drive.hpp; neurons in refractory period are held at reset
//   2. pre-synaptic depression       pair, triplet: Δw_ij = −η_pre · y_j, traces read before this step's own spikes
//   3. competition                   soft: all over threshold fire; hard: only the one furthest over (ties: lowest)
//   4. spikes                        v = reset, θ += θ_plus (learning), then every other neuron:
//                                    v = v_inh + (v − v_inh)·(1 − inhibition)^spikes
//   5. post-synaptic learning        post-target: Δw_ij = η·(x_i − x_target)·(w_max − w_ij)^μ
//                                    pair: Δw_ij = +η·x_i     triplet: Δw_ij = +η·x_i·y2_j (before the own spike)
// Traces are nearest-spike (traces.hpp). A step without input spikes in which no neuron is held at reset or stands over
// its threshold cannot bring one there; it is skipped and its decay applied later as one power. After each presentation comes a
// rest, applied analytically; after a frame, neurons whose weights changed are normalised (synapses.hpp).
// Same parameters, seed and frames give the same bits on every machine and for any batch size.
//
// All memory is allocated by Create; nothing later can fail for memory. One thread at a time; calls block for their
// whole batch. State lives in `State()`, which is complete: a network given the same state continues bit for bit.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "aligned_buffer.hpp"
#include "clocked_params.hpp"
#include "drive.hpp"
#include "random.hpp"
#include "status.hpp"
#include "synapses.hpp"
#include "traces.hpp"

namespace spikeline {

// Poisson images in, spike counts out; row-major.
struct ImageBatch {
  std::span<const std::uint8_t> pixels;      // [frames][inputs]
  std::span<std::uint16_t> counts;           // [frames][neurons], output spikes of the last presentation
  std::span<std::uint32_t> input_spikes;     // [frames], of the last presentation
  std::span<std::uint8_t> repeats;           // [frames], presentations beyond the first
};

// Spikes of one frame in, spikes out. The output lists take what fits; `output_spikes` counts them all.
struct SpikeFrame {
  std::span<const std::uint32_t> offset_us;  // sorted, below duration_us
  std::span<const std::uint32_t> input;
  std::uint32_t duration_us = 0;
  std::span<std::uint16_t> counts;           // [neurons]
  std::span<std::uint32_t> out_offset_us;
  std::span<std::uint32_t> out_neuron;
  std::uint32_t output_spikes = 0;
};

// The complete state between frames, as copies in dense layout (no padding).
struct StateView {
  std::span<float> weights_f32;              // [inputs][neurons], or empty
  std::span<std::uint8_t> weights_u8;        // [inputs][neurons], or empty
  std::span<float> scale;                    // [neurons]
  std::span<double> sum;                     // [neurons]
  std::span<float> theta;                    // [neurons], mV
  std::span<float> membrane;                 // [neurons], mV relative to leak
  std::span<std::int32_t> refractory;        // [neurons], steps left
  std::span<std::int32_t> pre_age;           // [inputs], steps since the last spike, -1 if its trace is 0
  std::span<std::int32_t> post_age;          // [neurons], the same
  std::span<std::uint32_t> counters;         // [8]: generator (4), frames low, high, 0, 0
};

enum class Learning : std::uint8_t { kOff, kOn };

class ClockedNetwork {
 public:
  // A network with fresh weights from params.seed. `kernels` null: the fastest for this CPU.
  [[nodiscard]] static Status Create(const ClockedParams& params, const Kernels* kernels,
                                     std::unique_ptr<ClockedNetwork>& out) noexcept;

  [[nodiscard]] Status PresentImages(const ImageBatch& batch, Learning learning) noexcept;
  [[nodiscard]] Status PresentSpikes(SpikeFrame& frame, Learning learning) noexcept;
  [[nodiscard]] Status ReadState(const StateView& view) noexcept;
  // Refuses state out of range and leaves the network as it was.
  [[nodiscard]] Status WriteState(const StateView& view) noexcept;

  [[nodiscard]] const ClockedParams& params() const noexcept { return params_; }
  // Weight reads of the synaptic drive so far (input spikes × neurons), for benchmarks.
  [[nodiscard]] std::uint64_t synaptic_events() const noexcept { return synaptic_events_; }
  [[nodiscard]] const char* kernel_name() const noexcept { return kernels_->name; }

 private:
  ClockedNetwork(const ClockedParams& params, const Kernels* kernels) noexcept;
  [[nodiscard]] bool ok() const noexcept;
  [[nodiscard]] Status CheckState(const StateView& view) const noexcept;

  void EncodeImage(std::span<const std::uint8_t> pixels, std::uint32_t attempt) noexcept;
  void BeginPresentation() noexcept;
  void Step(std::span<const std::uint32_t> rows, Learning learning) noexcept;
  bool Drive(std::span<const std::uint32_t> rows) noexcept;
  void HoldRefractory() noexcept;
  void DepressPre(std::span<const std::uint32_t> rows) noexcept;
  void MarkPre(std::span<const std::uint32_t> rows) noexcept;
  void Compete() noexcept;
  void Fire(Learning learning) noexcept;
  void LearnPost(std::uint32_t neuron) noexcept;
  void ReadPreTraces() noexcept;
  void Rest(Learning learning) noexcept;
  void EndFrame() noexcept;
  void NoteRecent(std::uint32_t neuron) noexcept;
  void TouchColumn(std::uint32_t neuron) noexcept;
  void RefreshThreshold(std::uint32_t neuron) noexcept;
  void FlushDecay() noexcept;
  [[nodiscard]] bool AnyOver() const noexcept;

  ClockedParams params_;
  const Kernels* kernels_;
  std::size_t stride_;
  Random random_;
  Synapses synapses_;
  TraceTable pre_trace_;
  TraceTable post_trace_;
  TraceTable post2_trace_;

  float v_reset_;
  float v_exc_;
  float v_inh_;
  float v_threshold_;
  float theta_plus_;
  std::uint32_t steps_;
  std::uint32_t rest_steps_;
  std::int32_t refractory_steps_;
  float rest_decay_;
  bool learns_pre_;

  AlignedBuffer<float> decay_power_;         // exp(-k·dt/tau), k = 0..
  AlignedBuffer<float> keep_power_;          // (1 - inhibition)^k, k = 0..neurons
  AlignedBuffer<float> membrane_;
  AlignedBuffer<float> threshold_;           // v_threshold + theta
  AlignedBuffer<float> theta_;
  AlignedBuffer<std::int32_t> last_pre_;     // step of the last spike, relative to the frame's start
  AlignedBuffer<std::int32_t> last_post_;
  AlignedBuffer<std::int32_t> release_;      // last step of the refractory period
  AlignedBuffer<std::uint16_t> counts_;
  AlignedBuffer<float> delta_;               // Δw per input of the post rules
  AlignedBuffer<float> pre_now_;             // traces of all inputs at this step
  AlignedBuffer<std::uint8_t> is_touched_;
  AlignedBuffer<std::uint8_t> is_recent_;

  // Lists with a count: at most one entry a neuron, or an input.
  AlignedBuffer<std::uint32_t> refractory_list_;
  AlignedBuffer<std::uint32_t> recent_list_;  // neurons whose post trace may not be 0, ascending
  AlignedBuffer<std::uint32_t> fired_list_;
  AlignedBuffer<std::uint32_t> touched_list_;
  std::size_t refractory_count_ = 0;
  std::size_t recent_count_ = 0;
  std::size_t fired_count_ = 0;
  std::size_t touched_count_ = 0;

  // Poisson encoding of one presentation.
  AlignedBuffer<std::uint16_t> rate_;
  AlignedBuffer<std::uint32_t> rate_input_;
  AlignedBuffer<std::uint32_t> rows_;
  AlignedBuffer<std::uint32_t> step_start_;
  AlignedBuffer<std::uint32_t> lanes_;

  std::int32_t now_ = 0;
  std::int32_t last_release_ = kNever;       // the latest of release_
  std::uint32_t pending_ = 0;                // skipped steps whose decay is still owed
  std::uint32_t spikes_ = 0;                 // output spikes of this presentation
  bool pre_now_fresh_ = false;
  bool is_over_ = false;                     // a neuron stands over its threshold: losers of a hard competition
  std::uint64_t frames_ = 0;
  std::uint64_t synaptic_events_ = 0;
};

}  // namespace spikeline
