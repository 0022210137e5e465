#include "clocked_params.hpp"

namespace spikeline {

namespace {

// Keeps every quotient and product of two parameters inside the range of floats.
constexpr double kSmall = 1e-9;
constexpr double kLarge = 1e12;

bool Positive(double x) noexcept { return x >= kSmall && x < kLarge; }
bool NotNegative(double x) noexcept { return x >= 0 && x < kLarge; }
bool Share(double x) noexcept { return x >= 0 && x <= 1; }

}  // namespace

Status ClockedParams::Check() const noexcept {
  if (inputs == 0 || inputs > (1U << 20) || neurons == 0 || neurons > (1U << 16)) return Status::kBadSize;
  const bool times = Positive(dt_ms) && Positive(tau_mem_ms) && Positive(tau_theta_ms) && Positive(tau_pre_ms) &&
                     Positive(tau_post_ms) && Positive(tau_post2_ms) && Positive(duration_ms) &&
                     NotNegative(rest_ms) && NotNegative(refractory_ms);
  // 2^20 steps a frame, 16 min at 1 ms: keeps step counters far from the ends of 32 bits.
  const bool steps = times && duration_ms / dt_ms >= 1 && (duration_ms + rest_ms) / dt_ms < 1048576 &&
                     refractory_ms / dt_ms < 65536 && tau_pre_ms / dt_ms < 65536 && tau_post_ms / dt_ms < 65536 &&
                     tau_post2_ms / dt_ms < 65536;
  // A neuron at or over its threshold by reset or at rest would fire for ever.
  const bool volts = Positive(v_threshold) && v_reset < v_threshold && v_reset > -kLarge &&
                     Positive(v_exc) && v_inh <= 0 && v_inh > -kLarge && NotNegative(theta_plus) &&
                     NotNegative(theta_initial);
  const bool weights_fit = Positive(w_max) && Positive(initial_max) && initial_max <= w_max && Positive(gain) &&
                           (normalised_sum == 0 || Positive(normalised_sum));
  const bool learning = NotNegative(eta_pre) && NotNegative(eta_post) && Share(x_target) && Share(inhibition);
  const bool rates = NotNegative(max_rate_hz) && NotNegative(brighter_hz) && max_repeats <= 1000;
  return steps && volts && weights_fit && learning && rates ? Status::kOk : Status::kBadParameter;
}

}  // namespace spikeline
