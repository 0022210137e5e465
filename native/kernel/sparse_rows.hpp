// Dense weights met by a sparse frame: sums of the rows that are not silent, and changes to them.
//
//   sum_n += (v0·w0n + v1·w1n) + (v2·w2n + v3·w3n)      rows four at a time, in the order of the list
//   w_in  += v_i · delta_n
//
// Row-major by input, so that work is proportional to the inputs that spoke. Vectors of 16 bytes, which every CPU has;
// each column is summed by itself, so that no width of vectors can change a bit. No state; any thread.
#pragma once

#include <cstddef>
#include <cstdint>

#include "feature_pool.hpp"

namespace spikeline {

// Rows are padded with zeros to a multiple of this; all arrays here are kAlignment-aligned.
inline constexpr std::size_t kRowPad = 4;

[[nodiscard]] constexpr std::size_t PaddedRow(std::size_t columns) noexcept {
  return (columns + kRowPad - 1) / kRowPad * kRowPad;
}

// Adds to `sum`[stride].
void SumRows(const float* weights, std::size_t stride, const SparseFrame& frame, float* sum) noexcept;

// Adds the outer product of the frame's values and `delta`[stride]. Precondition: no input is listed twice.
void AddRows(float* weights, std::size_t stride, const SparseFrame& frame, const float* delta) noexcept;

// sum_n += step · w_n for one row.
void AddRow(const float* row, std::size_t stride, float step, float* sum) noexcept;

}  // namespace spikeline
