#include "synapses.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace spikeline {

namespace {

// uint8: one stored unit at a fresh scale is 1/255 of w_max. The scale may drift within this band before the
// neuron's weights are written anew: below it, w_max could not be reached; above it, steps grow coarse.
constexpr float kBandLow = 0.75F;
constexpr float kBandHigh = 1.5F;

// float32: a neuron that grows in every frame is scaled down in every frame, so stored weights rise for ever. Past this
// factor the scale is moved into them, by a power of two: nothing is rounded, and the floats never run out of range.
constexpr float kFarScale = 0x1p20F;
// Weights that would have to be scaled up by more are as good as none: they stay as they are.
constexpr double kLargestScale = 1e18;

// Two 16-bit halves of each random word, low half first. Works on a copy of the generator, which the compiler can
// keep in registers (8-bit weights may alias anything), and hands it back at the end.
class Halves {
 public:
  explicit Halves(Random& random) noexcept : owner_(random), random_(random) {}
  ~Halves() { owner_ = random_; }
  Halves(const Halves&) = delete;
  Halves& operator=(const Halves&) = delete;
  // Uniform in [0, 1) with 16 bits.
  float Next() noexcept {
    has_ = !has_;
    if (has_) word_ = random_.Next();
    const std::uint32_t half = has_ ? word_ & 0xffffU : word_ >> 16;
    return static_cast<float>(half) * (1.0F / 65536.0F);
  }

 private:
  Random& owner_;
  Random random_;
  std::uint32_t word_ = 0;
  bool has_ = false;
};

// A column's weights lie a row apart: each is a cache line of its own, asked for this many rows ahead.
constexpr std::size_t kRowsAhead = 24;

// floor(value + unit), clipped to [0, cap].
std::uint8_t RoundStochastically(float value, float unit, float cap) noexcept {
  const float shifted = value + unit;
  const float clipped = shifted < 0.0F ? 0.0F : (shifted > cap ? cap : shifted);
  return static_cast<std::uint8_t>(static_cast<std::int32_t>(clipped));
}

float Clip(float w, float cap) noexcept {
  const float low = w < 0.0F ? 0.0F : w;
  return low > cap ? cap : low;
}

// The sum is taken in four interleaved parts, so that the additions do not wait for each other.
template <Bound kBound>
double UpdateStrided(float* w, std::size_t stride, std::span<const float> delta, float inverse, float cap) noexcept {
  double part[4] = {0, 0, 0, 0};
  const auto update = [=](float* at, float d) noexcept {
    const float step = kBound == Bound::kHard ? d * inverse : d * (cap - *at);
    *at = Clip(*at + step, cap);
    return static_cast<double>(*at);
  };
  std::size_t i = 0;
  for (; i + 4 <= delta.size(); i += 4, w += 4 * stride) {
    for (std::size_t k = 0; k < 4; ++k) {
      __builtin_prefetch(w + (k + kRowsAhead) * stride, 1);
      part[k] += update(w + k * stride, delta[i + k]);
    }
  }
  for (; i < delta.size(); ++i, w += stride) part[i & 3] += update(w, delta[i]);
  return (part[0] + part[1]) + (part[2] + part[3]);
}

template <Bound kBound>
double UpdateStrided(std::uint8_t* w, std::size_t stride, std::span<const float> delta, float inverse, float cap,
                     Random& random) noexcept {
  const float top = std::min(cap, 255.0F);
  Halves halves(random);
  std::uint32_t sum = 0;
  const auto update = [&](std::uint8_t* at, float d) noexcept {
    const auto q = static_cast<float>(*at);
    const float step = kBound == Bound::kHard ? d * inverse : d * (cap - q);
    *at = RoundStochastically(q + step, halves.Next(), top);
    sum += *at;
  };
  const std::size_t size = delta.size();
  const float* d = delta.data();
  std::size_t i = 0;
  for (; i + 2 <= size; i += 2, w += 2 * stride) {
    __builtin_prefetch(w + kRowsAhead * stride, 1);
    __builtin_prefetch(w + (kRowsAhead + 1) * stride, 1);
    update(w, d[i]);
    update(w + stride, d[i + 1]);
  }
  if (i < size) update(w, d[i]);
  return static_cast<double>(sum);
}

}  // namespace

Synapses::Synapses(const ClockedParams& p, std::size_t stride) noexcept
    : inputs_(p.inputs),
      neurons_(p.neurons),
      stride_(stride),
      is_u8_(p.weights == WeightKind::kUint8),
      w_max_(static_cast<float>(p.w_max)),
      initial_max_(static_cast<float>(p.initial_max)),
      params_gain_(static_cast<float>(p.gain)),
      normalised_sum_(p.normalised_sum),
      f32_(is_u8_ ? 0 : stride * p.inputs),
      u8_(is_u8_ ? stride * p.inputs : 0),
      scale_(stride),
      gain_(stride),
      sum_(stride),
      is_stale_(stride) {}

bool Synapses::ok() const noexcept {
  return f32_.ok() && u8_.ok() && scale_.ok() && gain_.ok() && sum_.ok() && is_stale_.ok();
}

void Synapses::Initialise(Random& random) noexcept {
  const float scale = is_u8_ ? w_max_ / 255.0F : 1.0F;
  for (std::uint32_t j = 0; j < neurons_; ++j) scale_[j] = scale;
  for (std::uint32_t i = 0; i < inputs_; ++i) {
    for (std::uint32_t j = 0; j < neurons_; ++j) {
      const float w = random.NextUnit() * initial_max_;
      const std::size_t at = i * stride_ + j;
      if (is_u8_) u8_[at] = RoundStochastically(w / scale, random.NextUnit(), 255.0F);
      else f32_[at] = w;
      sum_[j] += is_u8_ ? static_cast<double>(u8_[at]) : static_cast<double>(w);
    }
  }
  for (std::uint32_t j = 0; j < neurons_; ++j) {
    RefreshGain(j);
    Normalise(j, random);
  }
}

void Synapses::UpdateColumn(std::uint32_t neuron, std::span<const float> delta, Bound bound, Random& random) noexcept {
  assert(delta.size() == inputs_);
  const float inverse = 1.0F / scale_[neuron];
  const float cap = w_max_ * inverse;
  const bool hard = bound == Bound::kHard;
  if (is_u8_) {
    std::uint8_t* w = u8_.data() + neuron;
    sum_[neuron] = hard ? UpdateStrided<Bound::kHard>(w, stride_, delta, inverse, cap, random)
                        : UpdateStrided<Bound::kSoft>(w, stride_, delta, inverse, cap, random);
  } else {
    float* w = f32_.data() + neuron;
    sum_[neuron] = hard ? UpdateStrided<Bound::kHard>(w, stride_, delta, inverse, cap)
                        : UpdateStrided<Bound::kSoft>(w, stride_, delta, inverse, cap);
  }
}

void Synapses::UpdateOne(std::uint32_t input, std::uint32_t neuron, float delta, Random& random) noexcept {
  const float inverse = 1.0F / scale_[neuron];
  const float cap = w_max_ * inverse;
  const std::size_t at = input * stride_ + neuron;
  is_stale_[neuron] = 1;
  if (is_u8_) {
    const float unit = static_cast<float>(random.Next() >> 16) * (1.0F / 65536.0F);
    u8_[at] = RoundStochastically(static_cast<float>(u8_[at]) + delta * inverse, unit, std::min(cap, 255.0F));
  } else {
    f32_[at] = Clip(f32_[at] + delta * inverse, cap);
  }
}

void Synapses::Resum(std::uint32_t neuron) noexcept {
  double part[4] = {0, 0, 0, 0};
  for (std::uint32_t i = 0; i < inputs_; ++i) {
    const std::size_t at = i * stride_ + neuron;
    part[i & 3] += is_u8_ ? static_cast<double>(u8_[at]) : static_cast<double>(f32_[at]);
  }
  sum_[neuron] = (part[0] + part[1]) + (part[2] + part[3]);
  is_stale_[neuron] = 0;
}

void Synapses::Normalise(std::uint32_t neuron, Random& random) noexcept {
  if (is_stale_[neuron] != 0) Resum(neuron);
  if (normalised_sum_ <= 0 || normalised_sum_ >= kLargestScale * sum_[neuron]) return;
  scale_[neuron] = static_cast<float>(normalised_sum_ / sum_[neuron]);
  if (is_u8_) {
    const float full = scale_[neuron] * 255.0F;
    if (full < kBandLow * w_max_ || full > kBandHigh * w_max_) Requantise(neuron, random);
  } else if (scale_[neuron] < 1.0F / kFarScale || scale_[neuron] > kFarScale) {
    Rebase(neuron);
  }
  RefreshGain(neuron);
}

// Brings the scale into [1, 2) and the weights with it.
void Synapses::Rebase(std::uint32_t neuron) noexcept {
  const int shift = std::ilogb(scale_[neuron]);
  const float factor = std::ldexp(1.0F, shift);
  float* w = f32_.data() + neuron;
  for (std::uint32_t i = 0; i < inputs_; ++i, w += stride_) *w *= factor;
  scale_[neuron] = std::ldexp(scale_[neuron], -shift);
  sum_[neuron] = std::ldexp(sum_[neuron], shift);
}

// Writes the neuron's weights anew at the fresh scale and makes the sum exact again by the scale.
void Synapses::Requantise(std::uint32_t neuron, Random& random) noexcept {
  const float fresh = w_max_ / 255.0F;
  const float ratio = scale_[neuron] / fresh;
  Halves halves(random);
  std::uint32_t sum = 0;
  std::uint8_t* w = u8_.data() + neuron;
  for (std::uint32_t i = 0; i < inputs_; ++i, w += stride_) {
    *w = RoundStochastically(static_cast<float>(*w) * ratio, halves.Next(), 255.0F);
    sum += *w;
  }
  sum_[neuron] = static_cast<double>(sum);
  if (sum > 0) scale_[neuron] = static_cast<float>(normalised_sum_ / static_cast<double>(sum));
}

}  // namespace spikeline
