#include "kernel/wave_params.hpp"

#include <limits>

#include "tests.hpp"
#include "wave_world.hpp"

namespace spikeline::test {

namespace {

template <typename Change>
Status CheckedAfter(Change change) {
  WaveParams p = SmallWave();
  change(p);
  return p.Check();
}

using Field = double WaveParams::*;
using Count = std::uint32_t WaveParams::*;

constexpr Field kFields[] = {
    &WaveParams::sigma_centre,       &WaveParams::sigma_surround, &WaveParams::contrast, &WaveParams::initial_mean,
    &WaveParams::initial_std,        &WaveParams::theta_plus,     &WaveParams::a_plus,   &WaveParams::a_plus_max,
    &WaveParams::learning_threshold, &WaveParams::a_ratio,
};
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

}  // namespace

void TestWaveParams(Checks& t) {
  t.Test("the defaults for digits and the small test layer are accepted", [&] {
    WaveParams p;
    p.width = 28;
    p.height = 28;
    t.Expect(p.Check() == Status::kOk, "digits");
    t.Expect(p.positions_x() == 28 && p.cells_x() == 7 && p.features() == 256 && p.taps() == 98, "its shape");
    t.Expect(p.UseLevels() == 11 && p.LearningLevels() == 1024, "its levels: 22.1 of 11 fit 8 bits");
    t.Expect(SmallWave().Check() == Status::kOk, "the small layer");
  });
  t.Test("no number may be NaN, infinite, negative or far out", [&] {
    for (const Field field : kFields) {
      for (const double bad : {kNan, kInfinity, -kInfinity, -1.0, 256.0}) {
        t.Expect(CheckedAfter([&](WaveParams& p) { p.*field = bad; }) == Status::kBadParameter, "a parameter");
      }
    }
    for (const double bad : {kNan, kInfinity, 0.0, 0.99, -1.0, 255.1}) {
      t.Expect(CheckedAfter([&](WaveParams& p) { p.thresholds[0] = bad; }) == Status::kBadParameter, "a threshold");
      t.Expect(CheckedAfter([&](WaveParams& p) { p.thresholds[1] = bad; }) == Status::kBadParameter, "the second");
    }
  });
  t.Test("sizes must be there and fit each other", [&] {
    for (const Count field : {&WaveParams::width, &WaveParams::height, &WaveParams::maps, &WaveParams::window,
                              &WaveParams::max_spikes, &WaveParams::cell, &WaveParams::threshold_count}) {
      for (const std::uint32_t bad : {0U, 5000U, UINT32_MAX}) {
        t.Expect(CheckedAfter([&](WaveParams& p) { p.*field = bad; }) == Status::kBadSize, "a size");
      }
    }
    t.Expect(CheckedAfter([](WaveParams& p) { p.latency_bins = 257; }) == Status::kBadSize, "bins have an end");
    t.Expect(CheckedAfter([](WaveParams& p) { p.width = p.height = 4096; }) == Status::kBadSize, "memory has an end");
    t.Expect(CheckedAfter([](WaveParams& p) { p.width = 1920, p.height = 1080; }) == Status::kOk, "a full frame fits");
    t.Expect(CheckedAfter([](WaveParams& p) { p.pad = p.window; }) == Status::kBadSize, "windows see the image");
    t.Expect(CheckedAfter([](WaveParams& p) { p.width = 4, p.pad = 0; }) == Status::kBadSize, "a window fits the image");
    t.Expect(CheckedAfter([](WaveParams& p) { p.winners = 0; }) == Status::kBadParameter, "somebody may win");
    t.Expect(CheckedAfter([](WaveParams& p) { p.doubling_frames = 0; }) == Status::kBadParameter, "a doubling takes time");
  });
}

}  // namespace spikeline::test
