#include "kernel/class_scores.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "kernel/aligned_buffer.hpp"
#include "kernel/random.hpp"
#include "kernel/rate_schedule.hpp"
#include "kernel/sparse_rows.hpp"
#include "tests.hpp"

namespace spikeline::test {

void TestClassScores(Checks& t) {
  t.Test("the best and the second are found; of equal ones the lower class comes first", [&] {
    const auto is = [&](std::array<float, 4> score, std::uint32_t best, std::uint32_t second, float margin) {
      const BestTwo found = FindBestTwo(score);
      t.Expect(found.best == best && found.second == second && found.margin == margin, "best, second, margin");
    };
    is({1, 2, 3, 4}, 3, 2, 1);
    is({4, 3, 2, 1}, 0, 1, 1);
    is({5, 5, 5, 5}, 0, 1, 0);
    is({1, 7, 3, 7}, 1, 3, 0);
    is({-3, -1, -2, -9}, 1, 2, 1);
    is({2, 9, 2, 2}, 1, 0, 7);
  });
  t.Test("softmax sums to 1, keeps the order, and bears scores of any size", [&] {
    const std::array<float, 4> score{-1e12F, 1e12F, 1e12F, 0};
    std::array<double, 4> share{};
    Softmax(score, share);
    t.Expect(share[0] == 0 && share[1] == 0.5 && share[2] == 0.5 && share[3] == 0, "far apart");
    const std::array<float, 3> near{0, 1, 2};
    std::array<double, 3> part{};
    Softmax(near, part);
    t.Expect(std::abs(part[0] + part[1] + part[2] - 1) < 1e-15, "sum");
    t.Expect(std::abs(part[2] / part[1] - std::exp(1.0)) < 1e-14, "ratio e");
  });
  t.Test("a rate goes straight from first to last and stays there", [&] {
    const RateSchedule rate{.first = 0.1, .last = 0.02, .frames = 100};
    t.Expect(rate.At(0) == 0.1 && std::abs(rate.At(50) - 0.06) < 1e-15 && rate.At(100) == 0.02, "on the line");
    t.Expect(rate.At(~std::uint64_t{0}) == 0.02 && RateSchedule{.first = 0.5, .last = 0.2}.At(0) == 0.2, "after it");
    t.Expect(RateSchedule{.first = -1}.Check() != Status::kOk && RateSchedule{.last = 2}.Check() != Status::kOk, "bad");
  });
}

void TestSparseRows(Checks& t) {
  t.Test("sums and changes are those of a plain loop, for any width", [&] {
    Random random(3);
    for (std::size_t stride = kRowPad; stride <= 44; stride += kRowPad) {
      constexpr std::size_t kInputs = 11;
      AlignedBuffer<float> weights(kInputs * stride);
      AlignedBuffer<float> sum(stride);
      AlignedBuffer<float> delta(stride);
      for (float& w : weights.span()) w = random.NextUnit() - 0.5F;
      for (float& d : delta.span()) d = random.NextUnit() - 0.5F;
      std::array<std::uint32_t, 8> index{7, 1, 10, 0, 4, 0, 0, 0};
      std::array<float, 8> value{1, 2, 0.5F, 3, 0.25F, 0, 0, 0};
      const SparseFrame frame{.index = index.data(), .value = value.data(), .count = 5};
      SumRows(weights.data(), stride, frame, sum.data());
      for (std::size_t n = 0; n < stride; ++n) {
        float expected = 0;
        for (std::size_t k = 0; k < 8; k += 4) {
          const auto product = [&](std::size_t r) { return value[k + r] * weights[index[k + r] * stride + n]; };
          expected += (product(0) + product(1)) + (product(2) + product(3));
        }
        t.Expect(sum[n] == expected, "sum");
      }
      AlignedBuffer<float> before(kInputs * stride);
      std::copy_n(weights.data(), weights.size(), before.data());
      AddRows(weights.data(), stride, frame, delta.data());
      for (std::size_t k = 0; k < 5; ++k) {
        for (std::size_t n = 0; n < stride; ++n) {
          const std::size_t at = index[k] * stride + n;
          t.Expect(weights[at] == before[at] + value[k] * delta[n], "change");
        }
      }
      t.Expect(weights[2 * stride] == before[2 * stride], "silent rows stay");
    }
  });
}

}  // namespace spikeline::test
