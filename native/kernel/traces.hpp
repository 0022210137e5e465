// Lazily decayed nearest-spike traces: a spike sets its trace to 1 (it does not add), and the trace is read as
// exp(-age/tau) from a table, exact at every step; nothing is touched between spikes.
// Past the table's end the trace is below 2^-24 and reads as 0.
#pragma once

#include <cstddef>
#include <cstdint>

#include "aligned_buffer.hpp"
#include "exponential.hpp"

namespace spikeline {

// The step of a spike that never was. Steps are relative to the start of the current frame.
inline constexpr std::int32_t kNever = -(1 << 28);

class TraceTable {
 public:
  TraceTable() noexcept = default;
  // Precondition: tau_steps > 0.
  explicit TraceTable(double tau_steps) noexcept : table_(static_cast<std::size_t>(17.0 * tau_steps) + 2) {
    for (std::size_t age = 0; table_.ok() && age < table_.size(); ++age) {
      table_[age] = static_cast<float>(ExpNonPositive(-static_cast<double>(age) / tau_steps));
    }
  }
  [[nodiscard]] bool ok() const noexcept { return table_.ok(); }
  [[nodiscard]] std::int32_t horizon() const noexcept { return static_cast<std::int32_t>(table_.size()); }
  // Precondition: age >= 0.
  [[nodiscard]] float At(std::int32_t age) const noexcept {
    return age < horizon() ? table_[static_cast<std::size_t>(age)] : 0.0F;
  }

 private:
  AlignedBuffer<float> table_;
};

}  // namespace spikeline
