// The learning loop in C++ alone, without Node: what the JavaScript boundary costs is the difference to `dc400.train`
// and `dc400.test` of `npm run bench`. Reads MNIST's IDX files; prints frames per CPU second. Not part of the package.
//
// usage: dc400 MNIST_DIR [train_frames [test_frames [base|avx2|avx512 [u8]]]]
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <memory>
#include <string>
#include <vector>

#include "../kernel/clocked_network.hpp"

namespace {

std::vector<std::uint8_t> ReadAfter(const std::string& path, std::size_t header) {
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) {
    std::fprintf(stderr, "Expected MNIST's file %s, but it cannot be opened.\n", path.c_str());
    std::exit(66);
  }
  std::vector<std::uint8_t> bytes;
  std::uint8_t buffer[65536];
  for (std::size_t n; (n = std::fread(buffer, 1, sizeof buffer, file)) > 0;) bytes.insert(bytes.end(), buffer, buffer + n);
  std::fclose(file);
  bytes.erase(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(header));
  return bytes;
}

double CpuSeconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

struct Result {
  double fps;
  double spikes;
};

Result Run(spikeline::ClockedNetwork& network, const std::vector<std::uint8_t>& images, std::size_t frames,
           spikeline::Learning learning) {
  const std::size_t inputs = network.params().inputs;
  const std::size_t neurons = network.params().neurons;
  constexpr std::size_t kBatch = 100;
  std::vector<std::uint16_t> counts(kBatch * neurons);
  std::vector<std::uint32_t> input_spikes(kBatch);
  std::vector<std::uint8_t> repeats(kBatch);
  std::uint64_t spikes = 0;
  const double start = CpuSeconds();
  for (std::size_t f = 0; f + kBatch <= frames; f += kBatch) {
    const auto status = network.PresentImages(
        {.pixels = {images.data() + f * inputs, kBatch * inputs}, .counts = counts, .input_spikes = input_spikes,
         .repeats = repeats},
        learning);
    if (status != spikeline::Status::kOk) std::exit(70);
    for (const std::uint16_t c : counts) spikes += c;
  }
  return {static_cast<double>(frames) / (CpuSeconds() - start), static_cast<double>(spikes) / static_cast<double>(frames)};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const std::string dir = argv[1];
  const std::size_t train_frames = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 10000;
  const std::size_t test_frames = argc > 3 ? std::strtoul(argv[3], nullptr, 10) : 10000;
  const auto* kernels = spikeline::ChooseKernels(argc > 4 ? argv[4] : nullptr);
  if (kernels == nullptr) return 69;
  spikeline::ClockedParams params;
  params.inputs = 784;
  params.neurons = 400;
  params.seed = 7;
  // The constants of src/systems/diehl-cook-2015.ts.
  params.bound = spikeline::Bound::kSoft;
  params.competition = spikeline::Competition::kHard;
  params.theta_plus = 0.04;
  params.theta_initial = 0;
  params.gain = 0.024;
  params.eta_post = 0.012;
  params.x_target = 0.04;
  params.tau_pre_ms = 10;
  params.inhibition = 0.85;
  if (argc > 5 && std::strcmp(argv[5], "u8") == 0) params.weights = spikeline::WeightKind::kUint8;
  std::unique_ptr<spikeline::ClockedNetwork> network;
  if (spikeline::ClockedNetwork::Create(params, kernels, network) != spikeline::Status::kOk) return 70;
  const auto train = ReadAfter(dir + "/train-images-idx3-ubyte", 16);
  const auto test = ReadAfter(dir + "/t10k-images-idx3-ubyte", 16);
  (void)Run(*network, train, train_frames, spikeline::Learning::kOn);  // warm-up, as in the benchmark
  const std::size_t next = train_frames * network->params().inputs;
  const std::vector<std::uint8_t> later(train.begin() + static_cast<std::ptrdiff_t>(next), train.end());
  const Result learned = Run(*network, later, train_frames, spikeline::Learning::kOn);
  const Result tested = Run(*network, test, test_frames, spikeline::Learning::kOff);
  std::printf("{\"kernel\":\"%s\",\"trainFps\":%.0f,\"testFps\":%.0f,\"trainSpikes\":%.2f,\"testSpikes\":%.2f}\n",
              network->kernel_name(), learned.fps, tested.fps, learned.spikes, tested.spikes);
  return 0;
}
