#include "wave_encoder.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "exponential.hpp"

namespace spikeline {

namespace {

constexpr std::uint32_t kTapBits = 12;
constexpr std::uint32_t kBlurShift = 6;  // between the passes, so that the second stays in 32 bits
constexpr double kFullScale = 255.0 * 64.0 * 4096.0;
constexpr std::uint32_t kSteps = 1024;

// The largest |d| that any image can give: every pixel under a positive tap at 255, every other at 0.
std::int64_t Strongest(const GaussianTaps& centre, const GaussianTaps& surround) noexcept {
  std::int64_t positive = 0;
  const auto reach = static_cast<std::int32_t>(std::max(centre.radius, surround.radius));
  for (std::int32_t y = -reach; y <= reach; ++y) {
    for (std::int32_t x = -reach; x <= reach; ++x) {
      const auto dy = static_cast<std::size_t>(std::abs(y));
      const auto dx = static_cast<std::size_t>(std::abs(x));
      const std::int64_t d = std::int64_t{centre.tap[dy]} * centre.tap[dx] - std::int64_t{surround.tap[dy]} * surround.tap[dx];
      positive += std::max<std::int64_t>(d, 0);
    }
  }
  return positive * 255 >> kBlurShift;
}

}  // namespace

GaussianTaps MakeTaps(double sigma) noexcept {
  GaussianTaps taps;
  taps.radius = std::min(kMostRadius, static_cast<std::uint32_t>(std::ceil(3 * sigma)));
  std::array<double, kMostRadius + 1> g{};
  double sum = 0;
  for (std::uint32_t d = 0; d <= taps.radius; ++d) {
    g[d] = ExpNonPositive(-static_cast<double>(d * d) / (2 * sigma * sigma));
    sum += d == 0 ? g[d] : 2 * g[d];
  }
  std::int32_t rest = 1 << kTapBits;
  for (std::uint32_t d = 1; d <= taps.radius; ++d) {
    taps.tap[d] = static_cast<std::int32_t>(g[d] / sum * (1 << kTapBits) + 0.5);
    rest -= 2 * taps.tap[d];
  }
  taps.tap[0] = rest;
  return taps;
}

WaveEncoder::WaveEncoder(const WaveParams& p, const WaveKernels& kernels) noexcept
    : add_pair_(kernels.add_pair),
      width_(p.wave_width()),
      height_(p.wave_height()),
      max_spikes_(p.max_spikes),
      centre_(MakeTaps(p.sigma_centre)),
      surround_(MakeTaps(p.sigma_surround)),
      reach_(std::max(centre_.radius, surround_.radius)),
      stride_(width_ + std::size_t{2} * reach_),
      least_(std::max(1, static_cast<std::int32_t>(p.contrast * kFullScale + 0.5))),
      shift_(0),
      pixels_(height_ * stride_ + std::size_t{2} * reach_),
      centre_rows_((height_ + std::size_t{2} * reach_) * stride_),
      surround_rows_((height_ + std::size_t{2} * reach_) * stride_),
      difference_(height_ * stride_),
      spikes_(std::size_t{width_} * height_ + 1),
      row_begin_(height_ + std::size_t{1}),
      bin_(p.latency_bins > 0 ? kSteps : 0),
      next_rank_(kSteps) {
  if (p.orientations > 0) {
    gabor_.emplace(p, kernels);
    least_ = gabor_->least();
  }
  const std::int64_t strongest = gabor_ ? gabor_->full_scale() : Strongest(centre_, surround_);
  while (strongest >> shift_ >= kSteps) ++shift_;
  const auto highest = static_cast<std::uint32_t>(strongest >> shift_);
  for (std::uint32_t step = 0; step < bin_.size(); ++step) {
    bin_[step] = std::min(step, highest) * p.latency_bins / (highest + 1);
  }
}

bool WaveEncoder::ok() const noexcept {
  return pixels_.ok() && centre_rows_.ok() && surround_rows_.ok() && difference_.ok() && spikes_.ok() &&
         row_begin_.ok() && bin_.ok() && next_rank_.ok() && (!gabor_ || gabor_->ok());
}

void WaveEncoder::Pad(std::span<const std::uint8_t> pixels) noexcept {
  for (std::uint32_t y = 0; y < height_; ++y) {
    std::int32_t* row = pixels_.data() + reach_ + y * stride_;
    std::int32_t* middle = row + reach_;
    for (std::uint32_t x = 0; x < width_; ++x) middle[x] = pixels[std::size_t{y} * width_ + x];
    std::fill_n(row, reach_, middle[0]);
    std::fill_n(middle + width_, reach_, middle[width_ - 1]);
  }
}

void WaveEncoder::BlurAcross(const GaussianTaps& taps, std::int32_t* out) noexcept {
  const std::int32_t* middle = pixels_.data() + reach_;
  const std::size_t size = height_ * stride_;
  for (std::size_t i = 0; i < size; ++i) out[i] = taps.tap[0] * middle[i];
  for (std::uint32_t d = 1; d <= taps.radius; ++d) add_pair_(out, middle - d, middle + d, taps.tap[d], size);
  for (std::size_t i = 0; i < size; ++i) out[i] >>= kBlurShift;
}

void WaveEncoder::RepeatEdgeRows(std::int32_t* rows) noexcept {
  for (std::uint32_t k = 0; k < reach_; ++k) {
    std::copy_n(rows + reach_ * stride_, stride_, rows + k * stride_);
    std::copy_n(rows + (reach_ + height_ - std::size_t{1}) * stride_, stride_, rows + (reach_ + height_ + k) * stride_);
  }
}

// Without a branch: every pixel is written, and the next overwrites it if it does not spike.
inline void WaveEncoder::Add(std::uint32_t x, std::uint32_t y, std::uint32_t channel, std::int32_t strength) noexcept {
  const std::uint32_t step = std::min(static_cast<std::uint32_t>(strength) >> shift_, kSteps - 1);
  spikes_[found_] = {.x = static_cast<std::uint16_t>(x), .y = static_cast<std::uint16_t>(y), .channel = channel,
                     .rank = step};
  found_ += strength >= least_ ? 1U : 0U;
}

void WaveEncoder::FindRow(std::uint32_t y) noexcept {
  row_begin_[y] = found_;
  const std::int32_t* row = difference_.data() + y * stride_ + reach_;
  for (std::uint32_t x = 0; x < width_; ++x) Add(x, y, row[x] < 0 ? 1U : 0U, std::abs(row[x]));
}

void WaveEncoder::FindOriented(std::span<const std::uint8_t> pixels) noexcept {
  gabor_->Run(pixels);
  std::size_t at = 0;
  for (std::uint32_t y = 0; y < height_; ++y) {
    row_begin_[y] = found_;
    for (std::uint32_t x = 0; x < width_; ++x, ++at) Add(x, y, gabor_->orientation()[at], gabor_->strength()[at]);
  }
}

// Counting sort: the step of strength that FindRow left in `rank` becomes the rank.
void WaveEncoder::Rank() noexcept {
  // A pass of its own, over spikes: the loop over pixels is the dear one and has no room for it.
  if (bin_.size() > 0) {
    for (std::uint32_t k = 0; k < found_; ++k) spikes_[k].rank = bin_[spikes_[k].rank];
  }
  std::fill_n(next_rank_.data(), kSteps, 0U);
  for (std::uint32_t k = 0; k < found_; ++k) ++next_rank_[spikes_[k].rank];
  std::uint32_t stronger = 0;
  for (std::uint32_t step = kSteps; step-- > 0;) {
    const std::uint32_t here = next_rank_[step];
    next_rank_[step] = stronger;
    stronger += here;
  }
  for (std::uint32_t k = 0; k < found_; ++k) {
    const std::uint32_t rank = next_rank_[spikes_[k].rank]++;
    spikes_[k].rank = rank < max_spikes_ ? rank : kNoRank;
  }
  count_ = std::min(found_, max_spikes_);
}

void WaveEncoder::Encode(std::span<const std::uint8_t> pixels) noexcept {
  found_ = 0;
  if (gabor_) FindOriented(pixels);
  else FindContrast(pixels);
  row_begin_[height_] = found_;
  Rank();
}

void WaveEncoder::FindContrast(std::span<const std::uint8_t> pixels) noexcept {
  Pad(pixels);
  const std::size_t size = height_ * stride_;
  std::int32_t* centre = centre_rows_.data() + reach_ * stride_;
  std::int32_t* surround = surround_rows_.data() + reach_ * stride_;
  BlurAcross(centre_, centre);
  BlurAcross(surround_, surround);
  RepeatEdgeRows(centre_rows_.data());
  RepeatEdgeRows(surround_rows_.data());
  std::int32_t* out = difference_.data();
  for (std::size_t i = 0; i < size; ++i) out[i] = centre_.tap[0] * centre[i] - surround_.tap[0] * surround[i];
  for (std::uint32_t d = 1; d <= centre_.radius; ++d) {
    add_pair_(out, centre - d * stride_, centre + d * stride_, centre_.tap[d], size);
  }
  for (std::uint32_t d = 1; d <= surround_.radius; ++d) {
    add_pair_(out, surround - d * stride_, surround + d * stride_, -surround_.tap[d], size);
  }
  for (std::uint32_t y = 0; y < height_; ++y) FindRow(y);
}

}  // namespace spikeline
