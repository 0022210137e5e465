#include "kernel/event_convolution.hpp"

#include <limits>

#include "event_convolution_world.hpp"
#include "tests.hpp"

namespace spikeline::test {

namespace {

using Params = EventConvolutionParams;

void Parameters(Checks& t) {
  const auto status = [](auto change) {
    Params p = SmallConvolution();
    change(p);
    return p.Check();
  };
  t.Expect(status([](Params&) {}) == Status::kOk, "the small network's");
  for (std::uint32_t Params::*size : {&Params::width, &Params::height, &Params::maps, &Params::radius, &Params::bins}) {
    t.Expect(status([&](Params& p) { p.*size = 0; }) == Status::kBadSize, "a size of 0");
    t.Expect(status([&](Params& p) { p.*size = 257; }) == Status::kBadSize, "a size of 257");
  }
  t.Expect(status([](Params& p) { p.lateral = p.radius + 1; }) == Status::kBadSize, "silences past the margin");
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  for (double Params::*value : {&Params::tau_us, &Params::threshold, &Params::initial_low, &Params::initial_high,
                                &Params::rise, &Params::fall, &Params::threshold_rate}) {
    for (const double bad : {kNan, -0.1, 1e8}) {
      t.Expect(status([&](Params& p) { p.*value = bad; }) == Status::kBadParameter, "a value out of range");
    }
  }
  for (const double bad : {kNan, -2000.0, 0.1}) {
    t.Expect(status([&](Params& p) { p.reset = bad; }) == Status::kBadParameter, "a reset out of range");
  }
  t.Expect(status([](Params& p) { p.initial_low = 0.9; }) == Status::kBadParameter, "weights from more to less");
  t.Expect(status([](Params& p) { p.bin_us = 0; }) == Status::kBadParameter, "a bin of no length");
  t.Expect(status([](Params& p) { p.centre = 2; }) == Status::kBadParameter, "neither centred nor not");
}

void Frames(Checks& t) {
  const auto network = MakeConvolution(SmallConvolution());
  const ConvolutionStateCopy before = StateOf(*network);
  const SurfaceEvents right = WanderingDots(AsSurface(SmallConvolution()), 20, 100, 1);
  SurfaceEvents events = right;
  events.input.pop_back();
  t.Expect(RunSurface(*network, Lesson::kLearn, events).status == Status::kBadSize, "an input is missing");
  events = right;
  events.input.back() = SmallConvolution().inputs();
  t.Expect(RunSurface(*network, Lesson::kLearn, events).status == Status::kOutOfRange, "no such input");
  events = right;
  events.offset_us[3] = events.offset_us[4] + 1;
  t.Expect(RunSurface(*network, Lesson::kLearn, events).status == Status::kUnsorted, "time falls");
  t.Expect(StateOf(*network) == before, "nothing has happened");
  t.Expect(RunSurface(*network, Lesson::kLearn, SurfaceEvents{}).status == Status::kOk, "a frame without events");
}

void States(Checks& t) {
  const auto network = MakeConvolution(SmallConvolution());
  (void)RunSurface(*network, Lesson::kLearn, WanderingDots(AsSurface(SmallConvolution()), 500, 100, 1));
  const ConvolutionStateCopy before = StateOf(*network);
  t.Expect(before.counters[0] > 20, "it has learned");
  const auto refused = [&](auto change) {
    ConvolutionStateCopy state = before;
    change(state);
    return network->WriteState(state.View()) == Status::kBadState && StateOf(*network) == before;
  };
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), -0.001F, 1.001F}) {
    t.Expect(refused([&](ConvolutionStateCopy& s) { s.weights.back() = bad; }), "a weight out of range");
  }
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), 0.3F, 6.1F}) {
    t.Expect(refused([&](ConvolutionStateCopy& s) { s.thresholds.back() = bad; }), "a threshold out of its span");
  }
  ConvolutionStateCopy state = before;
  state.counters.resize(1);
  t.Expect(network->WriteState(state.View()) == Status::kBadSize, "a missing counter");
  t.Expect(network->ReadState(state.View()) == Status::kBadSize, "a missing counter, read");
}

Params RandomConvolution(Random& random) {
  const auto between = [&](double low, double high) { return low + (high - low) * static_cast<double>(random.NextUnit()); };
  Params p;
  p.width = 1 + random.Next() % 40;
  p.height = 1 + random.Next() % 30;
  p.maps = 1 + random.Next() % 100;
  p.radius = 1 + random.Next() % kMostEventRadius;
  p.lateral = random.Next() % (p.radius + 1);
  p.seed = random.Next();
  p.bin_us = 1 + random.Next() % 30'000;
  p.bins = 1 + random.Next() % 6;
  p.centre = random.Next() % 2;
  p.window_us = random.Next() % 30'000;
  p.tau_us = between(100, random.Next() % 2 == 0 ? 300 : 50'000);
  p.threshold = between(0.05, 4);
  p.reset = -between(0, 2);
  p.rise = between(0, 1);
  p.fall = between(0, 1);
  p.threshold_rate = between(0, 1);
  return p;
}

void Walk(Checks& t, std::uint32_t seed) {
  Random random(seed);
  const Params p = RandomConvolution(random);
  const auto fast = MakeConvolution(p);
  const auto plain = MakeConvolution(p, "base");
  if (!t.Expect(fast != nullptr && plain != nullptr, "both networks are made")) return;
  for (int call = 0; call < 4; ++call) {
    const SurfaceEvents events =
        WanderingDots(AsSurface(p), random.Next() % 300, 1U << random.Next() % 31, random.Next());
    const Lesson lesson = call == 3 ? Lesson::kPresent : Lesson::kLearn;
    const SurfaceRun run = RunSurface(*fast, lesson, events);
    t.Expect(run.status == Status::kOk && run == RunSurface(*plain, lesson, events), "every kernel gives the same spikes");
    const char* broken = BrokenRun(AsSurface(p), events, run);
    t.Expect(broken == nullptr, broken == nullptr ? "" : broken);
    broken = BrokenConvolution(p, StateOf(*fast));
    t.Expect(broken == nullptr && StateOf(*fast) == StateOf(*plain), broken == nullptr ? "the same state" : broken);
  }
}

}  // namespace

void TestEventConvolution(Checks& t) {
  t.Test("an event-driven convolution is made only of parameters in range", [&] { Parameters(t); });
  t.Test("an event-driven convolution refuses frames that are none, and then nothing has happened",
         [&] { Frames(t); });
  t.Test("an event-driven convolution refuses what is no state of it", [&] { States(t); });
  t.Test("an event-driven convolution of any size keeps its invariants, with the same bits from every kernel", [&] {
    for (std::uint32_t seed = 1; seed <= 60; ++seed) Walk(t, seed);
  });
}

}  // namespace spikeline::test
