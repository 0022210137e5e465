// A first-spike convolution that learns by STDP (after Kheradpisheh et al. 2018): one wave of spikes an image, every
// input speaks at most once, non-leaky integrate-and-fire, competition by who is first.
//
// Presenting: wave_encoder.hpp makes the wave, wave_walk.hpp finds at each position the first map to cross each
// threshold. The feature spike is {feature = threshold · maps + map, x, y, rank of the input spike that caused it}.
//
// Learning, one image after another:
//   candidates   the first map to cross at each position, with the maps' learning thresholds
//   winners      k times the earliest candidate left (ties: highest potential, then first position) whose map has not
//                won yet and that is further than the inhibition radius from every winner (Chebyshev distance)
//   STDP         and homeostasis of the winners' maps: wave_synapses.hpp
// Weights are float32 in learning; use rounds them to 8 bits (WaveParams::UseLevels).
// Same parameters, seed and images give the same bits on every machine and for any batch size.
//
// All memory is allocated by Create; nothing later can fail for memory. One thread at a time; calls block for their
// whole batch. The state is complete: a network given the same state continues bit for bit.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "aligned_buffer.hpp"
#include "status.hpp"
#include "wave_convolution.hpp"
#include "wave_encoder.hpp"
#include "wave_params.hpp"
#include "wave_synapses.hpp"
#include "wave_walk.hpp"

namespace spikeline {

// Images in, feature spikes out. `counts` may be empty, and so may the four lists together: they are then left out.
struct WaveBatch {
  std::span<const std::uint8_t> pixels;      // [frames][height][width]
  std::span<std::uint32_t> input_spikes;     // [frames]
  std::span<std::uint8_t> counts;            // [frames][cells_y][cells_x][features], saturating
  std::span<std::uint32_t> offsets;          // [frames + 1] into the lists
  std::span<std::uint16_t> feature;          // [frames · most_features], by frame, then rank, then position
  std::span<std::uint16_t> x;
  std::span<std::uint16_t> y;
  std::span<std::uint16_t> rank;
};

// Images in, the winners' maps out: those of frame f from f · winners on, the rest of its part is kNoMap.
struct WaveLearningBatch {
  std::span<const std::uint8_t> pixels;
  std::span<std::uint32_t> input_spikes;     // [frames]
  std::span<std::uint16_t> winner_map;       // [frames][winners]
};

// Images in, their waves out, in order of rank.
struct WaveInputBatch {
  std::span<const std::uint8_t> pixels;
  std::span<std::uint32_t> offsets;          // [frames + 1] into the lists
  std::span<std::uint16_t> x;                // [frames · max_spikes]
  std::span<std::uint16_t> y;
  std::span<std::uint8_t> channel;
};

class WaveNetwork {
 public:
  // A network with fresh weights from params.seed. `kernels` null: the fastest for this CPU.
  [[nodiscard]] static Status Create(const WaveParams& params, const WaveKernels* kernels,
                                     std::unique_ptr<WaveNetwork>& out) noexcept;

  // Checks sizes, then presents all frames; on failure nothing has happened.
  [[nodiscard]] Status PresentImages(const WaveBatch& batch) noexcept;
  [[nodiscard]] Status LearnImages(const WaveLearningBatch& batch) noexcept;
  [[nodiscard]] Status EncodeImages(const WaveInputBatch& batch) noexcept;
  [[nodiscard]] Status ReadState(const WaveStateView& view) const noexcept { return synapses_.Read(view); }
  // Refuses what is not a state of this network and then changes nothing.
  [[nodiscard]] Status WriteState(const WaveStateView& view) noexcept;

  [[nodiscard]] double Convergence() const noexcept { return synapses_.Convergence(); }
  [[nodiscard]] const WaveParams& params() const noexcept { return params_; }
  [[nodiscard]] const char* kernel_name() const noexcept { return kernels_->name; }

 private:
  WaveNetwork(const WaveParams& params, const WaveKernels* kernels) noexcept;
  [[nodiscard]] bool ok() const noexcept;
  void Initialise() noexcept;
  [[nodiscard]] std::span<const std::uint8_t> Image(std::span<const std::uint8_t> pixels, std::size_t frame) const noexcept;
  void Count(std::span<const WaveHit> hits, std::span<std::uint8_t> counts) const noexcept;
  void ListByRank(std::span<const WaveHit> hits, const WaveBatch& batch, std::uint32_t begin) noexcept;
  void LearnFrame(std::span<std::uint16_t> winner_map) noexcept;
  [[nodiscard]] const WaveHit* EarliestLeft(std::span<const WaveHit> hits, std::size_t won) const noexcept;
  void Learn(const WaveHit& winner, const WaveSynapses::Rates& rates) noexcept;
  void RefreshWeights() noexcept;
  void RefreshWeight(std::size_t tap, std::size_t map) noexcept;

  WaveParams params_;
  const WaveKernels* kernels_;
  WaveEncoder encoder_;
  WaveConvolution convolution_;
  WaveFilters<std::uint8_t> use_;
  WaveFilters<std::uint16_t> learning_;
  WaveSynapses synapses_;
  AlignedBuffer<std::uint32_t> next_of_rank_;  // [max_spikes]
  AlignedBuffer<std::uint32_t> spike_at_;    // [pixels] rank, kNoRank where none; only while a frame is learned
  AlignedBuffer<std::uint8_t> channel_at_;   // [pixels]
  AlignedBuffer<WaveHit> winners_;           // [winners]
  AlignedBuffer<std::uint16_t> won_maps_;    // [winners]: the same's, where no caller can write
};

}  // namespace spikeline
