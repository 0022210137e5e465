#include "wave_gabor.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "exponential.hpp"

namespace spikeline {

namespace {

constexpr double kOne = 4096;
constexpr double kTwoPi = 6.283185307179586;
constexpr double kAspect = 0.3;

std::size_t Distances(const WaveParams& p) noexcept { return p.inhibition_count; }

// Places at Chebyshev distance d are 8 d: the table's rows have room for those of the farthest.
constexpr std::size_t kLeftRow = 8 * kMostInhibition + 1;

}  // namespace

double CosOfTurns(double turns) noexcept {
  const double x = kTwoPi * (turns - std::floor(turns + 0.5));
  const double square = x * x;
  double sum = 1;
  for (int n = 13; n >= 1; --n) sum = 1 - square * sum / static_cast<double>((2 * n - 1) * (2 * n));
  return sum;
}

void MakeGabor(std::uint32_t k, std::uint32_t n, std::uint32_t size, std::span<std::int32_t> out) noexcept {
  std::array<double, kMostGabor * kMostGabor> g{};
  const double turns = (static_cast<double>(k) + 0.5) / static_cast<double>(2 * n);
  const double cosine = CosOfTurns(turns);
  const double sine = CosOfTurns(turns - 0.25);
  const double lambda = static_cast<double>(size) / 2;
  const double sigma = 0.8 * lambda;
  const double reach = static_cast<double>(size / 2);
  const std::size_t count = std::size_t{size} * size;
  double sum = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const double x = static_cast<double>(i % size) - reach;
    const double y = static_cast<double>(i / size) - reach;
    const double along = x * cosine + y * sine;
    const double across = kAspect * (y * cosine - x * sine);
    g[i] = ExpNonPositive(-(along * along + across * across) / (2 * sigma * sigma)) * CosOfTurns(along / lambda);
    sum += g[i];
  }
  const double mean = sum / static_cast<double>(count);
  const double highest = *std::max_element(g.begin(), g.begin() + static_cast<std::ptrdiff_t>(count)) - mean;
  std::int32_t rest = 0;
  for (std::size_t i = 0; i < count; ++i) {
    out[i] = static_cast<std::int32_t>(std::floor((g[i] - mean) / highest * kOne + 0.5));
    rest += out[i];
  }
  // What rounding left over: an even image must be silent.
  out[count / 2] -= rest;
}

GaborBank::GaborBank(const WaveParams& p, const WaveKernels& kernels) noexcept
    : params_(p),
      add_pair_(kernels.add_pair),
      reach_(p.gabor_size / 2),
      stride_(p.width + std::size_t{2} * reach_),
      least_(1),
      taps_(std::size_t{p.orientations} * p.gabor_size * p.gabor_size),
      left_(Distances(p) * kLeftRow),
      pixels_((p.height + std::size_t{2} * reach_) * stride_ + std::size_t{2} * reach_),
      response_(p.height * stride_),
      pooled_(std::size_t{p.wave_width()} * p.wave_height()),
      strength_(pooled_.size()),
      orientation_(pooled_.size()) {
  if (!ok()) return;
  const std::size_t size = std::size_t{p.gabor_size} * p.gabor_size;
  for (std::uint32_t k = 0; k < p.orientations; ++k) {
    const auto taps = taps_.span().subspan(k * size, size);
    MakeGabor(k, p.orientations, p.gabor_size, taps);
    std::int32_t positive = 0;
    for (const std::int32_t tap : taps) positive += std::max(tap, 0);
    full_scale_ = std::max(full_scale_, 255 * positive);
  }
  least_ = std::max(1, static_cast<std::int32_t>(p.contrast * static_cast<double>(full_scale_) + 0.5));
  for (std::size_t d = 0; d < Distances(p); ++d) {
    double left = 1;
    for (std::size_t n = 0; n < kLeftRow; ++n, left *= 1 - p.inhibition[d]) left_[d * kLeftRow + n] = left;
  }
}

bool GaborBank::ok() const noexcept {
  return taps_.ok() && left_.ok() && pixels_.ok() && response_.ok() && pooled_.ok() && strength_.ok() &&
         orientation_.ok();
}

void GaborBank::Pad(std::span<const std::uint8_t> pixels) noexcept {
  std::int32_t* rows = pixels_.data() + reach_;
  for (std::uint32_t row = 0; row < params_.height + 2 * reach_; ++row) {
    const std::uint32_t y = std::clamp(row, reach_, reach_ + params_.height - 1) - reach_;
    const std::uint8_t* from = pixels.data() + std::size_t{y} * params_.width;
    std::int32_t* to = rows + row * stride_;
    std::fill_n(to, reach_, from[0]);
    std::copy_n(from, params_.width, to + reach_);
    std::fill_n(to + reach_ + params_.width, reach_, from[params_.width - 1]);
  }
}

// Rows of stride: what a pass computes beyond the edges is never read. The taps on both sides of the middle are equal.
void GaborBank::Filter(std::uint32_t k) noexcept {
  const std::uint32_t size = params_.gabor_size;
  const std::size_t count = response_.size();
  const std::int32_t* taps = taps_.data() + std::size_t{k} * size * size;
  const std::int32_t* middle = pixels_.data() + reach_ + reach_ * stride_;
  const std::size_t half = std::size_t{size} * size / 2;
  for (std::size_t i = 0; i < count; ++i) response_[i] = taps[half] * middle[i];
  for (std::size_t tap = 0; tap < half; ++tap) {
    const auto dx = static_cast<std::ptrdiff_t>(tap % size) - static_cast<std::ptrdiff_t>(reach_);
    const auto dy = static_cast<std::ptrdiff_t>(tap / size) - static_cast<std::ptrdiff_t>(reach_);
    const std::ptrdiff_t away = dy * static_cast<std::ptrdiff_t>(stride_) + dx;
    add_pair_(response_.data(), middle + away, middle - away, taps[tap], count);
  }
}

void GaborBank::Pool() noexcept {
  const std::uint32_t pool = params_.gabor_pool, before = pool / 2;
  const auto begin = [&](std::uint32_t at) { return std::max(at * params_.gabor_stride, before) - before; };
  const auto end = [&](std::uint32_t at, std::uint32_t side) {
    return std::min(at * params_.gabor_stride + pool - before, side);
  };
  for (std::uint32_t y = 0; y < params_.wave_height(); ++y) {
    for (std::uint32_t x = 0; x < params_.wave_width(); ++x) {
      std::int32_t strongest = 0;
      for (std::uint32_t py = begin(y); py < end(y, params_.height); ++py) {
        for (std::uint32_t px = begin(x); px < end(x, params_.width); ++px) {
          strongest = std::max(strongest, std::abs(response_[py * stride_ + reach_ + px]));
        }
      }
      pooled_[std::size_t{y} * params_.wave_width() + x] = strongest;
    }
  }
}

std::int32_t GaborBank::Inhibited(std::uint32_t x, std::uint32_t y) const noexcept {
  const auto width = static_cast<std::int32_t>(params_.wave_width());
  const auto height = static_cast<std::int32_t>(params_.wave_height());
  const auto px = static_cast<std::int32_t>(x), py = static_cast<std::int32_t>(y);
  const auto far = static_cast<std::int32_t>(Distances(params_));
  const std::int32_t own = pooled_[static_cast<std::size_t>(py * width + px)];
  std::array<std::size_t, kMostInhibition> stronger{};
  for (std::int32_t ny = std::max(py - far, 0); ny <= std::min(py + far, height - 1); ++ny) {
    for (std::int32_t nx = std::max(px - far, 0); nx <= std::min(px + far, width - 1); ++nx) {
      if (pooled_[static_cast<std::size_t>(ny * width + nx)] <= own) continue;
      ++stronger[static_cast<std::size_t>(std::max(std::abs(ny - py), std::abs(nx - px)) - 1)];
    }
  }
  auto left = static_cast<double>(own);
  for (std::size_t d = 0; d < Distances(params_); ++d) left *= left_[d * kLeftRow + stronger[d]];
  return static_cast<std::int32_t>(left);
}

void GaborBank::Keep(std::uint32_t k) noexcept {
  for (std::uint32_t y = 0; y < params_.wave_height(); ++y) {
    for (std::uint32_t x = 0; x < params_.wave_width(); ++x) {
      const std::size_t at = std::size_t{y} * params_.wave_width() + x;
      // Inhibition only weakens.
      if (pooled_[at] < least_ || pooled_[at] <= strength_[at]) continue;
      const std::int32_t strength = Inhibited(x, y);
      if (strength <= strength_[at]) continue;
      strength_[at] = strength;
      orientation_[at] = static_cast<std::uint8_t>(k);
    }
  }
}

void GaborBank::Run(std::span<const std::uint8_t> pixels) noexcept {
  Pad(pixels);
  std::fill_n(strength_.data(), strength_.size(), 0);
  for (std::uint32_t k = 0; k < params_.orientations; ++k) {
    Filter(k);
    Pool();
    Keep(k);
  }
}

}  // namespace spikeline
