#include "kernel/synapses.hpp"

#include <cmath>
#include <numeric>
#include <vector>

#include "tests.hpp"
#include "world.hpp"

namespace spikeline::test {

namespace {

constexpr std::size_t kStride = 64;

double Weight(Synapses& synapses, std::size_t input, std::size_t neuron) {
  const std::size_t at = input * synapses.stride() + neuron;
  const bool is_u8 = synapses.f32().empty();
  const double stored = is_u8 ? static_cast<double>(synapses.u8()[at]) : static_cast<double>(synapses.f32()[at]);
  return stored * static_cast<double>(synapses.scale()[neuron]);
}

double SumOf(Synapses& synapses, const ClockedParams& p, std::size_t neuron) {
  double sum = 0;
  for (std::size_t i = 0; i < p.inputs; ++i) sum += Weight(synapses, i, neuron);
  return sum;
}

// The first quarter of the inputs grows, the rest shrinks.
std::vector<float> Lesson(const ClockedParams& p, float grow, float shrink) {
  std::vector<float> delta(p.inputs, -shrink);
  for (std::size_t i = 0; i < p.inputs / 4; ++i) delta[i] = grow;
  return delta;
}

void LearnForLong(Checks& t, WeightKind kind, Bound bound) {
  ClockedParams p = SmallParams();
  p.weights = kind;
  p.normalised_sum = 2;  // far below what five inputs at w_max would sum to: every frame grows and is scaled down
  Synapses synapses(p, kStride);
  Random random(5);
  synapses.Initialise(random);
  const auto delta = Lesson(p, 0.05F, 0.001F);
  for (int frame = 0; frame < 20000; ++frame) {
    synapses.UpdateColumn(3, delta, bound, random);
    synapses.Normalise(3, random);
  }
  const double sum = SumOf(synapses, p, 3);
  t.Expect(std::abs(sum - p.normalised_sum) < 1e-4 * p.normalised_sum, "the sum is the normalised one");
  t.Expect(synapses.scale()[3] > 1e-6F && synapses.scale()[3] < 1e6F, "the lazy scale stays near 1");
  t.Expect(std::isnormal(synapses.gain()[3]), "the gain is a normal number");
  double taught = 0;
  for (std::size_t i = 0; i < p.inputs / 4; ++i) taught += Weight(synapses, i, 3);
  t.Expect(taught > 0.9 * sum, "the taught inputs hold the weight");
}

// Plasticity one synapse at a time, down to nothing and up again.
void ForgetAndRelearn(Checks& t, WeightKind kind) {
  ClockedParams p = SmallParams();
  p.weights = kind;
  Synapses synapses(p, kStride);
  Random random(6);
  synapses.Initialise(random);
  for (int round = 0; round < 2000; ++round) {
    for (std::uint32_t i = 0; i < p.inputs; ++i) synapses.UpdateOne(i, 2, (i % 3 == 0 ? 1e-3F : -0.037F), random);
    synapses.Normalise(2, random);
  }
  for (std::uint32_t i = 0; i < p.inputs; ++i) synapses.UpdateOne(i, 2, -1e6F, random);
  synapses.Normalise(2, random);
  t.Expect(synapses.sum()[2] == 0, "the kept sum of weights that are all 0 is 0");
  for (int round = 0; round < 50; ++round) {
    for (std::uint32_t i = 0; i < p.inputs; ++i) synapses.UpdateOne(i, 2, 0.1F, random);
    synapses.Normalise(2, random);
  }
  const double sum = SumOf(synapses, p, 2);
  t.Expect(std::abs(sum - p.normalised_sum) < 1e-4 * p.normalised_sum, "a neuron that forgot all learns again");
}

}  // namespace

void TestSynapses(Checks& t) {
  for (const WeightKind kind : {WeightKind::kFloat32, WeightKind::kUint8}) {
    t.Test("fresh weights are within their start range and have the normalised sum", [&] {
      ClockedParams p = SmallParams();
      p.weights = kind;
      p.normalised_sum = 0;
      Synapses raw(p, kStride);
      Random random(1);
      raw.Initialise(random);
      for (std::size_t i = 0; i < p.inputs; ++i) {
        const double w = Weight(raw, i, 0);
        t.Expect(w >= 0 && w <= p.initial_max + p.w_max / 255, "a fresh weight lies in [0, initial_max]");
      }
      p.normalised_sum = 5;
      Synapses normalised(p, kStride);
      normalised.Initialise(random);
      for (std::size_t j = 0; j < p.neurons; ++j) {
        t.Expect(std::abs(SumOf(normalised, p, j) - 5) < 1e-4, "the sum is the normalised one");
      }
    });
    t.Test("weights, scale and sum stay sound over 20,000 learning frames", [&] {
      LearnForLong(t, kind, Bound::kHard);
      LearnForLong(t, kind, Bound::kSoft);
    });
    t.Test("a neuron can lose all its weights and learn again", [&] { ForgetAndRelearn(t, kind); });
    t.Test("weights are clipped to [0, w_max] as they change", [&] {
      ClockedParams p = SmallParams();
      p.weights = kind;
      p.normalised_sum = 0;
      Synapses synapses(p, kStride);
      Random random(1);
      synapses.Initialise(random);
      synapses.UpdateOne(0, 0, 100.0F, random);
      synapses.UpdateOne(1, 0, -100.0F, random);
      const double unit = kind == WeightKind::kUint8 ? p.w_max / 255 : 0;
      t.Expect(std::abs(Weight(synapses, 0, 0) - p.w_max) < unit + 1e-5, "a large rise ends at w_max");
      t.Expect(Weight(synapses, 1, 0) == 0, "a large fall ends at 0");
    });
  }

  t.Test("stochastic rounding keeps the expectation of small changes", [&] {
    ClockedParams p = SmallParams();
    p.inputs = 4000;
    p.weights = WeightKind::kUint8;
    p.normalised_sum = 0;
    Synapses synapses(p, kStride);
    Random random(9);
    synapses.Initialise(random);
    const double before = SumOf(synapses, p, 0);
    // A tenth of one stored unit, 50 times: +5 units a weight. Standard deviation of the mean: below 0.04 units.
    const std::vector<float> delta(p.inputs, 0.1F / 255.0F);
    for (int k = 0; k < 50; ++k) synapses.UpdateColumn(0, delta, Bound::kHard, random);
    const double risen = (SumOf(synapses, p, 0) - before) * 255 / p.inputs;
    t.Expect(std::abs(risen - 5) < 0.2, "50 changes of a tenth of a unit are 5 units");
  });
}

}  // namespace spikeline::test
