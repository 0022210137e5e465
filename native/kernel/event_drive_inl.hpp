// The bodies of event_drive.hpp as templates over the vector width and the field's side. Include it only from
// event_drive_<set>.cpp, after that file's target pragma: a width is instantiated in exactly one file, so no code for
// one CPU leaks into another's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "event_drive.hpp"

namespace spikeline::events {

template <int Bytes, typename T>
struct Types {
  typedef T Vector __attribute__((vector_size(Bytes), may_alias));
};
template <int Bytes, typename T>
using Vector = typename Types<Bytes, T>::Vector;

// The highest of the lanes: halves against each other down to 16 bytes.
template <int Bytes>
inline __attribute__((always_inline)) float Highest(const Vector<Bytes, float>& value) noexcept {
  if constexpr (Bytes > 16) {
    Vector<Bytes / 2, float> half[2];
    std::memcpy(half, &value, sizeof half);
    return Highest<Bytes / 2>(half[1] > half[0] ? half[1] : half[0]);
  } else {
    const float a = value[1] > value[0] ? value[1] : value[0];
    const float b = value[3] > value[2] ? value[3] : value[2];
    return b > a ? b : a;
  }
}

// The lowest index whose excess is exactly `highest`. Kept out of the loop of events that make nobody spike.
template <int Bytes, std::size_t Side>
__attribute__((noinline)) std::uint32_t Find(const EventDrive& a, const float* potential, float gain,
                                             float highest) noexcept {
  using F = Vector<Bytes, float>;
  using I = Vector<Bytes, std::int32_t>;
  constexpr std::size_t kLanes = Bytes / sizeof(float);
  I lane;
  for (std::size_t k = 0; k < kLanes; ++k) lane[k] = static_cast<std::int32_t>(k);
  I found = I{} + INT32_MAX;
  for (std::size_t first = 0; first < a.stride; first += kLanes) {
    const F level = *reinterpret_cast<const F*>(a.threshold + first) * gain;
    for (std::size_t row = 0; row < Side; ++row) {
      for (std::size_t column = 0; column < Side; ++column) {
        const F excess =
            *reinterpret_cast<const F*>(potential + row * a.row_stride + column * a.stride + first) - level;
        const I index = lane + static_cast<std::int32_t>((row * Side + column) * a.stride + first);
        found = ((I)(excess == highest) & (I)(index < found)) != 0 ? index : found;
      }
    }
  }
  std::int32_t lowest = found[0];
  for (std::size_t k = 1; k < kLanes; ++k) lowest = found[k] < lowest ? found[k] : lowest;
  return static_cast<std::uint32_t>(lowest);
}

template <int Bytes, std::size_t Side>
std::uint32_t Drive(const EventDrive& a, float* potential, float gain) noexcept {
  using F = Vector<Bytes, float>;
  constexpr std::size_t kLanes = Bytes / sizeof(float);
  static_assert(kEventMapPad % (2 * kLanes) == 0);
  F best[2] = {};
  for (std::size_t first = 0; first < a.stride; first += 2 * kLanes) {
    const F level[2] = {*reinterpret_cast<const F*>(a.threshold + first) * gain,
                        *reinterpret_cast<const F*>(a.threshold + first + kLanes) * gain};
    const float* weights = a.weights + first;
    for (std::size_t row = 0; row < Side; ++row) {
      float* values = potential + row * a.row_stride + first;
#pragma GCC unroll 7
      for (std::size_t column = 0; column < Side; ++column, weights += a.stride, values += a.stride) {
        for (std::size_t v = 0; v < 2; ++v) {
          F& value = *reinterpret_cast<F*>(values + v * kLanes);
          value += *reinterpret_cast<const F*>(weights + v * kLanes) * gain;
          const F excess = value - level[v];
          best[v] = excess > best[v] ? excess : best[v];
        }
      }
    }
  }
  const float highest = Highest<Bytes>(best[1] > best[0] ? best[1] : best[0]);
  return highest > 0 ? Find<Bytes, Side>(a, potential, gain, highest) : kNoSpike;
}

template <int Bytes>
constexpr EventKernels MakeEventKernels(const char* name) noexcept {
  return {{nullptr, &Drive<Bytes, 3>, &Drive<Bytes, 5>, &Drive<Bytes, 7>}, name};
}

}  // namespace spikeline::events
