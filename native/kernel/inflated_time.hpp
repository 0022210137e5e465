// Decay without decaying: instead of every stored value fading, what is new is stored inflated by exp((t − base) / tau),
// so that all values have the same factor to the true ones. `base` moves on by an epoch of 16 tau when t would reach
// past it; only then all values are scaled down.
//
// exp comes from the product of two tables made by exponential.hpp, in float: the same bits on every machine. All memory
// is allocated when it is made.
#pragma once

#include <cstdint>
#include <span>

#include "aligned_buffer.hpp"

namespace spikeline {

class InflatedTime {
 public:
  // After so many epochs a value is no more; whoever stores it sets it to 0.
  static constexpr std::uint32_t kEpochsToForget = 4;

  explicit InflatedTime(double tau_us) noexcept;
  [[nodiscard]] bool ok() const noexcept { return fine_.ok() && coarse_.ok(); }

  // Time begins at 0.
  void Begin() noexcept { base_us_ = 0; }

  // By how much what is stored at this moment is inflated. `pass(epochs)` is called before if epochs went by.
  // Time that falls is safe, but passes more than enough epochs to forget all.
  template <typename Pass>
  [[nodiscard]] float At(std::uint32_t offset_us, Pass pass) noexcept {
    std::uint32_t since = offset_us - base_us_;
    if (since >= epoch_us_) {
      pass(since / epoch_us_);
      base_us_ += since / epoch_us_ * epoch_us_;
      since %= epoch_us_;
    }
    return coarse_[since >> kFineBits] * fine_[since & kFineMask];
  }

  // What `epochs` do to the values; infinite ones stay. Precondition: epochs < kEpochsToForget.
  void Shrink(std::span<float> values, std::uint32_t epochs) const noexcept;

 private:
  static constexpr std::uint32_t kFineBits = 10;
  static constexpr std::uint32_t kFineMask = (1U << kFineBits) - 1;

  std::uint32_t epoch_us_;
  std::uint32_t base_us_ = 0;
  float shrink_;                 // exp(−epoch / tau)
  AlignedBuffer<float> fine_;    // exp(k µs / tau)
  AlignedBuffer<float> coarse_;  // exp(k · 1024 µs / tau)
};

}  // namespace spikeline
