// The kernel's one result type: what went wrong as an enum whose every line is a sentence. No exceptions.
#pragma once

#include <cstdint>

namespace spikeline {

enum class Status : std::uint8_t {
  kOk,
  kBadSize,
  kBadParameter,
  kOutOfMemory,
  kBadState,
  kUnsorted,
  kOutOfRange,
  kUnknownDecision,
};

// One sentence for people; never null.
[[nodiscard]] constexpr const char* Message(Status status) noexcept {
  switch (status) {
    case Status::kOk: return "ok";
    case Status::kBadSize: return "an array has another length than the network needs";
    case Status::kBadParameter: return "a parameter is outside its range";
    case Status::kOutOfMemory: return "there is not enough memory for a network of this size";
    case Status::kBadState: return "the saved state does not fit this network";
    case Status::kUnsorted: return "spike times fall or reach past the frame's duration";
    case Status::kOutOfRange: return "a spike names an input that the network does not have";
    case Status::kUnknownDecision: return "no decision with this number waits for a reward";
  }
  return "unknown status";
}

}  // namespace spikeline
