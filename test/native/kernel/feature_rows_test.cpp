#include "kernel/feature_rows.hpp"

#include <algorithm>
#include <memory>
#include <vector>

#include "feature_world.hpp"
#include "tests.hpp"

namespace spikeline::test {

void TestFeatureRows(Checks& t) {
  const PoolParams p{.features = 3, .width = 5, .height = 4, .grid = 2};
  std::unique_ptr<FeatureRows> rows;
  t.Test("each frame is a row of its values, and silence is 0, whatever stood there", [&] {
    t.Expect(FeatureRows::Create(p, rows) == Status::kOk, "made");
    FeatureBatch batch;
    batch.Spike(2, 4, 3);
    batch.Spike(0, 0, 0);
    batch.Spike(2, 4, 3);
    batch.Spike(2, 4, 3);
    batch.Spike(2, 4, 3);
    batch.EndFrame(0);
    batch.EndFrame(0);
    std::vector<float> out(2 * 12, 9.0F);
    t.Expect(rows->Fill(batch.View(), out) == Status::kOk, "filled");
    std::vector<float> expected(2 * 12, 0.0F);
    expected[0] = 1;
    expected[3 * 3 + 2] = 2;
    t.Expect(out == expected, "two inputs of the first frame");
  });
  t.Test("rows of another size and spikes off the map are refused, and nothing is written", [&] {
    FeatureBatch batch = DrawFeatures(p, 3, 2, 9, 4);
    std::vector<float> out(2 * 12, 9.0F);
    t.Expect(rows->Fill(batch.View(), std::span(out).first(23)) == Status::kBadSize, "too short");
    batch.x[3] = 5;
    t.Expect(rows->Fill(batch.View(), out) == Status::kOutOfRange, "off the map");
    t.Expect(std::all_of(out.begin(), out.end(), [](float value) { return value == 9; }), "untouched");
  });
  t.Test("a pooling that cannot be is not made", [&] {
    PoolParams wrong = p;
    wrong.grid = 6;
    t.Expect(FeatureRows::Create(wrong, rows) == Status::kBadSize, "refused");
  });
}

}  // namespace spikeline::test
