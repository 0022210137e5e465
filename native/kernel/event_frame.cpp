#include "event_frame.hpp"

#include <algorithm>

namespace spikeline {

Status EventFrame::Check(std::uint32_t inputs) const noexcept {
  const std::size_t events = offset_us.size();
  const bool fits = input.size() == events && out_offset_us.size() == events && feature.size() == events &&
                    x.size() == events && y.size() == events && events <= UINT32_MAX;
  if (!fits) return Status::kBadSize;
  if (!std::is_sorted(offset_us.begin(), offset_us.end())) return Status::kUnsorted;
  std::uint32_t most = 0;
  for (const std::uint32_t one : input) most = std::max(most, one);
  return events == 0 || most < inputs ? Status::kOk : Status::kOutOfRange;
}

}  // namespace spikeline
