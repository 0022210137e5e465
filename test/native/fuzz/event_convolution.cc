// libFuzzer target: bytes become an event-driven convolution's parameters, events and calls. Whatever they are, the kernel
// answers with a status; what it accepts keeps the invariants, and the plainest kernel gives the bits of the fastest.
#include <bit>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "../kernel/event_convolution_world.hpp"
#include "bytes.hpp"
#include "kernel/event_convolution.hpp"

namespace {

using spikeline::EventConvolution;
using spikeline::EventConvolutionParams;
using spikeline::Status;
using spikeline::fuzz::Bytes;
using spikeline::test::Lesson;
using spikeline::test::SurfaceEvents;

// A broken promise ends the run, and the fuzzer keeps the bytes.
void Demand(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", what);
  std::abort();
}

void DemandNone(const char* broken) { Demand(broken == nullptr, broken); }

EventConvolutionParams TakeParams(Bytes& bytes) {
  using P = EventConvolutionParams;
  P p = spikeline::test::SmallConvolution();
  p.width = 1 + bytes.Below(40);
  p.height = 1 + bytes.Below(40);
  p.maps = bytes.Below(bytes.Below(2) == 0 ? 10 : 258);
  p.radius = bytes.Below(5);
  p.lateral = bytes.Below(4);
  p.seed = bytes.Take<std::uint32_t>();
  p.bin_us = bytes.Take<std::uint32_t>();
  p.bins = bytes.Below(66);
  p.centre = bytes.Below(3);
  p.window_us = bytes.Take<std::uint32_t>();
  for (double P::*field : {&P::tau_us, &P::threshold, &P::reset, &P::initial_low, &P::rise, &P::fall,
                           &P::threshold_rate}) {
    // Most stay in range, so that a run of accepted numbers is found.
    const std::uint32_t kind = bytes.Below(8);
    if (kind == 0) p.*field = bytes.Take<double>();
    else if (kind < 4) p.*field = bytes.Between(0, 1);
  }
  if (p.tau_us < 1) p.tau_us *= 1e5;
  if (p.reset > 0) p.reset = -p.reset;
  return p;
}

// Sorted mostly, on the sensor mostly.
SurfaceEvents TakeEvents(Bytes& bytes, const EventConvolutionParams& p) {
  SurfaceEvents events;
  const std::size_t count = bytes.Below(200);
  const std::uint32_t gap = 1U << bytes.Below(32);
  std::uint32_t us = 0;
  for (std::size_t k = 0; k < count; ++k) {
    const std::uint32_t step = bytes.Take<std::uint32_t>() % gap;
    us = us > UINT32_MAX - step ? UINT32_MAX : us + step;
    events.offset_us.push_back(us);
    events.input.push_back(bytes.Below(p.inputs()));
  }
  if (count > 0 && bytes.Below(16) == 0) events.offset_us[bytes.Below(200) % count] = bytes.Take<std::uint32_t>();
  if (count > 0 && bytes.Below(16) == 0) events.input[bytes.Below(200) % count] = bytes.Take<std::uint32_t>();
  return events;
}

// Damages the state in one place; it is refused, or taken by both networks.
void WriteDamaged(Bytes& bytes, EventConvolution& a, EventConvolution& b) {
  auto state = spikeline::test::StateOf(a);
  const auto before = state;
  const auto value = std::bit_cast<float>(bytes.Take<std::uint32_t>());
  const std::size_t at = bytes.Take<std::uint16_t>();
  const std::uint32_t kind = bytes.Below(2);
  if (kind == 0) state.weights[at % state.weights.size()] = value;
  else state.thresholds[at % state.thresholds.size()] = value;
  const Status status = a.WriteState(state.View());
  Demand(b.WriteState(state.View()) == status, "both networks judge a state alike");
  if (status != Status::kOk) Demand(spikeline::test::StateOf(a) == before, "a refused state changes nothing");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Bytes bytes({data, size});
  const EventConvolutionParams params = TakeParams(bytes);
  std::unique_ptr<EventConvolution> a;
  std::unique_ptr<EventConvolution> b;
  const Status status = EventConvolution::Create(params, nullptr, a);
  Demand(EventConvolution::Create(params, spikeline::ChooseEventKernels("base"), b) == status,
         "every kernel is made or none");
  Demand((status == Status::kOk) == (a != nullptr), "a network comes with kOk, and only then");
  for (int call = 0; a != nullptr && call < 6 && !bytes.empty(); ++call) {
    const std::uint32_t kind = bytes.Below(5);
    if (kind == 4) {
      WriteDamaged(bytes, *a, *b);
    } else {
      const SurfaceEvents events = TakeEvents(bytes, params);
      const Lesson lesson = kind == 0 ? Lesson::kPresent : Lesson::kLearn;
      const auto run = spikeline::test::RunSurface(*a, lesson, events);
      Demand(run == spikeline::test::RunSurface(*b, lesson, events), "the same feature spikes");
      if (run.status == Status::kOk) DemandNone(spikeline::test::BrokenRun(spikeline::test::AsSurface(params), events, run));
    }
    Demand(spikeline::test::StateOf(*a) == spikeline::test::StateOf(*b), "both networks have the same state");
    DemandNone(spikeline::test::BrokenConvolution(params, spikeline::test::StateOf(*a)));
  }
  return 0;
}
