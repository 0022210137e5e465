// Runs every test of the kernel, without Node. Exit code 1 if any fails.
#include <cstdio>
#include <initializer_list>

#include "kernel/drive.hpp"
#include "tests.hpp"

// Read by the sanitizers' runtime: memory that cannot be had is told, as it is without them, and leaks are failures.
extern "C" const char* __asan_default_options() {
  return "allocator_may_return_null=1:detect_leaks=1:detect_stack_use_after_return=1:strict_init_order=1";
}

int main() {
  for (const char* name : {"base", "avx2", "avx512"}) {
    std::printf("kernel %s: %s\n", name, spikeline::ChooseKernels(name) == nullptr ? "not on this CPU, SKIPPED" : "tested");
  }
  spikeline::test::Checks t;
  spikeline::test::TestAlignedBuffer(t);
  spikeline::test::TestRandom(t);
  spikeline::test::TestExponential(t);
  spikeline::test::TestTraces(t);
  spikeline::test::TestClockedParams(t);
  spikeline::test::TestSynapses(t);
  spikeline::test::TestPoisson(t);
  spikeline::test::TestDrive(t);
  spikeline::test::TestClockedNetwork(t);
  spikeline::test::TestClockedSpikes(t);
  spikeline::test::TestClockedState(t);
  spikeline::test::TestRandomWalk(t);
  spikeline::test::TestAugmentation(t);
  spikeline::test::TestFeaturePool(t);
  spikeline::test::TestFeatureRows(t);
  spikeline::test::TestClassScores(t);
  spikeline::test::TestSparseRows(t);
  spikeline::test::TestLinearReadout(t);
  spikeline::test::TestRewardRules(t);
  spikeline::test::TestRewardReadout(t);
  spikeline::test::TestWaveParams(t);
  spikeline::test::TestWaveEncoder(t);
  spikeline::test::TestWaveGabor(t);
  spikeline::test::TestWaveLayer(t);
  spikeline::test::TestWaveNetwork(t);
  spikeline::test::TestSurfaceNetwork(t);
  spikeline::test::TestEventConvolution(t);
  return t.Report();
}
