// libFuzzer target: bytes become a further wave layer's parameters, spikes and calls. Whatever they are, the kernel
// answers with a status; what it accepts keeps the invariants, and the plainest kernel gives the bits of the fastest.
#include <bit>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "../kernel/wave_layer_world.hpp"
#include "bytes.hpp"
#include "kernel/wave_layer.hpp"

namespace {

using spikeline::Status;
using spikeline::WaveLayer;
using spikeline::WaveLayerParams;
using spikeline::fuzz::Bytes;
using spikeline::test::SpikeLists;

// A broken promise ends the run, and the fuzzer keeps the bytes.
void Demand(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", what);
  std::abort();
}

void DemandNone(const char* broken) { Demand(broken == nullptr, broken); }

WaveLayerParams TakeParams(Bytes& bytes) {
  WaveLayerParams p = spikeline::test::SmallLayer();
  p.width = bytes.Below(30);
  p.height = bytes.Below(30);
  p.channels = bytes.Below(12);
  p.seed = bytes.Take<std::uint32_t>();
  p.maps = bytes.Below(70);
  p.pool = bytes.Below(6);
  p.pool_stride = bytes.Below(6);
  p.window = bytes.Below(8);
  p.pad = bytes.Below(8);
  p.first_only = bytes.Below(3);
  p.threshold_count = bytes.Below(6);
  for (double& threshold : p.thresholds) threshold = bytes.Between(0, bytes.Below(2) == 0 ? 8 : 5000);
  p.learning_threshold = bytes.Between(0, 12);
  p.inhibition_radius = bytes.Below(6);
  p.winners = bytes.Below(8);
  for (double* field : {&p.initial_mean, &p.initial_std, &p.theta_plus, &p.a_plus, &p.a_plus_max, &p.a_ratio}) {
    // Most stay at the small layer's value, so that a run of accepted numbers is found.
    if (bytes.Below(8) == 0) *field = bytes.Take<double>();
  }
  return p;
}

// Sound spikes, of which one number may be damaged.
SpikeLists TakeSpikes(Bytes& bytes, const WaveLayerParams& p) {
  SpikeLists spikes = spikeline::test::DrawSpikes(p, bytes.Below(3), 100, bytes.Take<std::uint32_t>());
  const std::uint32_t which = bytes.Below(20);
  if (which >= 5) return spikes;
  if (which == 0) spikes.offsets[bytes.Below(static_cast<std::uint32_t>(spikes.offsets.size()))] = bytes.Take<std::uint32_t>();
  auto* list = which == 1 ? &spikes.feature : which == 2 ? &spikes.x : which == 3 ? &spikes.y : &spikes.rank;
  if (which != 0 && !list->empty()) (*list)[bytes.Take<std::uint16_t>() % list->size()] = bytes.Take<std::uint16_t>();
  return spikes;
}

// Damages the state in one place; it is refused, or taken by both layers.
void WriteDamaged(Bytes& bytes, WaveLayer& a, WaveLayer& b) {
  auto state = spikeline::test::StateOf(a);
  const auto before = state;
  const auto value = std::bit_cast<float>(bytes.Take<std::uint32_t>());
  const std::size_t at = bytes.Take<std::uint16_t>();
  if (bytes.Below(2) == 0) state.weights[at % state.weights.size()] = value;
  else state.theta[at % state.theta.size()] = value;
  state.counters[0] = bytes.Take<std::uint32_t>();
  const Status status = a.WriteState(state.View());
  Demand(b.WriteState(state.View()) == status, "both layers judge a state alike");
  if (status != Status::kOk) Demand(spikeline::test::StateOf(a) == before, "a refused state changes nothing");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Bytes bytes({data, size});
  const WaveLayerParams params = TakeParams(bytes);
  std::unique_ptr<WaveLayer> a;
  std::unique_ptr<WaveLayer> b;
  const Status status = WaveLayer::Create(params, nullptr, a);
  Demand(WaveLayer::Create(params, spikeline::ChooseWaveKernels("base"), b) == status, "every kernel is made or none");
  Demand((status == Status::kOk) == (a != nullptr), "a layer comes with kOk, and only then");
  for (int call = 0; a != nullptr && call < 6 && !bytes.empty(); ++call) {
    const SpikeLists spikes = TakeSpikes(bytes, params);
    const std::uint32_t kind = bytes.Below(5);
    const auto before = spikeline::test::StateOf(*a);
    if (kind < 2) {
      const auto run = spikeline::test::Present(*a, spikes);
      Demand(run == spikeline::test::Present(*b, spikes), "the same feature spikes");
      if (run.status == Status::kOk) DemandNone(spikeline::test::BrokenRun(params, run));
    } else if (kind < 4) {
      const auto lesson = spikeline::test::LearnFrom(*a, spikes);
      Demand(lesson == spikeline::test::LearnFrom(*b, spikes), "the same winners");
      if (lesson.status == Status::kOk) DemandNone(spikeline::test::BrokenLesson(params, lesson));
      else Demand(spikeline::test::StateOf(*a) == before, "refused spikes teach nothing");
    } else {
      WriteDamaged(bytes, *a, *b);
    }
    Demand(spikeline::test::StateOf(*a) == spikeline::test::StateOf(*b), "both layers have the same state");
    DemandNone(spikeline::test::BrokenLayer(spikeline::test::StateOf(*a)));
  }
  return 0;
}
