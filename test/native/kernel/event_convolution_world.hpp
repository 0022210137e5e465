// Small event-driven convolutions for the tests. Events and runs are those of surface_world.hpp.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "kernel/event_convolution.hpp"
#include "surface_world.hpp"

namespace spikeline::test {

// A small network: 12 × 10 pixels, 6 maps of 5 × 5, three bins.
inline EventConvolutionParams SmallConvolution() {
  EventConvolutionParams p;
  p.width = 12;
  p.height = 10;
  p.maps = 6;
  p.lateral = 1;
  p.seed = 3;
  p.bin_us = 3000;
  p.bins = 3;
  p.centre = 1;
  p.window_us = 1500;
  p.tau_us = 2000;
  p.threshold = 1.5;
  p.reset = -0.5;
  p.rise = 0.1;
  p.fall = 0.05;
  return p;
}

// The surface network that takes the same events and says features of the same form.
inline SurfaceParams AsSurface(const EventConvolutionParams& p) {
  SurfaceParams s;
  s.width = p.width;
  s.height = p.height;
  s.prototypes = p.maps;
  s.bin_us = p.bin_us;
  s.bins = p.bins;
  s.centre = p.centre;
  return s;
}

// Null if the network could not be made: the caller checks.
inline std::unique_ptr<EventConvolution> MakeConvolution(const EventConvolutionParams& params,
                                                         const char* kernel = nullptr) {
  std::unique_ptr<EventConvolution> network;
  (void)EventConvolution::Create(params, ChooseEventKernels(kernel), network);
  return network;
}

// Owns what an EventConvolutionStateView points to.
struct ConvolutionStateCopy {
  explicit ConvolutionStateCopy(const EventConvolutionParams& p)
      : weights(std::size_t{p.taps()} * p.maps), thresholds(p.maps), counters(2) {}
  [[nodiscard]] EventConvolutionStateView View() {
    return {.weights = weights, .thresholds = thresholds, .counters = counters};
  }
  [[nodiscard]] bool operator==(const ConvolutionStateCopy&) const = default;

  std::vector<float> weights;
  std::vector<float> thresholds;
  std::vector<std::uint32_t> counters;
};

inline ConvolutionStateCopy StateOf(const EventConvolution& network) {
  ConvolutionStateCopy copy(network.params());
  (void)network.ReadState(copy.View());
  return copy;
}

// Null if all holds that must hold after any call, else the sentence that does not.
inline const char* BrokenConvolution(const EventConvolutionParams& p, const ConvolutionStateCopy& state) {
  for (const float w : state.weights) {
    if (!(w >= 0 && w <= 1)) return "a weight is from 0 to 1";
  }
  for (const float theta : state.thresholds) {
    if (!(theta >= p.least_threshold() && theta <= p.most_threshold())) return "a threshold stays in its span";
  }
  return nullptr;
}

}  // namespace spikeline::test
