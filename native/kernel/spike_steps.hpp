// One spike after the other: by how much each raises the value of its input, for scores that follow the spikes as they
// come. √n − √(n − 1) for the n-th spike of an input, or 1. Forgetting costs as much as the spikes did.
#pragma once

#include <cstddef>
#include <cstdint>

#include "aligned_buffer.hpp"
#include "feature_pool.hpp"

namespace spikeline {

class SpikeSteps {
 public:
  explicit SpikeSteps(std::size_t inputs) noexcept : count_(inputs), list_(inputs) {}
  [[nodiscard]] bool ok() const noexcept { return count_.ok() && list_.ok(); }

  // Precondition: input is below `inputs`.
  [[nodiscard]] float Take(const FeaturePool& pool, std::uint32_t input) noexcept {
    const std::uint32_t before = count_[input]++;
    if (before == 0) list_[listed_++] = input;
    return pool.ValueOf(before + 1) - pool.ValueOf(before);
  }

  void Forget() noexcept {
    for (std::size_t k = 0; k < listed_; ++k) count_[list_[k]] = 0;
    listed_ = 0;
  }

 private:
  AlignedBuffer<std::uint32_t> count_;
  AlignedBuffer<std::uint32_t> list_;
  std::size_t listed_ = 0;
};

}  // namespace spikeline
