#include "wave_convolution.hpp"

#include <algorithm>
#include <limits>

namespace spikeline {

namespace {

constexpr std::size_t kBitsPerWord = 64;

std::size_t Padded(std::size_t size, std::size_t to) noexcept { return (size + to - 1) / to * to; }

std::size_t Words(std::uint32_t spikes) noexcept {
  return Padded((spikes + kBitsPerWord - 1) / kBitsPerWord, kRankWords);
}

}  // namespace

template <typename Potential>
WaveFilters<Potential>::WaveFilters(const WaveParams& p, std::uint32_t thresholds, std::uint32_t levels_of_one) noexcept
    : levels(levels_of_one),
      maps(p.maps),
      stride(Padded(p.maps, kMapPad)),
      threshold_count(thresholds),
      weights((p.taps() + std::size_t{1}) * stride),
      threshold(thresholds * stride) {
  if (threshold.ok()) std::fill_n(threshold.data(), threshold.size(), std::numeric_limits<Potential>::max());
}

template <typename Potential>
void WaveFilters<Potential>::SetWeight(std::size_t tap, std::size_t map, float weight) noexcept {
  weights[tap * stride + map] = static_cast<Potential>(weight * static_cast<float>(levels) + 0.5F);
}

template <typename Potential>
void WaveFilters<Potential>::SetThreshold(std::uint32_t t, std::size_t map, float in_weights) noexcept {
  const float most = std::numeric_limits<Potential>::max();
  threshold[t * stride + map] =
      static_cast<Potential>(std::clamp(in_weights * static_cast<float>(levels) + 0.5F, 1.0F, most));
}

template <typename Potential>
void WaveFilters<Potential>::FindLeast() noexcept {
  for (std::uint32_t t = 0; t < threshold_count; ++t) {
    const std::uint32_t lowest = *std::min_element(threshold.data() + t * stride, threshold.data() + t * stride + maps);
    least[t] = (lowest + levels - 1) / levels;
  }
}

template struct WaveFilters<std::uint8_t>;
template struct WaveFilters<std::uint16_t>;

WaveConvolution::WaveConvolution(const WaveParams& p) noexcept
    : height_(p.wave_height()),
      channels_(p.channels()),
      window_(p.window),
      pad_(p.pad),
      positions_x_(p.positions_x()),
      positions_y_(p.positions_y()),
      sets_(p.window * std::size_t{p.positions_x()} * Words(p.max_spikes)),
      in_column_(p.width + std::size_t{2} * p.pad),
      in_window_(p.positions_x()),
      place_(p.max_spikes + std::size_t{1}),
      ranks_(std::size_t{p.window} * p.window + kRankRoom),
      hits_(p.most_features()) {}

bool WaveConvolution::ok() const noexcept {
  return sets_.ok() && in_column_.ok() && in_window_.ok() && place_.ok() && ranks_.ok() && hits_.ok();
}

// Positions whose window holds pixel x.
std::uint32_t WaveConvolution::FirstPosition(std::uint32_t x) const noexcept {
  return x + pad_ + 1 < window_ ? 0 : x + pad_ + 1 - window_;
}
std::uint32_t WaveConvolution::EndPosition(std::uint32_t x) const noexcept {
  return std::min(x + pad_ + 1, positions_x_);
}

void WaveConvolution::Enter(const WaveEncoder& image, std::uint32_t row) noexcept {
  const std::uint32_t slot = row % window_;
  const auto spikes = image.spikes().subspan(image.row_begin(row), image.row_begin(row + 1) - image.row_begin(row));
  in_use_[slot] = spikes.empty() ? 0 : 1;
  if (spikes.empty()) return;
  const std::size_t size = positions_x_ * words_;
  std::uint64_t* sets = sets_.data() + slot * size;
  std::fill_n(sets, size, 0U);
  for (const InputSpike& spike : spikes) {
    if (spike.rank == kNoRank) continue;
    const std::uint64_t bit = std::uint64_t{1} << spike.rank % kBitsPerWord;
    const std::uint32_t end = EndPosition(spike.x);
    for (std::uint32_t p = FirstPosition(spike.x); p < end; ++p) sets[p * words_ + spike.rank / kBitsPerWord] |= bit;
    ++in_column_[spike.x + pad_];
  }
}

void WaveConvolution::Leave(const WaveEncoder& image, std::uint32_t row) noexcept {
  in_use_[row % window_] = 0;
  for (std::uint32_t k = image.row_begin(row); k < image.row_begin(row + 1); ++k) {
    const InputSpike& spike = image.spikes()[k];
    if (spike.rank != kNoRank) --in_column_[spike.x + pad_];
  }
}

// Position p sees the columns p to p + window − 1 of the padded image.
void WaveConvolution::CountWindows() noexcept {
  std::uint16_t seen = 0;
  for (std::uint32_t c = 0; c + 1 < window_; ++c) seen = static_cast<std::uint16_t>(seen + in_column_[c]);
  for (std::uint32_t p = 0; p < positions_x_; ++p) {
    seen = static_cast<std::uint16_t>(seen + in_column_[p + window_ - 1]);
    in_window_[p] = seen;
    seen = static_cast<std::uint16_t>(seen - in_column_[p]);
  }
}

template <typename Potential>
std::span<const WaveHit> WaveConvolution::Run(const WaveEncoder& image, const WaveFilters<Potential>& filters,
                                              std::uint32_t (*walk)(const WaveRow<Potential>&) noexcept) noexcept {
  words_ = Words(image.count());
  const auto stride = static_cast<std::uint32_t>(filters.stride);
  for (const InputSpike& s : image.spikes()) {
    if (s.rank != kNoRank) place_[s.rank] = ((s.channel * window_ + s.y) * window_ + s.x) * stride;
  }
  std::fill_n(in_column_.data(), in_column_.size(), std::uint16_t{0});
  in_use_.fill(0);
  std::array<const std::uint64_t*, kMostWindow> rows{};
  WaveRow<Potential> args{.weights = filters.weights.data(), .stride = filters.stride,
                          .threshold = filters.threshold.data(), .threshold_count = filters.threshold_count,
                          .least_spikes = filters.least.data(), .rows = rows.data(), .row_count = 0, .words = words_,
                          .in_window = in_window_.data(), .width = positions_x_, .y = 0,
                          .place = place_.data(), .silent = image.count(),
                          .silent_place = static_cast<std::int32_t>(channels_ * window_ * window_ * stride), .origin = 0, .ranks = ranks_.data(), .hits = hits_.data()};
  for (std::uint32_t row = 0; row + pad_ + 1 < window_ && row < height_; ++row) Enter(image, row);
  for (std::uint32_t y = 0; y < positions_y_; ++y) {
    if (y > pad_) Leave(image, y - pad_ - 1);
    if (const std::uint32_t row = y + window_ - 1 - pad_; row < height_) Enter(image, row);
    args.row_count = 0;
    for (std::uint32_t slot = 0; slot < window_; ++slot) {
      if (in_use_[slot] != 0) rows[args.row_count++] = sets_.data() + slot * (positions_x_ * words_);
    }
    if (args.row_count == 0) continue;
    CountWindows();
    args.y = static_cast<std::uint16_t>(y);
    args.origin = static_cast<std::int32_t>(((y - pad_) * window_ - pad_) * stride);
    args.hits += walk(args);
  }
  return {hits_.data(), static_cast<std::size_t>(args.hits - hits_.data())};
}

template std::span<const WaveHit> WaveConvolution::Run(const WaveEncoder&, const WaveFilters<std::uint8_t>&,
                                                       WalkU8) noexcept;
template std::span<const WaveHit> WaveConvolution::Run(const WaveEncoder&, const WaveFilters<std::uint16_t>&,
                                                       WalkU16) noexcept;

}  // namespace spikeline
