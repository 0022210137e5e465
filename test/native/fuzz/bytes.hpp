// Takes numbers from the fuzzer's bytes, one after the other; past the end everything is 0.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace spikeline::fuzz {

class Bytes {
 public:
  explicit Bytes(std::span<const std::uint8_t> bytes) noexcept : left_(bytes) {}

  [[nodiscard]] bool empty() const noexcept { return left_.empty(); }

  template <typename T>
  T Take() noexcept {
    T value{};
    const std::size_t size = std::min(sizeof(T), left_.size());
    std::memcpy(&value, left_.data(), size);
    left_ = left_.subspan(size);
    return value;
  }

  // 0 .. bound − 1.
  std::uint32_t Below(std::uint32_t bound) noexcept { return Take<std::uint16_t>() % bound; }
  // One of 65,536 values from low to high.
  double Between(double low, double high) noexcept { return low + (high - low) * Take<std::uint16_t>() / 65535.0; }

 private:
  std::span<const std::uint8_t> left_;
};

}  // namespace spikeline::fuzz
