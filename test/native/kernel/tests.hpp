// One function a file: the table of contents of the kernel's tests.
#pragma once

#include "check.hpp"

namespace spikeline::test {

void TestAlignedBuffer(Checks& t);
void TestAugmentation(Checks& t);
void TestClassScores(Checks& t);
void TestClockedNetwork(Checks& t);
void TestClockedParams(Checks& t);
void TestClockedSpikes(Checks& t);
void TestClockedState(Checks& t);
void TestDrive(Checks& t);
void TestEventConvolution(Checks& t);
void TestExponential(Checks& t);
void TestFeaturePool(Checks& t);
void TestFeatureRows(Checks& t);
void TestLinearReadout(Checks& t);
void TestPoisson(Checks& t);
void TestRandom(Checks& t);
void TestRandomWalk(Checks& t);
void TestRewardReadout(Checks& t);
void TestRewardRules(Checks& t);
void TestSparseRows(Checks& t);
void TestSurfaceNetwork(Checks& t);
void TestSynapses(Checks& t);
void TestTraces(Checks& t);
void TestWaveEncoder(Checks& t);
void TestWaveGabor(Checks& t);
void TestWaveLayer(Checks& t);
void TestWaveNetwork(Checks& t);
void TestWaveParams(Checks& t);

}  // namespace spikeline::test
