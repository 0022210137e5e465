// Vectors of a width that is a template parameter. As wave_walk_inl.hpp, include it only after a target pragma.
#pragma once

#include <cstddef>
#include <cstdint>

namespace spikeline::wave {

template <int Bytes, typename T>
struct Types {
  typedef T Vector __attribute__((vector_size(Bytes), may_alias));
};
template <int Bytes, typename T>
using Vector = typename Types<Bytes, T>::Vector;
template <int Bytes>
using Words = Vector<Bytes, std::uint64_t>;

template <int Bytes>
inline __attribute__((always_inline)) bool Any(const Words<Bytes>& mask) noexcept {
  std::uint64_t any = 0;
  for (std::size_t i = 0; i < Bytes / 8; ++i) any |= mask[i];
  return any != 0;
}

}  // namespace spikeline::wave
