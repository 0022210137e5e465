#include "kernel/aligned_buffer.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>

#include "tests.hpp"

namespace spikeline::test {

void TestAlignedBuffer(Checks& t) {
  t.Test("a buffer is aligned and zeroed for every size", [&] {
    for (const std::size_t size : {1U, 15U, 16U, 17U, 1000U}) {
      const AlignedBuffer<float> buffer(size);
      t.Expect(buffer.ok() && buffer.size() == size, "it has its size");
      t.Expect(reinterpret_cast<std::uintptr_t>(buffer.data()) % kAlignment == 0, "it is aligned");
      t.Expect(std::all_of(buffer.span().begin(), buffer.span().end(), [](float x) { return x == 0; }), "it is zeroed");
    }
  });
  t.Test("an empty buffer is sound and gives an empty span", [&] {
    const AlignedBuffer<std::uint8_t> buffer(0);
    t.Expect(buffer.ok() && buffer.span().empty(), "it is empty");
  });
  t.Test("a size that does not fit in memory or in size_t is told, not thrown", [&] {
    t.Expect(!AlignedBuffer<double>(std::numeric_limits<std::size_t>::max()).ok(), "2^64 numbers are refused");
    t.Expect(!AlignedBuffer<double>(std::numeric_limits<std::size_t>::max() / sizeof(double)).ok(), "2^64 bytes are refused");
    t.Expect(!AlignedBuffer<double>(std::size_t{1} << 45).ok(), "2^48 bytes are refused");
  });
}

}  // namespace spikeline::test
