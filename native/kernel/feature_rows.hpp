// Feature spikes of many frames → dense rows, for readouts that run outside of this kernel.
//
//   row_i = value of input i of the frame (feature_pool.hpp), 0 where nothing spoke
//
// The values are, bit for bit, those that linear_readout.hpp and reward_readout.hpp judge by.
// Cost: clearing the rows, then proportional to the spikes. All memory is allocated by Create. One thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "aligned_buffer.hpp"
#include "feature_pool.hpp"
#include "feature_spikes.hpp"
#include "status.hpp"

namespace spikeline {

class FeatureRows {
 public:
  [[nodiscard]] static Status Create(const PoolParams& params, std::unique_ptr<FeatureRows>& out) noexcept;

  // Fills `rows`, [frames][inputs], or refuses and leaves it as it was.
  [[nodiscard]] Status Fill(const FeatureSpikes& batch, std::span<float> rows) noexcept;

 private:
  explicit FeatureRows(const PoolParams& params) noexcept;
  [[nodiscard]] bool ok() const noexcept;

  FeaturePool pool_;
  AlignedBuffer<std::uint32_t> index_;  // [ListRoom]
  AlignedBuffer<float> value_;
};

}  // namespace spikeline
