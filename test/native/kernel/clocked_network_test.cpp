#include "kernel/clocked_network.hpp"

#include <cstring>
#include <memory>
#include <numeric>

#include "tests.hpp"
#include "world.hpp"

namespace spikeline::test {

namespace {

void RefuseCreation(Checks& t) {
  ClockedParams p = SmallParams();
  std::unique_ptr<ClockedNetwork> network = Make(p);
  const ClockedNetwork* before = network.get();
  p.neurons = 0;
  t.Expect(ClockedNetwork::Create(p, nullptr, network) == Status::kBadSize, "no neurons");
  p = SmallParams();
  p.v_reset = p.v_threshold;
  t.Expect(ClockedNetwork::Create(p, nullptr, network) == Status::kBadParameter, "reset at threshold");
  t.Expect(network.get() == before && before != nullptr, "the caller's network is untouched");
}

// One array of this network would be 4 TiB; all others are small and must be given back (the leak check tells).
void RunOutOfMemory(Checks& t) {
  ClockedParams p = SmallParams();
  p.inputs = 1U << 20;
  p.neurons = 1;
  p.weights = WeightKind::kUint8;
  p.duration_ms = 1040000;
  std::unique_ptr<ClockedNetwork> network;
  t.Expect(ClockedNetwork::Create(p, nullptr, network) == Status::kOutOfMemory, "the status says so");
  t.Expect(network == nullptr, "no network comes");
}

void RefuseWrongSizes(Checks& t) {
  const ClockedParams p = SmallParams();
  const auto network = Make(p);
  const auto pixels = Pictures(p, 2, 1);
  std::vector<std::uint16_t> counts(2 * p.neurons);
  std::vector<std::uint32_t> spikes(2);
  std::vector<std::uint8_t> repeats(2);
  const StateCopy before = StateOf(*network);
  const auto present = [&](std::size_t pixel_size, std::size_t count_size, std::size_t spike_size) {
    return network->PresentImages({.pixels = std::span(pixels).first(pixel_size),
                                   .counts = std::span(counts).first(count_size),
                                   .input_spikes = std::span(spikes).first(spike_size),
                                   .repeats = repeats},
                                  Learning::kOn);
  };
  t.Expect(present(2 * p.inputs - 1, 2 * p.neurons, 2) == Status::kBadSize, "a pixel is missing");
  t.Expect(present(2 * p.inputs, 2 * p.neurons - 1, 2) == Status::kBadSize, "room for a count is missing");
  t.Expect(present(2 * p.inputs, 2 * p.neurons, 1) == Status::kBadSize, "room for an input count is missing");
  t.Expect(StateOf(*network) == before, "a refused batch changes nothing");
}

void LearnSelectively(Checks& t) {
  // Two pictures that share no pixel, shown in turn: a neuron's weights end on one of them.
  ClockedParams p = SmallParams();
  p.theta_plus = 0.5;
  p.eta_post = 0.05;
  const auto network = Make(p);
  std::vector<std::uint8_t> pixels(2 * p.inputs);
  for (std::size_t i = 0; i < p.inputs; ++i) {
    pixels[i] = i < p.inputs / 2 ? 255 : 0;
    pixels[p.inputs + i] = i < p.inputs / 2 ? 0 : 255;
  }
  for (int round = 0; round < 100; ++round) (void)PresentImages(*network, pixels, 2, Learning::kOn);
  const StateCopy state = StateOf(*network);
  std::size_t selective = 0;
  for (std::size_t j = 0; j < p.neurons; ++j) {
    double first = 0;
    for (std::size_t i = 0; i < p.inputs / 2; ++i) first += state.Weight(i, j);
    const double share = first / p.normalised_sum;
    if (share < 0.2 || share > 0.8) ++selective;
  }
  t.Expect(selective >= p.neurons / 2, "half of the neurons or more hold one picture");
}

}  // namespace

void TestClockedNetwork(Checks& t) {
  t.Test("a network with bad parameters is refused with its status", [&] { RefuseCreation(t); });
  t.Test("a network too large for the memory is refused and leaves nothing behind", [&] { RunOutOfMemory(t); });
  t.Test("arrays of the wrong size are refused and change nothing", [&] { RefuseWrongSizes(t); });
  t.Test("a batch of no frames is presented and changes nothing", [&] {
    const auto network = Make(SmallParams());
    const StateCopy before = StateOf(*network);
    t.Expect(network->PresentImages({}, Learning::kOn) == Status::kOk, "it is ok");
    t.Expect(StateOf(*network) == before, "the state is the same");
  });
  t.Test("images need an encoder's rate", [&] {
    ClockedParams p = SmallParams();
    p.max_rate_hz = 0;
    const auto network = Make(p);
    t.Expect(PresentImages(*network, Pictures(p, 1, 1), 1, Learning::kOff).status == Status::kBadParameter, "no rate");
  });
  t.Test("the same frames give the same bits, in one batch or one by one", [&] {
    const ClockedParams p = SmallParams();
    const auto pixels = Pictures(p, 24, 3);
    const auto whole = Make(p);
    const auto single = Make(p);
    const ImageRun run = PresentImages(*whole, pixels, 24, Learning::kOn);
    std::vector<std::uint16_t> counts;
    for (std::size_t f = 0; f < 24; ++f) {
      const auto one = PresentImages(*single, std::span(pixels).subspan(f * p.inputs, p.inputs), 1, Learning::kOn);
      counts.insert(counts.end(), one.counts.begin(), one.counts.end());
    }
    t.Expect(run.counts == counts, "the counts are the same");
    t.Expect(StateOf(*whole) == StateOf(*single), "the states are the same");
    t.Expect(std::accumulate(counts.begin(), counts.end(), 0) > 24, "the network fired at all");
  });
  t.Test("another seed gives another network", [&] {
    ClockedParams p = SmallParams();
    const auto one = Make(p);
    p.seed = 2;
    const auto other = Make(p);
    t.Expect(StateOf(*one).weights_f32 != StateOf(*other).weights_f32, "the weights differ");
  });
  t.Test("without learning no weight and no threshold changes", [&] {
    const ClockedParams p = SmallParams();
    const auto network = Make(p);
    const StateCopy before = StateOf(*network);
    (void)PresentImages(*network, Pictures(p, 10, 4), 10, Learning::kOff);
    const StateCopy after = StateOf(*network);
    t.Expect(after.weights_f32 == before.weights_f32 && after.scale == before.scale, "weights");
    t.Expect(after.theta == before.theta, "thresholds");
    t.Expect(after.counters[4] == before.counters[4] + 10, "the frames are counted");
  });
  t.Test("a picture with too few output spikes is shown again, brighter, up to the limit", [&] {
    const ClockedParams p = SmallParams();
    const auto network = Make(p);
    const std::vector<std::uint8_t> dark(p.inputs, 0);
    const ImageRun run = PresentImages(*network, dark, 1, Learning::kOff);
    t.Expect(run.repeats[0] == p.max_repeats && run.input_spikes[0] == 0, "a dark picture is repeated to the limit");
    const std::vector<std::uint8_t> bright(p.inputs, 255);
    t.Expect(PresentImages(*network, bright, 1, Learning::kOff).repeats[0] == 0, "a bright one is shown once");
  });
  t.Test("neurons come to hold one of two pictures each", [&] { LearnSelectively(t); });
  t.Test("the synaptic events are the input spikes times the neurons", [&] {
    const ClockedParams p = SmallParams();
    const auto network = Make(p);
    const std::uint64_t before = network->synaptic_events();
    const Spikes spikes = SpikeTrain(p, 40, 60000, 8);
    (void)PresentSpikes(*network, spikes, 60000, Learning::kOff);
    t.Expect(network->synaptic_events() - before == 40ULL * p.neurons, "40 spikes");
  });
}

}  // namespace spikeline::test
