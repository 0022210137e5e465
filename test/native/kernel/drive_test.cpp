// Every kernel this CPU runs gives the same bits as the plainest, and the plainest agrees with a loop written out.
#include "kernel/drive.hpp"

#include <algorithm>
#include <cstring>

#include "kernel/synapses.hpp"
#include "tests.hpp"
#include "world.hpp"

namespace spikeline::test {

namespace {

constexpr const char* kNames[] = {"base", "avx2", "avx512"};

ClockedParams Sized(std::uint32_t inputs, std::uint32_t neurons, WeightKind weights) {
  ClockedParams p = SmallParams();
  p.inputs = inputs;
  p.neurons = neurons;
  p.weights = weights;
  p.normalised_sum = 0.25 * inputs;
  p.gain = 1.0 / inputs;
  return p;
}

void SameBits(Checks& t, const ClockedParams& p) {
  const auto base = Make(p, "base");
  const auto pixels = Pictures(p, 8, 5);
  const ImageRun images = PresentImages(*base, pixels, 8, Learning::kOn);
  const Spikes train = SpikeTrain(p, 500, 60000, 6);
  const SpikeRun spikes = PresentSpikes(*base, train, 60000, Learning::kOn);
  for (const char* name : {"avx2", "avx512"}) {
    if (ChooseKernels(name) == nullptr) continue;
    const auto other = Make(p, name);
    t.Expect(std::strcmp(other->kernel_name(), name) == 0, "the named kernel runs");
    t.Expect(PresentImages(*other, pixels, 8, Learning::kOn) == images, "images give the same spikes");
    t.Expect(PresentSpikes(*other, train, 60000, Learning::kOn) == spikes, "spikes give the same spikes");
    t.Expect(StateOf(*other) == StateOf(*base), "the states are the same");
  }
}

// One step against the header's equations, in the header's order, for 0 to 9 rows.
void LikeTheEquations(Checks& t) {
  constexpr std::size_t kStride = 128;
  ClockedParams p = Sized(16, 100, WeightKind::kFloat32);
  Random random(4);
  Synapses synapses(p, kStride);
  synapses.Initialise(random);
  AlignedBuffer<float> threshold(kStride);
  AlignedBuffer<float> membrane(kStride);
  std::vector<std::uint32_t> rows;
  for (std::uint32_t count = 0; count < 10; ++count) {
    std::vector<float> expected(kStride);
    for (std::size_t j = 0; j < kStride; ++j) {
      threshold[j] = 30;
      membrane[j] = 26 * random.NextUnit() - 5;
      float d = 0;
      const auto row = [&](std::size_t k) { return synapses.weights_f32()[rows[k] * kStride + j]; };
      std::size_t k = 0;
      for (; k + 4 <= count; k += 4) d += (row(k) + row(k + 1)) + (row(k + 2) + row(k + 3));
      if (count - k == 3) d += (row(k) + row(k + 1)) + row(k + 2);
      if (count - k == 2) d += row(k) + row(k + 1);
      if (count - k == 1) d += row(k);
      const float u = membrane[j] * 0.99F;
      const float open = std::min(d * synapses.gain()[j], 1.0F);
      expected[j] = u + open * (65.0F - u);
    }
    bool over = false;
    for (const float v : expected) over = over || v > 30;
    const std::vector<float> before(membrane.data(), membrane.data() + kStride);
    for (const char* name : kNames) {
      const Kernels* kernels = ChooseKernels(name);
      if (kernels == nullptr) continue;
      std::copy(before.begin(), before.end(), membrane.data());
      DriveArgs<float> args{};
      args.weights = synapses.weights_f32();
      args.stride = kStride;
      args.rows = rows.data();
      args.row_count = count;
      args.gain = synapses.gain();
      args.threshold = threshold.data();
      args.membrane = membrane.data();
      args.decay = 0.99F;
      args.v_exc = 65;
      t.Expect(kernels->drive_f32(args) == over, "it says whether any neuron is over its threshold");
      t.Expect(std::equal(expected.begin(), expected.end(), membrane.data()), "the membranes are those of the equations");
    }
    rows.push_back((count * 7 + 3) % p.inputs);
  }
}

}  // namespace

void TestDrive(Checks& t) {
  t.Test("there is a kernel for every CPU, and an unknown name gives none", [&] {
    t.Expect(ChooseKernels("base") != nullptr && ChooseKernels(nullptr) != nullptr, "base");
    t.Expect(ChooseKernels("abacus") == nullptr, "abacus");
  });
  t.Test("a step does what the equations say, for any number of rows", [&] { LikeTheEquations(t); });
  t.Test("all kernels of this CPU give the same bits, for sizes around their vectors", [&] {
    for (const std::uint32_t neurons : {1U, 7U, 16U, 63U, 64U, 65U, 200U}) {
      SameBits(t, Sized(33, neurons, WeightKind::kFloat32));
      SameBits(t, Sized(33, neurons, WeightKind::kUint8));
    }
    SameBits(t, Sized(700, 20, WeightKind::kUint8));
  });
  t.Test("reading memory gives its sum, with every kernel", [&] {
    AlignedBuffer<float> data(4 * kReadPad);
    for (std::size_t k = 0; k < data.size(); ++k) data[k] = static_cast<float>(k % 5);
    float sum = 0;
    for (std::size_t k = 0; k < data.size(); ++k) sum += data[k];
    for (const char* name : kNames) {
      const Kernels* kernels = ChooseKernels(name);
      if (kernels != nullptr) t.Expect(kernels->sum_all(data.data(), data.size(), 3) == 3 * sum, "three times the sum");
    }
  });
}

}  // namespace spikeline::test
