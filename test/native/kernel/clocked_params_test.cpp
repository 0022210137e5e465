#include "kernel/clocked_params.hpp"

#include <cmath>
#include <limits>

#include "tests.hpp"
#include "world.hpp"

namespace spikeline::test {

namespace {

template <typename Change>
Status CheckedAfter(Change change) {
  ClockedParams p = SmallParams();
  change(p);
  return p.Check();
}

using Field = double ClockedParams::*;

constexpr Field kPositive[] = {
    &ClockedParams::dt_ms,       &ClockedParams::tau_mem_ms,  &ClockedParams::v_threshold,  &ClockedParams::v_exc,
    &ClockedParams::tau_theta_ms, &ClockedParams::w_max,      &ClockedParams::initial_max,  &ClockedParams::gain,
    &ClockedParams::tau_pre_ms,  &ClockedParams::tau_post_ms, &ClockedParams::tau_post2_ms, &ClockedParams::duration_ms,
};
constexpr Field kNotNegative[] = {
    &ClockedParams::refractory_ms,  &ClockedParams::theta_plus, &ClockedParams::theta_initial,
    &ClockedParams::normalised_sum, &ClockedParams::eta_pre,    &ClockedParams::eta_post,
    &ClockedParams::x_target,       &ClockedParams::inhibition, &ClockedParams::rest_ms,
    &ClockedParams::max_rate_hz,    &ClockedParams::brighter_hz,
};
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

}  // namespace

void TestClockedParams(Checks& t) {
  t.Test("the default layer and the small test layer are accepted", [&] {
    ClockedParams p;
    p.inputs = 784;
    p.neurons = 400;
    t.Expect(p.Check() == Status::kOk, "Diehl & Cook with 400 neurons");
    t.Expect(SmallParams().Check() == Status::kOk, "the small layer");
  });
  t.Test("no number may be NaN, infinite or negative", [&] {
    for (const Field field : kPositive) {
      for (const double bad : {kNan, kInfinity, -kInfinity, -1.0, 0.0, 1e300, std::numeric_limits<double>::denorm_min()}) {
        t.Expect(CheckedAfter([&](ClockedParams& p) { p.*field = bad; }) == Status::kBadParameter, "a positive number");
      }
    }
    for (const Field field : kNotNegative) {
      for (const double bad : {kNan, kInfinity, -kInfinity, -1.0, 1e300}) {
        t.Expect(CheckedAfter([&](ClockedParams& p) { p.*field = bad; }) == Status::kBadParameter, "zero or more");
      }
    }
    for (const double bad : {kNan, kInfinity, -kInfinity, 1e-6}) {
      t.Expect(CheckedAfter([&](ClockedParams& p) { p.v_inh = bad; }) == Status::kBadParameter, "v_inh is at most 0");
    }
  });
  t.Test("a layer without inputs or neurons, or with absurdly many, is refused for its size", [&] {
    for (const std::uint32_t bad : {0U, (1U << 20) + 1, UINT32_MAX}) {
      t.Expect(CheckedAfter([&](ClockedParams& p) { p.inputs = bad; }) == Status::kBadSize, "inputs");
    }
    for (const std::uint32_t bad : {0U, (1U << 16) + 1, UINT32_MAX}) {
      t.Expect(CheckedAfter([&](ClockedParams& p) { p.neurons = bad; }) == Status::kBadSize, "neurons");
    }
  });
  t.Test("potentials that would make a neuron fire for ever are refused", [&] {
    t.Expect(CheckedAfter([](ClockedParams& p) { p.v_reset = p.v_threshold; }) == Status::kBadParameter, "reset at threshold");
    t.Expect(CheckedAfter([](ClockedParams& p) { p.v_threshold = 0; }) == Status::kBadParameter, "threshold at rest");
  });
  t.Test("shares are within 0 and 1, and weights start within their range", [&] {
    t.Expect(CheckedAfter([](ClockedParams& p) { p.inhibition = 1.01; }) == Status::kBadParameter, "inhibition");
    t.Expect(CheckedAfter([](ClockedParams& p) { p.x_target = 1.01; }) == Status::kBadParameter, "x_target");
    t.Expect(CheckedAfter([](ClockedParams& p) { p.initial_max = 2 * p.w_max; }) == Status::kBadParameter, "initial_max");
  });
  t.Test("step counts that would leave 32 bits or ask for endless tables are refused", [&] {
    t.Expect(CheckedAfter([](ClockedParams& p) { p.duration_ms = 2e6; }) == Status::kBadParameter, "2,000 s a frame");
    t.Expect(CheckedAfter([](ClockedParams& p) { p.rest_ms = 2e6; }) == Status::kBadParameter, "2,000 s of rest");
    t.Expect(CheckedAfter([](ClockedParams& p) { p.dt_ms = 1e-6; }) == Status::kBadParameter, "a step of 1 ns");
    t.Expect(CheckedAfter([](ClockedParams& p) { p.dt_ms = 61; }) == Status::kBadParameter, "a frame shorter than a step");
    t.Expect(CheckedAfter([](ClockedParams& p) { p.tau_pre_ms = 70000; }) == Status::kBadParameter, "a long trace");
    t.Expect(CheckedAfter([](ClockedParams& p) { p.refractory_ms = 70000; }) == Status::kBadParameter, "a long hold");
    t.Expect(CheckedAfter([](ClockedParams& p) { p.max_repeats = 1001; }) == Status::kBadParameter, "endless repeats");
  });
  t.Test("steps round to nearest", [&] {
    ClockedParams p;
    p.dt_ms = 0.5;
    t.Expect(p.Steps(5) == 10 && p.Steps(5.2) == 10 && p.Steps(5.3) == 11 && p.Steps(0) == 0, "steps of 0.5 ms");
  });
  t.Test("every status has its own sentence", [&] {
    for (int code = 0; code <= static_cast<int>(Status::kOutOfRange); ++code) {
      const char* message = Message(static_cast<Status>(code));
      t.Expect(message != nullptr && message != Message(static_cast<Status>(200)), "a known status is explained");
    }
  });
}

}  // namespace spikeline::test
