// The complete state between frames: read, written back, refused.
#include <cstring>
#include <limits>

#include "kernel/clocked_network.hpp"
#include "tests.hpp"
#include "world.hpp"

namespace spikeline::test {

namespace {

constexpr std::uint32_t kFrameUs = 60000;

ClockedParams Variant(WeightKind weights, Rule rule, Competition competition) {
  ClockedParams p = SmallParams();
  p.weights = weights;
  p.rule = rule;
  p.competition = competition;
  p.eta_pre = 0.002;
  p.rest_ms = 3;  // shorter than the refractory period: neurons are still held when the state is read
  return p;
}

void ContinueBitForBit(Checks& t, const ClockedParams& p) {
  const auto original = Make(p);
  (void)PresentImages(*original, Pictures(p, 10, 1), 10, Learning::kOn);
  (void)PresentSpikes(*original, SpikeTrain(p, 300, kFrameUs, 2), kFrameUs, Learning::kOn);
  StateCopy saved = StateOf(*original);
  ClockedParams other_seed = p;
  const auto restored = Make(other_seed);
  (void)PresentImages(*restored, Pictures(p, 3, 99), 3, Learning::kOn);
  if (!t.Expect(restored->WriteState(saved.View()) == Status::kOk, "the state is taken")) return;
  t.Expect(StateOf(*restored) == saved, "what was written is read again");
  for (std::uint32_t k = 0; k < 5; ++k) {
    const auto pixels = Pictures(p, 4, 10 + k);
    const auto spikes = SpikeTrain(p, 300, kFrameUs, 20 + k);
    t.Expect(PresentImages(*original, pixels, 4, Learning::kOn) == PresentImages(*restored, pixels, 4, Learning::kOn),
             "images give the same spikes");
    t.Expect(PresentSpikes(*original, spikes, kFrameUs, Learning::kOn) ==
                 PresentSpikes(*restored, spikes, kFrameUs, Learning::kOn),
             "spikes give the same spikes");
  }
  t.Expect(StateOf(*original) == StateOf(*restored), "the states are the same, bit for bit");
}

template <typename Change>
void Refuse(Checks& t, const ClockedParams& p, const char* what, Change change) {
  const auto network = Make(p);
  (void)PresentImages(*network, Pictures(p, 3, 1), 3, Learning::kOn);
  const StateCopy before = StateOf(*network);
  StateCopy broken = before;
  change(broken);
  t.Expect(network->WriteState(broken.View()) == Status::kBadState, what);
  t.Expect(StateOf(*network) == before, "a refused state changes nothing");
}

void RefuseBrokenState(Checks& t) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float infinity = std::numeric_limits<float>::infinity();
  const ClockedParams p = SmallParams();
  for (const float bad : {nan, infinity, -1.0F, 1e30F}) {
    Refuse(t, p, "a weight out of range", [&](StateCopy& s) { s.weights_f32.back() = bad; });
    Refuse(t, p, "a scale out of range", [&](StateCopy& s) { s.scale.back() = bad; });
    Refuse(t, p, "a threshold out of range", [&](StateCopy& s) { s.theta.back() = bad; });
    Refuse(t, p, "a sum out of range", [&](StateCopy& s) { s.sum.back() = static_cast<double>(bad); });
  }
  for (const float bad : {0.0F, 1e-40F}) {
    Refuse(t, p, "a scale that would make weights infinite", [&](StateCopy& s) { s.scale.front() = bad; });
  }
  for (const float bad : {nan, infinity, -infinity, -1e30F, 1e30F}) {
    Refuse(t, p, "a membrane out of range", [&](StateCopy& s) { s.membrane.back() = bad; });
  }
  for (const std::int32_t bad : {-1, 65537, INT32_MAX, INT32_MIN}) {
    Refuse(t, p, "a refractory period out of range", [&](StateCopy& s) { s.refractory.back() = bad; });
  }
  for (const std::int32_t bad : {-2, INT32_MAX, INT32_MIN}) {
    Refuse(t, p, "an input's age out of range", [&](StateCopy& s) { s.pre_age.back() = bad; });
    Refuse(t, p, "a neuron's age out of range", [&](StateCopy& s) { s.post_age.back() = bad; });
  }
  Refuse(t, p, "a generator that would stand still", [](StateCopy& s) {
    for (std::size_t k = 0; k < 4; ++k) s.counters[k] = 0;
  });
}

void RefuseWrongSizes(Checks& t) {
  const ClockedParams p = SmallParams();
  const auto network = Make(p);
  StateCopy copy = StateOf(*network);
  const auto refused = [&](StateView view) {
    return network->WriteState(view) == Status::kBadSize && network->ReadState(view) == Status::kBadSize;
  };
  StateView view = copy.View();
  view.weights_f32 = view.weights_f32.first(1);
  t.Expect(refused(view), "too few weights");
  view = copy.View();
  std::vector<std::uint8_t> bytes(std::size_t{p.inputs} * p.neurons);
  view.weights_u8 = bytes;
  t.Expect(refused(view), "weights of the other kind");
  view = copy.View();
  view.pre_age = view.pre_age.first(p.neurons);
  t.Expect(refused(view), "too few ages");
  view = copy.View();
  view.counters = view.counters.first(7);
  t.Expect(refused(view), "too few counters");
  t.Expect(refused({}), "nothing at all");
}

}  // namespace

void TestClockedState(Checks& t) {
  t.Test("a network given another's state continues bit for bit", [&] {
    for (const WeightKind weights : {WeightKind::kFloat32, WeightKind::kUint8}) {
      for (const Rule rule : {Rule::kPostTarget, Rule::kPair, Rule::kTriplet}) {
        for (const Competition competition : {Competition::kSoft, Competition::kHard}) {
          ContinueBitForBit(t, Variant(weights, rule, competition));
        }
      }
    }
  });
  t.Test("a state out of range is refused and changes nothing", [&] { RefuseBrokenState(t); });
  t.Test("a state of the wrong size is refused", [&] { RefuseWrongSizes(t); });
}

}  // namespace spikeline::test
