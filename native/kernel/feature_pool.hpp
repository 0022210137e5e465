// Feature spikes of a frame → a sparse vector: how often each feature spoke in each cell of a grid over the map.
//
//   input = (cell_y · grid + cell_x) · features + feature      cell_x = x · grid / width, whole numbers
//   value = √count or count;  with Norm::kL2 divided by √Σ value² (exact: the sum is a whole number)
//
// Inputs are listed in the order of their first spike. Cost: proportional to the spikes; memory for `inputs` counts.
// One thread at a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "aligned_buffer.hpp"
#include "augmentation.hpp"
#include "feature_spikes.hpp"
#include "status.hpp"

namespace spikeline {

enum class PoolValue : std::uint8_t { kSqrt = 0, kCount = 1 };
enum class Norm : std::uint8_t { kNone = 0, kL2 = 1 };

struct PoolParams {
  std::uint32_t features = 0;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::uint32_t grid = 1;  // cells along each side
  PoolValue value = PoolValue::kSqrt;
  Norm norm = Norm::kNone;

  [[nodiscard]] Status Check() const noexcept;
  [[nodiscard]] std::uint32_t Inputs() const noexcept { return features * grid * grid; }
};

// Lists are filled up to a multiple of this with input 0 at value 0, which changes no sum.
inline constexpr std::size_t kListPad = 4;

// The inputs of a frame that are not 0. `index` and `value` have room for ListRoom(inputs).
struct SparseFrame {
  std::uint32_t* index;
  float* value;
  std::size_t count = 0;
};

// One more than there are inputs, because gathering writes before it knows whether an input is new.
[[nodiscard]] constexpr std::size_t ListRoom(std::size_t inputs) noexcept {
  return (inputs + kListPad) / kListPad * kListPad;
}

class FeaturePool {
 public:
  // Precondition: checked parameters.
  explicit FeaturePool(const PoolParams& params) noexcept;
  [[nodiscard]] bool ok() const noexcept { return count_.ok(); }

  // Whether every spike lies on the map and every frame in the arrays. Pool is safe without, but leaves wrong ones out.
  [[nodiscard]] Status Check(const FeatureSpikes& batch) const noexcept;

  // Fills `out` with one frame, moved by `warp` unless that is null.
  void Pool(const FeatureSpikes& frame, const Warp* warp, SparseFrame& out) noexcept;

  // The input of one spike, or `inputs()` if it is off the map.
  [[nodiscard]] std::uint32_t InputOf(std::uint32_t x, std::uint32_t y, std::uint32_t feature) const noexcept {
    const std::uint32_t input = column_[x & 255U] + row_[y & 255U] + feature;
    return feature < params_.features && input < inputs_ ? input : inputs_;
  }
  [[nodiscard]] std::uint32_t inputs() const noexcept { return inputs_; }
  // The value of a count before any norm.
  [[nodiscard]] float ValueOf(std::uint32_t count) const noexcept;

 private:
  void Gather(const FeatureSpikes& frame, SparseFrame& out) noexcept;
  void GatherMoved(const FeatureSpikes& frame, const Warp& warp, SparseFrame& out) noexcept;
  void Evaluate(SparseFrame& out) noexcept;

  PoolParams params_;
  std::uint32_t inputs_;
  std::array<std::uint32_t, 256> column_{};  // cell_x · features; past the map so much that no input is that large
  std::array<std::uint32_t, 256> row_{};
  AlignedBuffer<std::uint32_t> count_;  // [inputs + 1], 0 between frames; the last is the bin for spikes off the map
};

}  // namespace spikeline
