// Seeded integer random numbers, bit for bit those of src/core/random.ts: xoshiro128++ (Blackman & Vigna 2021),
// seeded by the finalizer of MurmurHash3. Integers only, so equal on every machine.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

namespace spikeline {

[[nodiscard]] constexpr std::uint32_t Mix32(std::uint32_t h) noexcept {
  h = (h ^ (h >> 16)) * 0x85ebca6bU;
  h = (h ^ (h >> 13)) * 0xc2b2ae35U;
  return h ^ (h >> 16);
}

inline constexpr std::uint32_t kGolden = 0x9e3779b9U;

// One key from several words; order matters.
template <typename... Words>
[[nodiscard]] constexpr std::uint32_t HashWords(Words... words) noexcept {
  std::uint32_t key = 0;
  ((key = Mix32((key ^ static_cast<std::uint32_t>(words)) + kGolden)), ...);
  return key;
}

// Word k of the state seeded by `key`.
[[nodiscard]] constexpr std::uint32_t SeedWord(std::uint32_t key, std::uint32_t k) noexcept {
  return Mix32(key + (k + 1) * kGolden);
}

class Random {
 public:
  using State = std::array<std::uint32_t, 4>;

  constexpr explicit Random(std::uint32_t key) noexcept
      : s_{SeedWord(key, 0) | 1U, SeedWord(key, 1), SeedWord(key, 2), SeedWord(key, 3)} {}

  [[nodiscard]] constexpr const State& state() const noexcept { return s_; }
  constexpr void set_state(const State& state) noexcept { s_ = state; }

  constexpr std::uint32_t Next() noexcept {
    const std::uint32_t result = std::rotl(s_[0] + s_[3], 7) + s_[0];
    const std::uint32_t t = s_[1] << 9;
    s_[2] ^= s_[0];
    s_[3] ^= s_[1];
    s_[1] ^= s_[2];
    s_[0] ^= s_[3];
    s_[2] ^= t;
    s_[3] = std::rotl(s_[3], 11);
    return result;
  }

  // Uniform in [0, 1) with 24 bits, exact in float.
  constexpr float NextUnit() noexcept { return static_cast<float>(Next() >> 8) * (1.0F / 16777216.0F); }

 private:
  State s_;
};

}  // namespace spikeline
