#include "kernel/surface_network.hpp"

#include <cmath>
#include <limits>

#include "surface_world.hpp"
#include "tests.hpp"

namespace spikeline::test {

namespace {

void Parameters(Checks& t) {
  const auto status = [](auto change) {
    SurfaceParams p = SmallSurface();
    change(p);
    return p.Check();
  };
  t.Expect(status([](SurfaceParams&) {}) == Status::kOk, "the small network's");
  for (std::uint32_t SurfaceParams::*size : {&SurfaceParams::width, &SurfaceParams::height, &SurfaceParams::prototypes,
                                             &SurfaceParams::radius, &SurfaceParams::planes, &SurfaceParams::bins}) {
    t.Expect(status([&](SurfaceParams& p) { p.*size = 0; }) == Status::kBadSize, "a size of 0");
    t.Expect(status([&](SurfaceParams& p) { p.*size = 257; }) == Status::kBadSize, "a size of 257");
  }
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  for (double SurfaceParams::*value : {&SurfaceParams::tau_us, &SurfaceParams::vigilance, &SurfaceParams::rate}) {
    for (const double bad : {kNan, -0.1, 1e8}) {
      t.Expect(status([&](SurfaceParams& p) { p.*value = bad; }) == Status::kBadParameter, "a value out of range");
    }
  }
  t.Expect(status([](SurfaceParams& p) { p.bin_us = 0; }) == Status::kBadParameter, "a bin of no length");
  t.Expect(status([](SurfaceParams& p) { p.centre = 2; }) == Status::kBadParameter, "neither centred nor not");
}

void Frames(Checks& t) {
  const auto network = MakeSurface(SmallSurface());
  const SurfaceStateCopy before = StateOf(*network);
  const SurfaceEvents right = WanderingDots(SmallSurface(), 20, 100, 1);
  SurfaceEvents events = right;
  events.input.pop_back();
  t.Expect(RunSurface(*network, Lesson::kLearn, events).status == Status::kBadSize, "an input is missing");
  events = right;
  events.input.back() = SmallSurface().inputs();
  t.Expect(RunSurface(*network, Lesson::kLearn, events).status == Status::kOutOfRange, "no such input");
  events = right;
  events.offset_us[3] = events.offset_us[4] + 1;
  t.Expect(RunSurface(*network, Lesson::kLearn, events).status == Status::kUnsorted, "time falls");
  t.Expect(StateOf(*network) == before, "nothing has happened");
  t.Expect(RunSurface(*network, Lesson::kPresent, right).spikes == 0, "without prototypes nothing is said");
  t.Expect(RunSurface(*network, Lesson::kLearn, {}).status == Status::kOk, "a frame without events");
}

void States(Checks& t) {
  const auto network = MakeSurface(SmallSurface());
  (void)RunSurface(*network, Lesson::kLearn, WanderingDots(SmallSurface(), 5, 100, 1));
  const SurfaceStateCopy before = StateOf(*network);
  t.Expect(before.wins.front() > 0 && before.wins.back() == 0, "some prototypes are used");
  const auto refused = [&](auto change) {
    SurfaceStateCopy state = before;
    change(state);
    return network->WriteState(state.View()) == Status::kBadState && StateOf(*network) == before;
  };
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), -0.001F, 1.001F}) {
    t.Expect(refused([&](SurfaceStateCopy& s) { s.weights.front() = bad; }), "a weight out of range");
  }
  t.Expect(refused([](SurfaceStateCopy& s) { s.weights.back() = 0.5F; }), "an unused prototype that is not 0");
  t.Expect(refused([](SurfaceStateCopy& s) { s.wins.back() = 1; }), "a used prototype after an unused one");
  SurfaceStateCopy state = before;
  state.counters.resize(1);
  t.Expect(network->WriteState(state.View()) == Status::kBadSize, "a missing counter");
  t.Expect(network->ReadState(state.View()) == Status::kBadSize, "a missing counter, read");
}

SurfaceParams RandomSurface(Random& random) {
  const auto between = [&](double low, double high) { return low + (high - low) * static_cast<double>(random.NextUnit()); };
  SurfaceParams p;
  p.width = 1 + random.Next() % 40;
  p.height = 1 + random.Next() % 30;
  p.prototypes = 1 + random.Next() % 100;
  p.radius = 1 + random.Next() % kMostSurfaceRadius;
  p.planes = 1 + random.Next() % 2;
  p.tau_us = between(100, random.Next() % 2 == 0 ? 300 : 50'000);
  p.bin_us = 1 + random.Next() % 30'000;
  p.bins = 1 + random.Next() % 6;
  p.centre = random.Next() % 2;
  p.vigilance = between(0.3, 1);
  p.rate = between(0, 0.2);
  return p;
}

void Walk(Checks& t, std::uint32_t seed) {
  Random random(seed);
  const SurfaceParams p = RandomSurface(random);
  const auto fast = MakeSurface(p);
  const auto plain = MakeSurface(p, "base");
  if (!t.Expect(fast != nullptr && plain != nullptr, "both networks are made")) return;
  for (int call = 0; call < 4; ++call) {
    const SurfaceEvents events = WanderingDots(p, random.Next() % 300, 1U << random.Next() % 31, random.Next());
    const Lesson lesson = call == 3 ? Lesson::kPresent : Lesson::kLearn;
    const SurfaceRun run = RunSurface(*fast, lesson, events);
    t.Expect(run.status == Status::kOk && run == RunSurface(*plain, lesson, events), "every kernel gives the same spikes");
    const char* broken = BrokenRun(p, events, run);
    t.Expect(broken == nullptr, broken == nullptr ? "" : broken);
    broken = BrokenSurface(StateOf(*fast));
    t.Expect(broken == nullptr && StateOf(*fast) == StateOf(*plain), broken == nullptr ? "the same state" : broken);
  }
}

}  // namespace

void TestSurfaceNetwork(Checks& t) {
  t.Test("a surface network is made only of parameters in range", [&] { Parameters(t); });
  t.Test("a surface network refuses frames that are none, and then nothing has happened", [&] { Frames(t); });
  t.Test("a surface network refuses what is no state of it", [&] { States(t); });
  t.Test("a surface network of any size keeps its invariants, with the same bits from every kernel", [&] {
    for (std::uint32_t seed = 1; seed <= 60; ++seed) Walk(t, seed);
  });
}

}  // namespace spikeline::test
