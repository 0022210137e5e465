// What a clocked layer is made of, as plain numbers. Voltages are relative to the leak potential, in mV; times in ms.
// The JavaScript side checks meaning (src/model/schema.ts); Check() here refuses what would break the kernel.
#pragma once

#include <cstdint>

#include "status.hpp"

namespace spikeline {

enum class WeightKind : std::uint8_t { kFloat32 = 0, kUint8 = 1 };
enum class Rule : std::uint8_t { kPostTarget = 0, kPair = 1, kTriplet = 2 };
enum class Competition : std::uint8_t { kSoft = 0, kHard = 1 };
enum class Bound : std::uint8_t { kHard = 0, kSoft = 1 };  // the rule's mu: 0 or 1

struct ClockedParams {
  std::uint32_t inputs = 0;
  std::uint32_t neurons = 0;
  std::uint32_t seed = 0;
  WeightKind weights = WeightKind::kFloat32;
  Rule rule = Rule::kPostTarget;
  Competition competition = Competition::kSoft;
  Bound bound = Bound::kHard;

  double dt_ms = 1;
  double tau_mem_ms = 100;
  double v_reset = 0;
  double v_threshold = 13;
  double v_exc = 65;
  double v_inh = -35;
  double refractory_ms = 5;
  double theta_plus = 0.05;
  double theta_initial = 20;
  double tau_theta_ms = 1e7;

  double w_max = 1;
  double initial_max = 0.3;
  double gain = 0.02;
  double normalised_sum = 78.4;  // 0: weights are not normalised

  double eta_pre = 0;
  double eta_post = 0.01;
  double x_target = 0.1;
  double tau_pre_ms = 20;
  double tau_post_ms = 20;
  double tau_post2_ms = 40;

  double inhibition = 1;
  double duration_ms = 350;
  double rest_ms = 150;
  std::uint32_t min_spikes = 5;
  std::uint32_t max_repeats = 20;
  double max_rate_hz = 63.75;
  double brighter_hz = 31.875;

  [[nodiscard]] Status Check() const noexcept;
  // Steps of dt in a stretch of time, rounded to nearest.
  [[nodiscard]] std::uint32_t Steps(double ms) const noexcept { return static_cast<std::uint32_t>(ms / dt_ms + 0.5); }
};

}  // namespace spikeline
