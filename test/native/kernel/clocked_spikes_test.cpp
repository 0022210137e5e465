// One frame of spikes: what is refused, and what silence, refractory periods and competition do.
#include <algorithm>
#include <numeric>

#include "invariants.hpp"
#include "kernel/clocked_network.hpp"
#include "tests.hpp"
#include "world.hpp"

namespace spikeline::test {

namespace {

constexpr std::uint32_t kFrameUs = 60000;

// Every input spikes in every step: everybody fires as often as it can.
Spikes Flood(const ClockedParams& p, std::uint32_t steps) {
  Spikes spikes;
  for (std::uint32_t s = 0; s < steps; ++s) {
    for (std::uint32_t i = 0; i < p.inputs; ++i) {
      spikes.offset_us.push_back(s * 1000);
      spikes.input.push_back(i);
    }
  }
  return spikes;
}

void RefuseFrames(Checks& t) {
  const ClockedParams p = SmallParams();
  const auto network = Make(p);
  const StateCopy before = StateOf(*network);
  const auto present = [&](const Spikes& spikes, std::uint32_t duration_us) {
    return PresentSpikes(*network, spikes, duration_us, Learning::kOn).status;
  };
  t.Expect(present({{5, 4}, {0, 0}}, kFrameUs) == Status::kUnsorted, "falling times");
  t.Expect(present({{5, kFrameUs}, {0, 0}}, kFrameUs) == Status::kUnsorted, "a spike at the frame's end");
  t.Expect(present({{5, 6}, {0, p.inputs}}, kFrameUs) == Status::kOutOfRange, "an input that is not there");
  t.Expect(present({{}, {}}, 0) == Status::kBadParameter, "a frame of no time");
  t.Expect(present({{}, {}}, UINT32_MAX) == Status::kBadParameter, "a frame of 71 minutes");
  t.Expect(present({{1, 2}, {0}}, kFrameUs) == Status::kBadSize, "times without inputs");
  std::vector<std::uint16_t> counts(p.neurons);
  std::vector<std::uint32_t> room(4);
  SpikeFrame frame{.offset_us = {}, .input = {}, .duration_us = kFrameUs, .counts = std::span(counts).first(1),
                   .out_offset_us = room, .out_neuron = room};
  t.Expect(network->PresentSpikes(frame, Learning::kOn) == Status::kBadSize, "too little room for counts");
  frame.counts = counts;
  frame.out_neuron = std::span(room).first(3);
  t.Expect(network->PresentSpikes(frame, Learning::kOn) == Status::kBadSize, "uneven room for output spikes");
  t.Expect(StateOf(*network) == before, "a refused frame changes nothing");
}

void StaySilent(Checks& t) {
  ClockedParams p = SmallParams();
  p.rule = Rule::kPair;
  p.eta_pre = 0.001;
  const auto network = Make(p);
  (void)PresentSpikes(*network, SpikeTrain(p, 300, kFrameUs, 2), kFrameUs, Learning::kOn);
  // 200 frames of 1,000 s: far past every horizon, in virtual time.
  for (int k = 0; k < 200; ++k) {
    const SpikeRun run = PresentSpikes(*network, {}, 1000000000, Learning::kOff);
    t.Expect(run.status == Status::kOk && run.output_spikes == 0, "silence makes no spike");
  }
  const StateCopy state = StateOf(*network);
  t.Expect(std::all_of(state.membrane.begin(), state.membrane.end(), [](float v) { return v == 0; }), "membranes are at rest");
  t.Expect(std::all_of(state.pre_age.begin(), state.pre_age.end(), [](auto age) { return age == -1; }), "traces are 0");
  const SpikeRun woken = PresentSpikes(*network, Flood(p, 60), kFrameUs, Learning::kOn);
  t.Expect(woken.output_spikes > 0, "it fires again after the silence");
  t.Expect(BrokenState(p, StateOf(*network)) == nullptr, "the state is sound");
}

void SkipLikeStepping(Checks& t) {
  // The same few spikes, once with silent steps skipped, once kept awake by a synapse of weight 0.
  ClockedParams p = SmallParams();
  p.refractory_ms = 0;
  p.competition = Competition::kSoft;
  const auto skipping = Make(p);
  const auto stepping = Make(p);
  StateCopy state = StateOf(*skipping);
  for (std::size_t j = 0; j < p.neurons; ++j) {
    state.sum[j] -= static_cast<double>(state.weights_f32[j]);
    state.weights_f32[j] = 0;  // input 0
  }
  t.Expect(skipping->WriteState(state.View()) == Status::kOk, "the state is taken");
  t.Expect(stepping->WriteState(state.View()) == Status::kOk, "the state is taken");
  Spikes few;
  Spikes kept;
  for (std::uint32_t s = 0; s < 2000; ++s) {
    kept.offset_us.push_back(s * 1000);
    kept.input.push_back(0);
    if (s % 97 >= 20) continue;
    for (std::uint32_t i = 1; i < p.inputs; i += 2) {
      for (Spikes* spikes : {&few, &kept}) {
        spikes->offset_us.push_back(s * 1000);
        spikes->input.push_back(i);
      }
    }
  }
  const SpikeRun a = PresentSpikes(*skipping, few, 2000000, Learning::kOff);
  const SpikeRun b = PresentSpikes(*stepping, kept, 2000000, Learning::kOff);
  t.Expect(a.output_spikes > 20 && a.out_neuron == b.out_neuron, "the same neurons fire");
  t.Expect(a.out_offset_us == b.out_offset_us, "at the same times");
}

void HoldAfterSpike(Checks& t) {
  ClockedParams p = SmallParams();
  p.inhibition = 0;
  const auto network = Make(p);
  const SpikeRun run = PresentSpikes(*network, Flood(p, 60), kFrameUs, Learning::kOff);
  std::vector<std::int64_t> last(p.neurons, -1000000);
  std::int64_t shortest = 1000000;
  for (std::size_t k = 0; k < run.output_spikes; ++k) {
    const std::int64_t at = run.out_offset_us[k];
    shortest = std::min(shortest, at - last[run.out_neuron[k]]);
    last[run.out_neuron[k]] = at;
  }
  t.Expect(run.output_spikes > 2 * p.neurons, "everybody fires more than once");
  t.Expect(shortest > static_cast<std::int64_t>(p.refractory_ms * 1000), "no two spikes within the refractory period");
}

void Compete(Checks& t) {
  ClockedParams p = SmallParams();
  for (const Competition kind : {Competition::kSoft, Competition::kHard}) {
    p.competition = kind;
    p.inhibition = kind == Competition::kSoft ? 0 : 1;
    const auto network = Make(p);
    const SpikeRun run = PresentSpikes(*network, Flood(p, 60), kFrameUs, Learning::kOff);
    std::uint32_t together = 0;
    for (std::size_t k = 1; k < run.output_spikes; ++k) together += run.out_offset_us[k] == run.out_offset_us[k - 1];
    if (kind == Competition::kSoft) t.Expect(together > 0, "soft: several fire in one step");
    else t.Expect(together == 0 && run.output_spikes > 1, "hard: one fires in a step");
    t.Expect(BrokenSpikes(p, run, kFrameUs) == nullptr, "list and counts are consistent");
  }
}

}  // namespace

void TestClockedSpikes(Checks& t) {
  t.Test("a frame that is unsorted, out of range or without time is refused and changes nothing", [&] { RefuseFrames(t); });
  t.Test("a frame without spikes is presented", [&] {
    const auto network = Make(SmallParams());
    t.Expect(PresentSpikes(*network, {}, kFrameUs, Learning::kOn).status == Status::kOk, "it is ok");
  });
  t.Test("hours of silence bring every neuron to rest, and it wakes again", [&] { StaySilent(t); });
  t.Test("skipped silent steps give the same spikes as steps one by one", [&] { SkipLikeStepping(t); });
  t.Test("a neuron is held for its refractory period", [&] { HoldAfterSpike(t); });
  t.Test("soft competition lets several fire in a step, hard competition one", [&] { Compete(t); });
  t.Test("output spikes beyond the room are counted, not listed", [&] {
    const ClockedParams p = SmallParams();
    const auto all = Make(p);
    const auto few = Make(p);
    const SpikeRun whole = PresentSpikes(*all, Flood(p, 60), kFrameUs, Learning::kOff);
    const SpikeRun cut = PresentSpikes(*few, Flood(p, 60), kFrameUs, Learning::kOff, 3);
    t.Expect(whole.output_spikes > 3 && cut.output_spikes == whole.output_spikes, "the number is the same");
    t.Expect(std::equal(cut.out_neuron.begin(), cut.out_neuron.end(), whole.out_neuron.begin()), "the first are listed");
    t.Expect(cut.counts == whole.counts, "the counts are the same");
  });
}

}  // namespace spikeline::test
