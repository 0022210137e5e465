#include "kernel/feature_pool.hpp"

#include <array>
#include <cmath>
#include <vector>

#include "feature_world.hpp"
#include "tests.hpp"

namespace spikeline::test {

namespace {

struct Pooled {
  std::vector<std::uint32_t> index;
  std::vector<float> value;
  std::size_t count = 0;
};

Pooled PoolOne(const PoolParams& params, const FeatureBatch& batch, const Warp* warp) {
  FeaturePool pool(params);
  Pooled out{std::vector<std::uint32_t>(ListRoom(params.Inputs())), std::vector<float>(ListRoom(params.Inputs()))};
  SparseFrame frame{.index = out.index.data(), .value = out.value.data()};
  pool.Pool(batch.View().Frame(0), warp, frame);
  out.count = frame.count;
  return out;
}

}  // namespace

void TestFeaturePool(Checks& t) {
  const PoolParams p{.features = 3, .width = 5, .height = 4, .grid = 2};
  t.Test("spikes are counted by feature and cell, in the order of their first spike", [&] {
    FeatureBatch batch;
    batch.Spike(2, 4, 3);  // cell 1, 1
    batch.Spike(0, 0, 0);  // cell 0, 0
    batch.Spike(2, 3, 2);  // cell 1, 1 again: 3·2/5 = 1
    batch.Spike(1, 2, 3);  // cell 0, 1
    batch.EndFrame(0);
    const Pooled out = PoolOne(p, batch, nullptr);
    t.Expect(out.count == 3, "three inputs");
    t.Expect(out.index[0] == 3 * 3 + 2 && out.index[1] == 0 && out.index[2] == 2 * 3 + 1, "which");
    t.Expect(out.value[0] == std::sqrt(2.0F) && out.value[1] == 1 && out.value[2] == 1, "square roots");
    t.Expect(out.index[3] == 0 && out.value[3] == 0, "filled up with silence");
  });
  t.Test("a frame can have length 1, whatever its values", [&] {
    for (const PoolValue value : {PoolValue::kSqrt, PoolValue::kCount}) {
      PoolParams normed = p;
      normed.value = value;
      normed.norm = Norm::kL2;
      const Pooled out = PoolOne(normed, DrawFeatures(p, 3, 1, 60, 5), nullptr);
      double square = 0;
      for (std::size_t k = 0; k < out.count; ++k) square += static_cast<double>(out.value[k]) * static_cast<double>(out.value[k]);
      t.Expect(std::abs(square - 1) < 1e-5, "length");
    }
  });
  t.Test("a frame of every input at once fits its list", [&] {
    FeatureBatch batch;
    for (std::uint32_t k = 0; k < 3 * 5 * 4; ++k) batch.Spike(k % 3, k / 3 % 5, k / 15);
    batch.EndFrame(0);
    t.Expect(PoolOne(p, batch, nullptr).count == p.Inputs(), "all");
  });
  t.Test("what lies off the map is refused, and left out by who does not ask", [&] {
    const FeaturePool pool(p);
    for (const auto& [feature, x, y] : {std::array{3U, 0U, 0U}, std::array{0U, 5U, 0U}, std::array{0U, 0U, 4U}}) {
      FeatureBatch batch;
      batch.Spike(feature, x, y);
      batch.EndFrame(0);
      t.Expect(pool.Check(batch.View()) == Status::kOutOfRange, "refused");
      t.Expect(PoolOne(p, batch, nullptr).count == 0, "left out");
    }
    FeatureBatch fine = DrawFeatures(p, 3, 3, 5, 6);
    t.Expect(pool.Check(fine.View()) == Status::kOk, "fine");
    fine.start[1] = 11;
    t.Expect(pool.Check(fine.View()) == Status::kBadSize, "falling frames");
    t.Expect(fine.View().Frame(1).feature.empty(), "a frame that ends before it begins is empty");
  });
  t.Test("a shift moves all by the same and leaves out what left the map", [&] {
    FeatureBatch batch;
    for (std::uint32_t x = 0; x < 5; ++x) batch.Spike(0, x, 1);
    batch.EndFrame(0);
    const PoolParams fine{.features = 1, .width = 5, .height = 5, .grid = 5};
    const Warp warp{.xx = 65536, .xy = 0, .x0 = 2 * 65536 + 32768, .yx = 0, .yy = 65536, .y0 = -65536 + 32768,
                    .drop_below = 0, .random = Random(1)};
    const Pooled out = PoolOne(fine, batch, &warp);
    t.Expect(out.count == 3 && out.index[0] == 2 && out.index[1] == 3 && out.index[2] == 4, "two right and one up");
  });
}

void TestAugmentation(Checks& t) {
  t.Test("nothing to move leaves every position where it is", [&] {
    const Warp warp = DrawWarp({}, 22, 17, 5);
    bool same = true;
    for (std::int32_t x = 0; x < 22; ++x) {
      for (std::int32_t y = 0; y < 17; ++y) {
        same = same && (warp.xx * x + warp.xy * y + warp.x0) >> 16 == x && (warp.yx * x + warp.yy * y + warp.y0) >> 16 == y;
      }
    }
    t.Expect(same && warp.drop_below == 0, "the identity");
    t.Expect(!AugmentParams{}.MovesAnything(), "says so");
  });
  t.Test("a rotation keeps distances, within its rounding, and stays in its range", [&] {
    double widest = 0;
    for (std::uint32_t key = 0; key < 500; ++key) {
      const Warp w = DrawWarp({.rotation_rad = 0.5}, 22, 22, key);
      const double length = std::hypot(w.xx / 65536.0, w.yx / 65536.0);
      t.Expect(std::abs(length - 1) < 4e-5, "length 1");
      t.Expect(w.xx == w.yy && std::abs(w.xy + w.yx) <= 1, "a rotation");
      const double angle = std::atan2(w.yx, w.xx);
      t.Expect(std::abs(angle) < 0.5001, "within the range");
      widest = std::max(widest, std::abs(angle));
    }
    t.Expect(widest > 0.48, "all of the range");
  });
  t.Test("dropout leaves out its share", [&] {
    const PoolParams p{.features = 1, .width = 256, .height = 256, .grid = 256};
    FeatureBatch batch;
    for (std::uint32_t k = 0; k < 65536; ++k) batch.Spike(0, k % 256, k / 256);
    batch.EndFrame(0);
    const Warp warp = DrawWarp({.dropout = 0.3}, 256, 256, 7);
    FeaturePool pool(p);
    std::vector<std::uint32_t> index(ListRoom(p.Inputs()));
    std::vector<float> value(ListRoom(p.Inputs()));
    SparseFrame out{.index = index.data(), .value = value.data()};
    pool.Pool(batch.View().Frame(0), &warp, out);
    const double stayed = static_cast<double>(out.count) / 65536;
    t.Expect(std::abs(stayed - 0.7) < 0.008, "0.7 stay: four standard errors");
  });
  t.Test("parameters out of range are refused", [&] {
    for (const AugmentParams& p : {AugmentParams{.shift_px = 65}, AugmentParams{.rotation_rad = -0.1},
                                   AugmentParams{.shear = 0.6}, AugmentParams{.scale = std::nan("")},
                                   AugmentParams{.dropout = 1}}) {
      t.Expect(p.Check() == Status::kBadParameter, "refused");
    }
    t.Expect(AugmentParams{.shift_px = 1, .rotation_rad = 0.15, .shear = 0.1, .scale = 0.1, .dropout = 0.3}.Check() ==
                 Status::kOk, "usual ones");
  });
}

}  // namespace spikeline::test
