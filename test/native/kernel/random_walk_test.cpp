// Networks of random description, given random frames, keep their invariants; and a copy of their state continues
// bit for bit with another kernel.
#include "invariants.hpp"
#include "kernel/clocked_network.hpp"
#include "tests.hpp"
#include "world.hpp"

namespace spikeline::test {

namespace {

double Between(Random& random, double low, double high) {
  return low + (high - low) * static_cast<double>(random.NextUnit());
}

ClockedParams RandomParams(Random& random) {
  ClockedParams p;
  p.inputs = 1 + random.Next() % 70;
  p.neurons = 1 + random.Next() % 70;
  p.seed = random.Next();
  p.weights = static_cast<WeightKind>(random.Next() % 2);
  p.rule = static_cast<Rule>(random.Next() % 3);
  p.competition = static_cast<Competition>(random.Next() % 2);
  p.bound = static_cast<Bound>(random.Next() % 2);
  p.dt_ms = random.Next() % 2 == 0 ? 1 : 0.5;
  p.tau_mem_ms = Between(random, 1, 200);
  p.v_threshold = Between(random, 1, 20);
  p.v_reset = Between(random, -5, 0.9);
  p.v_inh = Between(random, -40, 0);
  p.refractory_ms = random.Next() % 3 == 0 ? 0 : Between(random, 0, 10);
  p.theta_plus = Between(random, 0, 1);
  p.theta_initial = Between(random, 0, 5);
  p.tau_theta_ms = Between(random, 10, 1e6);
  p.w_max = Between(random, 0.1, 3);
  p.initial_max = p.w_max * Between(random, 0.01, 1);
  p.normalised_sum = random.Next() % 3 == 0 ? 0 : Between(random, 0.05, 0.6) * p.w_max * p.inputs;
  p.gain = Between(random, 0.001, 1);
  p.eta_pre = random.Next() % 3 == 0 ? 0 : Between(random, 0, 0.3);
  p.eta_post = Between(random, 0, 0.3);
  p.x_target = Between(random, 0, 1);
  p.tau_pre_ms = Between(random, 0.1, 60);
  p.tau_post_ms = Between(random, 0.1, 60);
  p.tau_post2_ms = Between(random, 0.1, 120);
  p.inhibition = random.Next() % 3 == 0 ? 1 : Between(random, 0, 1);
  p.duration_ms = Between(random, 5, 80);
  p.rest_ms = random.Next() % 3 == 0 ? 0 : Between(random, 0, 40);
  p.min_spikes = random.Next() % 6;
  p.max_repeats = random.Next() % 4;
  p.max_rate_hz = Between(random, 1, 900);
  p.brighter_hz = Between(random, 0, 300);
  return p;
}

// One batch of images or one frame of spikes for both networks.
void PresentBoth(Checks& t, ClockedNetwork& a, ClockedNetwork& b, Random& random) {
  const ClockedParams& p = a.params();
  const Learning learning = random.Next() % 4 == 0 ? Learning::kOff : Learning::kOn;
  const std::uint32_t seed = random.Next();
  if (random.Next() % 2 == 0) {
    const std::size_t frames = random.Next() % 4;
    const auto pixels = Pictures(p, frames, seed);
    const ImageRun run = PresentImages(a, pixels, frames, learning);
    t.Expect(run.status == Status::kOk && run == PresentImages(b, pixels, frames, learning), "images: the same spikes");
    const char* broken = BrokenImages(p, run);
    t.Expect(broken == nullptr, broken);
    return;
  }
  const std::uint32_t duration_us = 1000 + random.Next() % 80000;
  const Spikes spikes = SpikeTrain(p, random.Next() % 600, duration_us, seed);
  const std::size_t room = random.Next() % 2 == 0 ? 8 : 16384;
  const SpikeRun run = PresentSpikes(a, spikes, duration_us, learning, room);
  t.Expect(run.status == Status::kOk && run == PresentSpikes(b, spikes, duration_us, learning, room), "the same spikes");
  const char* broken = BrokenSpikes(p, run, duration_us);
  t.Expect(broken == nullptr, broken);
}

void Walk(Checks& t, std::uint32_t seed) {
  Random random(seed);
  const ClockedParams p = RandomParams(random);
  const auto base = Make(p, "base");
  auto fastest = Make(p);
  if (!t.Expect(base != nullptr && fastest != nullptr, "the network is made")) return;
  for (int k = 0; k < 40; ++k) {
    PresentBoth(t, *base, *fastest, random);
    StateCopy state = StateOf(*base);
    const char* broken = BrokenState(p, state);
    if (!t.Expect(broken == nullptr, broken)) std::printf("  walk %u, step %d\n", seed, k);
    if (k % 10 != 9) continue;
    t.Expect(StateOf(*fastest) == state, "both kernels have the same state");
    fastest = Make(p);
    t.Expect(fastest->WriteState(state.View()) == Status::kOk, "its own state is always taken");
  }
}

}  // namespace

void TestRandomWalk(Checks& t) {
  t.Test("300 random networks keep their invariants and their bits over 40 random batches each", [&] {
    for (std::uint32_t seed = 1; seed <= 300; ++seed) Walk(t, seed);
  });
}

}  // namespace spikeline::test
