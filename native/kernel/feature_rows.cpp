#include "feature_rows.hpp"

#include <algorithm>
#include <cstddef>
#include <new>

namespace spikeline {

FeatureRows::FeatureRows(const PoolParams& params) noexcept
    : pool_(params), index_(ListRoom(params.Inputs())), value_(ListRoom(params.Inputs())) {}

bool FeatureRows::ok() const noexcept { return pool_.ok() && index_.ok() && value_.ok(); }

Status FeatureRows::Create(const PoolParams& params, std::unique_ptr<FeatureRows>& out) noexcept {
  if (const Status status = params.Check(); status != Status::kOk) return status;
  std::unique_ptr<FeatureRows> made(new (std::nothrow) FeatureRows(params));
  if (made == nullptr || !made->ok()) return Status::kOutOfMemory;
  out = std::move(made);
  return Status::kOk;
}

Status FeatureRows::Fill(const FeatureSpikes& batch, std::span<float> rows) noexcept {
  if (const Status status = pool_.Check(batch); status != Status::kOk) return status;
  const std::size_t inputs = pool_.inputs();
  if (rows.size() != batch.frames() * inputs) return Status::kBadSize;
  std::fill(rows.begin(), rows.end(), 0.0F);
  SparseFrame list{.index = index_.data(), .value = value_.data()};
  for (std::size_t f = 0; f < batch.frames(); ++f) {
    pool_.Pool(batch.Frame(f), nullptr, list);
    float* const row = rows.data() + f * inputs;
    for (std::size_t k = 0; k < list.count; ++k) row[list.index[k]] = list.value[k];
  }
  return Status::kOk;
}

}  // namespace spikeline
