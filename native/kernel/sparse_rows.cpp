#include "sparse_rows.hpp"

namespace spikeline {

namespace {

typedef float Four __attribute__((vector_size(16), may_alias));
constexpr std::size_t kWidth = 4;

// Four vectors of sums and the rows' loads fit the 16 registers of SSE2.
constexpr std::size_t kTileVectors = 4;

template <std::size_t Vectors>
void SumTile(const float* weights, std::size_t stride, const SparseFrame& frame, float* sum) noexcept {
  Four total[Vectors];
  for (std::size_t v = 0; v < Vectors; ++v) total[v] = reinterpret_cast<const Four*>(sum)[v];
  for (std::size_t k = 0; k < frame.count; k += kListPad) {
    const float* row[kListPad];
    for (std::size_t r = 0; r < kListPad; ++r) row[r] = weights + frame.index[k + r] * stride;
    const float* value = frame.value + k;
    for (std::size_t v = 0; v < Vectors; ++v) {
      const auto at = [&](std::size_t r) { return reinterpret_cast<const Four*>(row[r])[v]; };
      total[v] += (value[0] * at(0) + value[1] * at(1)) + (value[2] * at(2) + value[3] * at(3));
    }
  }
  for (std::size_t v = 0; v < Vectors; ++v) reinterpret_cast<Four*>(sum)[v] = total[v];
}

}  // namespace

void SumRows(const float* weights, std::size_t stride, const SparseFrame& frame, float* sum) noexcept {
  std::size_t n = 0;
  for (; n + kTileVectors * kWidth <= stride; n += kTileVectors * kWidth) {
    SumTile<kTileVectors>(weights + n, stride, frame, sum + n);
  }
  switch ((stride - n) / kWidth) {
    case 3: return SumTile<3>(weights + n, stride, frame, sum + n);
    case 2: return SumTile<2>(weights + n, stride, frame, sum + n);
    case 1: return SumTile<1>(weights + n, stride, frame, sum + n);
    default: return;
  }
}

void AddRows(float* weights, std::size_t stride, const SparseFrame& frame, const float* delta) noexcept {
  const auto* change = reinterpret_cast<const Four*>(delta);
  for (std::size_t k = 0; k < frame.count; ++k) {
    auto* row = reinterpret_cast<Four*>(weights + frame.index[k] * stride);
    for (std::size_t v = 0; v < stride / kWidth; ++v) row[v] += frame.value[k] * change[v];
  }
}

void AddRow(const float* row, std::size_t stride, float step, float* sum) noexcept {
  const auto* from = reinterpret_cast<const Four*>(row);
  auto* to = reinterpret_cast<Four*>(sum);
  for (std::size_t v = 0; v < stride / kWidth; ++v) to[v] += step * from[v];
}

}  // namespace spikeline
