// libFuzzer target: bytes become a network's parameters and a list of calls. Whatever they are, the kernel answers with
// a status; what it accepts keeps the invariants, and a second network given its state continues bit for bit.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <span>

#include "../kernel/invariants.hpp"
#include "../kernel/world.hpp"
#include "bytes.hpp"
#include "kernel/clocked_network.hpp"

namespace {

using spikeline::ClockedNetwork;
using spikeline::ClockedParams;
using spikeline::Learning;
using spikeline::Status;
using spikeline::fuzz::Bytes;
using spikeline::test::StateCopy;

// A broken promise ends the run, and the fuzzer keeps the bytes.
void Demand(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", what);
  std::abort();
}

void DemandNone(const char* broken) { Demand(broken == nullptr, broken); }

// Numbers as they come, in the order of the struct: most are refused, some are extreme and accepted.
void TakeWild(Bytes& bytes, ClockedParams& p) {
  for (double ClockedParams::*field :
       {&ClockedParams::dt_ms, &ClockedParams::tau_mem_ms, &ClockedParams::v_reset, &ClockedParams::v_threshold,
        &ClockedParams::v_exc, &ClockedParams::v_inh, &ClockedParams::refractory_ms, &ClockedParams::theta_plus,
        &ClockedParams::theta_initial, &ClockedParams::tau_theta_ms, &ClockedParams::w_max, &ClockedParams::initial_max,
        &ClockedParams::gain, &ClockedParams::normalised_sum, &ClockedParams::eta_pre, &ClockedParams::eta_post,
        &ClockedParams::x_target, &ClockedParams::tau_pre_ms, &ClockedParams::tau_post_ms, &ClockedParams::tau_post2_ms,
        &ClockedParams::inhibition, &ClockedParams::duration_ms, &ClockedParams::rest_ms, &ClockedParams::max_rate_hz,
        &ClockedParams::brighter_hz}) {
    // One in four stays at the small layer's value, so that a run of accepted numbers is found.
    if (bytes.Below(4) != 0) p.*field = bytes.Take<double>();
  }
}

void TakeSound(Bytes& bytes, ClockedParams& p) {
  p.tau_mem_ms = bytes.Between(0.5, 200);
  p.v_threshold = bytes.Between(0.5, 20);
  p.refractory_ms = bytes.Between(0, 8);
  p.theta_plus = bytes.Between(0, 1);
  p.normalised_sum = bytes.Below(3) == 0 ? 0 : bytes.Between(0.01, 20);
  p.gain = bytes.Between(0.001, 2);
  p.eta_pre = bytes.Between(0, 1);
  p.eta_post = bytes.Between(0, 1);
  p.x_target = bytes.Between(0, 1);
  p.tau_pre_ms = bytes.Between(0.1, 50);
  p.tau_post_ms = bytes.Between(0.1, 50);
  p.inhibition = bytes.Between(0, 1);
  p.duration_ms = bytes.Between(1, 60);
  p.rest_ms = bytes.Between(0, 30);
  p.max_rate_hz = bytes.Between(0, 1000);
}

ClockedParams TakeParams(Bytes& bytes) {
  ClockedParams p = spikeline::test::SmallParams();
  const auto choices = bytes.Take<std::uint8_t>();
  p.weights = static_cast<spikeline::WeightKind>(choices & 1);
  p.competition = static_cast<spikeline::Competition>(choices >> 1 & 1);
  p.bound = static_cast<spikeline::Bound>(choices >> 2 & 1);
  p.rule = static_cast<spikeline::Rule>((choices >> 3) % 3);
  p.inputs = bytes.Below(70);
  p.neurons = bytes.Below(70);
  p.seed = bytes.Take<std::uint32_t>();
  p.min_spikes = bytes.Below(8);
  p.max_repeats = bytes.Below(4);
  if (bytes.Below(2) == 0) TakeWild(bytes, p);
  else TakeSound(bytes, p);
  return p;
}

// Frames of a million steps are legal and tested elsewhere; here they would only cost runs.
bool IsQuick(const ClockedParams& p) { return p.Check() != Status::kOk || p.Steps(p.duration_ms) < 500; }

Learning TakeLearning(Bytes& bytes) { return bytes.Below(4) == 0 ? Learning::kOff : Learning::kOn; }

void PresentImages(Bytes& bytes, ClockedNetwork& a, ClockedNetwork& b) {
  const ClockedParams& p = a.params();
  const std::size_t frames = bytes.Below(3);
  const Learning learning = TakeLearning(bytes);
  std::vector<std::uint8_t> pixels(frames * p.inputs);
  for (auto& pixel : pixels) pixel = bytes.Take<std::uint8_t>();
  const auto run = spikeline::test::PresentImages(a, pixels, frames, learning);
  Demand(run == spikeline::test::PresentImages(b, pixels, frames, learning), "images give the same spikes");
  Demand(run.status == (p.max_rate_hz > 0 ? Status::kOk : Status::kBadParameter), "images are taken");
  if (run.status == Status::kOk) DemandNone(spikeline::test::BrokenImages(p, run));
}

// Sound, out of range by one, or as it comes.
enum class Care { kWild, kNearly, kSound };

spikeline::test::Spikes TakeSpikes(Bytes& bytes, std::uint32_t inputs, Care care) {
  spikeline::test::Spikes spikes;
  const std::uint32_t count = bytes.Below(200);
  std::uint32_t now = 0;
  for (std::uint32_t k = 0; k < count; ++k) {
    now = care == Care::kWild ? bytes.Take<std::uint32_t>() : now + bytes.Take<std::uint8_t>() * 8U;
    const std::uint32_t input = bytes.Take<std::uint16_t>();
    spikes.offset_us.push_back(now);
    spikes.input.push_back(care == Care::kWild ? input : input % (care == Care::kNearly ? inputs + 1 : inputs));
  }
  return spikes;
}

bool IsSound(const spikeline::test::Spikes& spikes, std::uint32_t inputs, std::uint32_t duration_us) {
  const auto too_late = [&](std::uint32_t offset) { return offset >= duration_us; };
  const auto unknown = [&](std::uint32_t input) { return input >= inputs; };
  return duration_us > 0 && std::is_sorted(spikes.offset_us.begin(), spikes.offset_us.end()) &&
         std::none_of(spikes.offset_us.begin(), spikes.offset_us.end(), too_late) &&
         std::none_of(spikes.input.begin(), spikes.input.end(), unknown);
}

void PresentSpikes(Bytes& bytes, ClockedNetwork& a, ClockedNetwork& b) {
  const ClockedParams& p = a.params();
  const std::uint32_t duration_us = bytes.Take<std::uint32_t>() % 100000;
  if (duration_us > 500 * p.dt_ms * 1000) return;  // quick, as above
  const auto care = static_cast<Care>(std::min(bytes.Below(6), 2U));
  const Learning learning = TakeLearning(bytes);
  const auto spikes = TakeSpikes(bytes, p.inputs, care);
  const auto run = spikeline::test::PresentSpikes(a, spikes, duration_us, learning, bytes.Below(300));
  Demand(run == spikeline::test::PresentSpikes(b, spikes, duration_us, learning, run.out_neuron.size()),
         "spikes give the same spikes");
  Demand((run.status == Status::kOk) == IsSound(spikes, p.inputs, duration_us), "sound frames are taken, and only they");
  if (run.status == Status::kOk) DemandNone(spikeline::test::BrokenSpikes(p, run, duration_us));
}

// Damages the state in one place; it is refused, or taken and answered for by every later call.
void WriteDamaged(Bytes& bytes, ClockedNetwork& a, ClockedNetwork& b) {
  StateCopy state = spikeline::test::StateOf(a);
  const std::uint32_t j = bytes.Below(a.params().neurons);
  const auto word = bytes.Take<std::uint32_t>();
  switch (bytes.Below(8)) {
    case 0: if (!state.weights_f32.empty()) state.weights_f32[j] = std::bit_cast<float>(word); break;
    case 1: state.scale[j] = std::bit_cast<float>(word); break;
    case 2: state.sum[j] = bytes.Take<double>(); break;
    case 3: state.theta[j] = std::bit_cast<float>(word); break;
    case 4: state.membrane[j] = std::bit_cast<float>(word); break;
    case 5: state.refractory[j] = static_cast<std::int32_t>(word); break;
    case 6: state.post_age[j] = static_cast<std::int32_t>(word); break;
    default: state.counters[j % 8] = word; break;
  }
  const StateCopy before = spikeline::test::StateOf(a);
  const Status status = a.WriteState(state.View());
  Demand(b.WriteState(state.View()) == status, "both networks judge a state alike");
  if (status != Status::kOk) Demand(spikeline::test::StateOf(a) == before, "a refused state changes nothing");
}

bool AllFinite(std::span<const float> numbers) {
  return std::all_of(numbers.begin(), numbers.end(), [](float x) { return std::isfinite(x); });
}

// A state that was written from outside may lie outside the invariants, but has numbers; a learned one keeps them.
void CheckState(ClockedNetwork& a, std::unique_ptr<ClockedNetwork>& b, bool is_own) {
  StateCopy state = spikeline::test::StateOf(a);
  Demand(spikeline::test::StateOf(*b) == state, "both networks have the same state");
  Demand(AllFinite(state.weights_f32) && AllFinite(state.scale) && AllFinite(state.theta) && AllFinite(state.membrane),
         "no state becomes infinite or NaN");
  if (!is_own) return;
  DemandNone(spikeline::test::BrokenState(a.params(), state));
  Demand(ClockedNetwork::Create(a.params(), nullptr, b) == Status::kOk, "the same parameters are accepted again");
  Demand(b->WriteState(state.View()) == Status::kOk, "a network takes its own state");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Bytes bytes({data, size});
  const ClockedParams params = TakeParams(bytes);
  if (!IsQuick(params)) return 0;
  std::unique_ptr<ClockedNetwork> a;
  std::unique_ptr<ClockedNetwork> b;
  const Status status = ClockedNetwork::Create(params, nullptr, a);
  Demand(ClockedNetwork::Create(params, nullptr, b) == status, "the same parameters get the same answer");
  Demand((status == Status::kOk) == (a != nullptr), "a network comes with kOk, and only then");
  bool is_own = true;
  for (int call = 0; a != nullptr && call < 12 && !bytes.empty(); ++call) {
    switch (bytes.Below(8)) {
      case 0: case 1: case 2: PresentImages(bytes, *a, *b); break;
      case 3: case 4: case 5: case 6: PresentSpikes(bytes, *a, *b); break;
      default:
        WriteDamaged(bytes, *a, *b);
        is_own = false;
        break;
    }
    CheckState(*a, b, is_own);
  }
  return 0;
}
