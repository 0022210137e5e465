// libFuzzer target: bytes become a wave network's parameters, images and calls. Whatever they are, the kernel answers
// with a status; what it accepts keeps the invariants, and the plainest kernel gives the bits of the fastest.
#include <bit>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

#include "../kernel/wave_world.hpp"
#include "bytes.hpp"
#include "kernel/wave_network.hpp"

namespace {

using spikeline::Status;
using spikeline::WaveNetwork;
using spikeline::WaveParams;
using spikeline::fuzz::Bytes;

// A broken promise ends the run, and the fuzzer keeps the bytes.
void Demand(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", what);
  std::abort();
}

void DemandNone(const char* broken) { Demand(broken == nullptr, broken); }

WaveParams TakeParams(Bytes& bytes) {
  WaveParams p = spikeline::test::SmallWave();
  p.width = 1 + bytes.Below(40);
  p.height = 1 + bytes.Below(40);
  p.seed = bytes.Take<std::uint32_t>();
  p.maps = bytes.Below(258);
  p.window = bytes.Below(33);
  p.pad = bytes.Below(33);
  p.max_spikes = bytes.Below(bytes.Below(2) == 0 ? 80 : 2000);
  if (bytes.Below(3) == 0) p.latency_bins = bytes.Below(258);
  p.cell = bytes.Below(50);
  p.threshold_count = bytes.Below(6);
  for (double& threshold : p.thresholds) threshold = bytes.Between(0, bytes.Below(2) == 0 ? 8 : 300);
  p.learning_threshold = bytes.Between(0, 20);
  p.inhibition_radius = bytes.Below(6);
  p.winners = bytes.Below(8);
  if (bytes.Below(3) == 0) {
    p.orientations = bytes.Below(10);
    p.gabor_size = bytes.Below(18);
    p.gabor_pool = bytes.Below(6);
    p.gabor_stride = bytes.Below(6);
    p.inhibition_count = bytes.Below(10);
    for (double& share : p.inhibition) share = bytes.Between(0, 1.01);
  }
  for (double* field : {&p.sigma_centre, &p.sigma_surround, &p.contrast, &p.initial_mean, &p.initial_std, &p.theta_plus,
                        &p.a_plus, &p.a_plus_max, &p.a_ratio}) {
    // Most stay at the small layer's value, so that a run of accepted numbers is found.
    if (bytes.Below(8) == 0) *field = bytes.Take<double>();
  }
  return p;
}

std::vector<std::uint8_t> TakeImages(Bytes& bytes, const WaveParams& p, std::size_t frames) {
  if (bytes.Below(2) == 0) return spikeline::test::WavePictures(p, frames, bytes.Take<std::uint32_t>());
  std::vector<std::uint8_t> pixels(frames * p.width * p.height);
  for (auto& pixel : pixels) pixel = bytes.Take<std::uint8_t>();
  return pixels;
}

// Damages the state in one place; it is refused, or taken by both networks.
void WriteDamaged(Bytes& bytes, WaveNetwork& a, WaveNetwork& b) {
  auto state = spikeline::test::StateOf(a);
  const auto before = state;
  const auto value = std::bit_cast<float>(bytes.Take<std::uint32_t>());
  const std::size_t at = bytes.Take<std::uint16_t>();
  if (bytes.Below(2) == 0) state.weights[at % state.weights.size()] = value;
  else state.theta[at % state.theta.size()] = value;
  state.counters[0] = bytes.Take<std::uint32_t>();
  const Status status = a.WriteState(state.View());
  Demand(b.WriteState(state.View()) == status, "both networks judge a state alike");
  if (status != Status::kOk) Demand(spikeline::test::StateOf(a) == before, "a refused state changes nothing");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Bytes bytes({data, size});
  const WaveParams params = TakeParams(bytes);
  std::unique_ptr<WaveNetwork> a;
  std::unique_ptr<WaveNetwork> b;
  const Status status = WaveNetwork::Create(params, nullptr, a);
  Demand(WaveNetwork::Create(params, spikeline::ChooseWaveKernels("base"), b) == status, "every kernel is made or none");
  Demand((status == Status::kOk) == (a != nullptr), "a network comes with kOk, and only then");
  for (int call = 0; a != nullptr && call < 6 && !bytes.empty(); ++call) {
    const std::size_t frames = bytes.Below(3);
    const auto pixels = TakeImages(bytes, params, frames);
    const std::uint32_t kind = bytes.Below(5);
    if (kind < 2) {
      const auto run = spikeline::test::Present(*a, pixels, frames);
      Demand(run.status == Status::kOk && run == spikeline::test::Present(*b, pixels, frames), "the same feature spikes");
      DemandNone(spikeline::test::BrokenRun(params, run));
    } else if (kind < 4) {
      const auto run = spikeline::test::LearnFrom(*a, pixels, frames);
      Demand(run.status == Status::kOk && run == spikeline::test::LearnFrom(*b, pixels, frames), "the same winners");
      DemandNone(spikeline::test::BrokenLearning(params, run));
    } else {
      WriteDamaged(bytes, *a, *b);
    }
    Demand(spikeline::test::StateOf(*a) == spikeline::test::StateOf(*b), "both networks have the same state");
    DemandNone(spikeline::test::BrokenWave(spikeline::test::StateOf(*a)));
  }
  return 0;
}
