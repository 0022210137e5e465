// How fast a readout learns, by the frames it has learned: from `first` in a straight line to `last`, then `last`.
#pragma once

#include <cstdint>

#include "status.hpp"

namespace spikeline {

struct RateSchedule {
  double first = 0.01;
  double last = 0.01;
  double frames = 0;  // from first to last; 0: last at once

  [[nodiscard]] Status Check() const noexcept {
    const bool sound = first >= 0 && first <= 1 && last >= 0 && last <= 1 && frames >= 0 && frames <= 1e15;
    return sound ? Status::kOk : Status::kBadParameter;
  }
  [[nodiscard]] double At(std::uint64_t learned) const noexcept {
    const auto n = static_cast<double>(learned);
    return n >= frames ? last : first + (last - first) * (n / frames);
  }
};

}  // namespace spikeline
