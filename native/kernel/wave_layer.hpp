// A further layer of a wave network: convolution over the spikes of the layer before it, pooled in time, with learning
// by STDP (after Kheradpisheh et al. 2018). Every input speaks at most once, neurons are non-leaky.
//
//   pooling      a cell of a channel passes on the first spike of the pool × pool positions under it, and no other
//   potentials   u_m at each position: Σ of its window's weights for the cells that spoke so far, float32
//   a step       all spikes of one rank; what they cross is looked at after the last of them
//   threshold t  first_only: the step after which any u_m >= θ_t, once a position; its map: among those over, the one
//                with the highest u, ties to the lowest map. Otherwise every map crosses for itself.
//   feature      {t · maps + map, x, y, rank of the step}; by rank, then position, then threshold or map
//
// Learning, one frame after another, the steps in turn until all winners are found:
//   candidate    the first map to cross at a position, with the maps' learning thresholds
//   winner       of a step's candidates the one with the highest potential (ties: first position) whose map has not won
//                yet and that is further than the inhibition radius from every winner (Chebyshev distance)
//   synapses     wave_synapses.hpp; cells that have not spoken by the winner's step were silent
//
// Cost: a spike that is passed on adds window² rows of maps; silent positions cost nothing, finished ones a comparison.
// All memory is allocated by Create. Same parameters, seed and spikes give the same bits on every machine and for any
// batch size. One thread at a time; calls block for their whole batch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "aligned_buffer.hpp"
#include "status.hpp"
#include "wave_layer_params.hpp"
#include "wave_spread.hpp"
#include "wave_synapses.hpp"
#include "wave_walk.hpp"

namespace spikeline {

// Spikes of frames: those of frame f are [offsets[f], offsets[f + 1]), in order of rank.
template <typename Offset, typename Value>
struct WaveLists {
  std::span<Offset> offsets;      // [frames + 1]
  std::span<Value> feature;
  std::span<Value> x;
  std::span<Value> y;
  std::span<Value> rank;          // less than kNeverSpoke
};
using WaveSpikesIn = WaveLists<const std::uint32_t, const std::uint16_t>;
using WaveSpikesOut = WaveLists<std::uint32_t, std::uint16_t>;  // lists of frames · most_features

inline constexpr std::uint16_t kNeverSpoke = 0xffff;

class WaveLayer {
 public:
  // A layer with fresh weights from params.seed. `kernels` null: the fastest for this CPU.
  [[nodiscard]] static Status Create(const WaveLayerParams& params, const WaveKernels* kernels,
                                     std::unique_ptr<WaveLayer>& out) noexcept;

  // Checks everything, then presents all frames; on failure nothing has happened.
  [[nodiscard]] Status PresentSpikes(const WaveSpikesIn& in, const WaveSpikesOut& out) noexcept;
  // winner_map[frames][winners]: the maps that learned, then kNoMap.
  [[nodiscard]] Status LearnSpikes(const WaveSpikesIn& in, std::span<std::uint16_t> winner_map) noexcept;
  [[nodiscard]] Status ReadState(const WaveStateView& view) const noexcept { return synapses_.Read(view); }
  // Refuses what is not a state of this layer and then changes nothing.
  [[nodiscard]] Status WriteState(const WaveStateView& view) noexcept;
  [[nodiscard]] double Convergence() const noexcept { return synapses_.Convergence(); }
  [[nodiscard]] const WaveLayerParams& params() const noexcept { return params_; }
  [[nodiscard]] const char* kernel_name() const noexcept { return kernels_->name; }

 private:
  struct Part {
    std::size_t next;
    std::size_t end;
  };
  struct Cell {
    std::uint32_t channel;
    std::uint32_t x;
    std::uint32_t y;
  };
  struct Winner {
    std::uint32_t position;
    std::uint16_t map;
    std::uint16_t rank;
    float potential;
  };

  WaveLayer(const WaveLayerParams& params, const WaveKernels* kernels) noexcept;
  [[nodiscard]] bool ok() const noexcept;
  void Initialise() noexcept;
  void RefreshRows() noexcept;
  [[nodiscard]] Status Check(const WaveSpikesIn& in) const noexcept;
  [[nodiscard]] std::size_t CellAt(const Cell& cell) const noexcept {
    return (std::size_t{cell.channel} * params_.cells_y() + cell.y) * params_.cells_x() + cell.x;
  }

  // Where a frame's spikes stand, never past the lists' end.
  [[nodiscard]] Part PartOf(const WaveSpikesIn& in, std::size_t frame) const noexcept;
  // Takes the spikes of the part's first rank, spreads them and returns the rank; the positions that cross are in
  // crossing(), ascending. The potentials and the cells' ranks stay until Clear.
  std::uint16_t Step(const WaveSpikesIn& in, Part& part) noexcept;
  [[nodiscard]] std::span<const std::uint32_t> crossing() const noexcept;
  // Ends the step.
  void Forget() noexcept;
  void Pool(std::uint32_t channel, std::uint32_t x, std::uint32_t y, std::uint16_t rank) noexcept;
  void Spread(const Cell& cell) noexcept;
  void Clear() noexcept;

  // The map with the highest potential among those over their threshold, ties to the lowest; params_.maps if there is none.
  [[nodiscard]] std::uint16_t HighestOver(const float* potential, const float* threshold) const noexcept;
  // What the crossing positions say, from place `at` of the lists on; returns the place behind.
  std::uint32_t SpeakFirst(std::uint16_t rank, const WaveSpikesOut& out, std::uint32_t at) noexcept;
  std::uint32_t SpeakAll(std::uint16_t rank, const WaveSpikesOut& out, std::uint32_t at) noexcept;
  void Say(const WaveSpikesOut& out, std::uint32_t at, std::size_t feature, std::uint32_t position,
           std::uint16_t rank) const noexcept;

  void LearnFrame(const WaveSpikesIn& in, std::size_t frame) noexcept;
  void FindWinners(std::uint16_t rank) noexcept;
  [[nodiscard]] bool IsInhibited(const Winner& candidate) const noexcept;
  void Learn(const Winner& winner, const WaveSynapses::Rates& rates) noexcept;

  WaveLayerParams params_;
  const WaveKernels* kernels_;
  WaveSynapses synapses_;
  AlignedBuffer<float> rows_;                // [taps][stride] of the weights
  AlignedBuffer<float> thresholds_;          // [threshold_count][stride] of use
  AlignedBuffer<float> own_thresholds_;      // [positions][stride] unless first_only
  AlignedBuffer<std::uint8_t> own_stage_;    // [positions][maps] unless first_only: thresholds crossed
  AlignedBuffer<float> learning_;            // [stride] learning thresholds
  WaveSpread spread_;
  AlignedBuffer<float> potentials_;          // [positions][stride]
  AlignedBuffer<std::uint8_t> stage_;        // [positions]
  AlignedBuffer<std::uint8_t> is_crossing_;  // [positions]
  AlignedBuffer<std::uint32_t> heard_;       // [positions]
  AlignedBuffer<std::uint32_t> crossing_;    // [positions]
  AlignedBuffer<std::uint16_t> first_at_;    // [channels][cells_y][cells_x] rank, kNeverSpoke
  AlignedBuffer<Cell> spoken_;               // [channels · cells]
  std::size_t spoken_count_ = 0;
  AlignedBuffer<Winner> candidates_;         // [positions] of a step
  AlignedBuffer<Winner> winners_;            // [winners]
  AlignedBuffer<std::uint16_t> won_maps_;    // [winners]
  std::size_t won_ = 0;
};

}  // namespace spikeline
