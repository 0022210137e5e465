#include "reward_readout_wrap.hpp"

#include <array>

#include "readout_arguments.hpp"

namespace spikeline::addon {

namespace {

bool ReadRuleParams(Napi::Env env, const Napi::Object& o, RuleParams& p) {
  std::uint32_t rule = 0;
  const bool read = ReadChoiceField(env, o, "rule", 3, rule) && ReadNumberField(env, o, "marginGate", p.margin_gate) &&
                    ReadNumberField(env, o, "runnerUpShare", p.runner_up_share) &&
                    ReadNumberField(env, o, "recencyPenalty", p.recency_penalty) &&
                    ReadNumberField(env, o, "fatigue", p.fatigue) &&
                    ReadNumberField(env, o, "fatigueKept", p.fatigue_kept);
  p.rule = static_cast<RewardRule>(rule);
  return read;
}

bool ReadParams(Napi::Env env, const Napi::Object& o, RewardParams& p) {
  return ReadPoolParams(env, o, p.pool) && ReadAugmentParams(env, o, p.augment) && ReadRateSchedule(env, o, p.rate) &&
         ReadRuleParams(env, o, p.rule) && ReadUint32Field(env, o, "classes", p.classes) &&
         ReadUint32Field(env, o, "neuronsPerClass", p.neurons_per_class) && ReadUint32Field(env, o, "seed", p.seed) &&
         ReadUint32Field(env, o, "memory", p.memory) && ReadNumberField(env, o, "initialMax", p.initial_max);
}

// All fields are fetched before the first array is read: a getter may run any JavaScript, also such that frees an array.
bool ReadStateView(Napi::Env env, const Napi::Value& value, RewardState& v) {
  if (!value.IsObject()) {
    ThrowTypeError(env, "SPIKELINE_ARGUMENT", "an object of typed arrays", "state");
    return false;
  }
  constexpr std::array<const char*, 4> kNames = {"weights", "behind", "tired", "counters"};
  const Napi::Object object = value.As<Napi::Object>();
  std::array<Napi::Value, kNames.size()> field;
  for (std::size_t k = 0; k < kNames.size(); ++k) {
    field[k] = object.Get(kNames[k]);
    if (env.IsExceptionPending()) return false;
  }
  return ReadArray(env, field[0], kNames[0], v.weights) && ReadArray(env, field[1], kNames[1], v.behind) &&
         ReadArray(env, field[2], kNames[2], v.tired) && ReadArray(env, field[3], kNames[3], v.counters);
}

}  // namespace

Napi::Function RewardReadoutWrap::Define(Napi::Env env) {
  return DefineClass(env, "RewardReadout",
                     {
                         InstanceMethod<&RewardReadoutWrap::Present>("present"),
                         InstanceMethod<&RewardReadoutWrap::Reward>("reward"),
                         InstanceMethod<&RewardReadoutWrap::Learn>("learn"),
                         InstanceMethod<&RewardReadoutWrap::Judge>("judge"),
                         InstanceMethod<&RewardReadoutWrap::JudgeEarly>("judgeEarly"),
                         InstanceMethod<&RewardReadoutWrap::ReadState>("readState"),
                         InstanceMethod<&RewardReadoutWrap::WriteState>("writeState"),
                         InstanceMethod<&RewardReadoutWrap::Dispose>("dispose"),
                     });
}

// new RewardReadout(params)
RewardReadoutWrap::RewardReadoutWrap(const Napi::CallbackInfo& info) : Napi::ObjectWrap<RewardReadoutWrap>(info) {
  const Napi::Env env = info.Env();
  if (!info[0].IsObject()) {
    ThrowTypeError(env, "SPIKELINE_ARGUMENT", "an object", "params");
    return;
  }
  RewardParams params;
  if (!ReadParams(env, info[0].As<Napi::Object>(), params)) return;
  (void)CheckStatus(env, RewardReadout::Create(params, readout_));
}

bool RewardReadoutWrap::Alive(Napi::Env env) {
  if (readout_ == nullptr) ThrowTypeError(env, "SPIKELINE_DISPOSED", "a readout that was not disposed of", "this call");
  return readout_ != nullptr;
}

// present(start, feature, x, y, shares: Float32Array): { id, label, neuron, margin }
Napi::Value RewardReadoutWrap::Present(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  FeatureSpikes spikes;
  std::span<float> share;
  Decision decision{};
  if (!Alive(env) || !ReadFeatureSpikes(info, spikes) || !ReadArray(env, info[4], "shares", share)) return env.Undefined();
  if (!CheckStatus(env, readout_->Present(spikes, share, decision))) return env.Undefined();
  Napi::Object out = Napi::Object::New(env);
  out.Set("id", Napi::Number::New(env, static_cast<double>(decision.id)));
  out.Set("label", Napi::Number::New(env, decision.label));
  out.Set("neuron", Napi::Number::New(env, decision.neuron));
  out.Set("margin", Napi::Number::New(env, static_cast<double>(decision.margin)));
  return out;
}

// reward(id: number, right: boolean, truth: number): truth is the class that was told, or -1
Napi::Value RewardReadoutWrap::Reward(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  double id = 0;
  bool right = false;
  double truth = 0;
  const bool read = Alive(env) && ReadNumber(env, info[0], "id", id) && ReadFlag(env, info[1], "right", right) &&
                    ReadNumber(env, info[2], "truth", truth);
  if (!read) return env.Undefined();
  // Class numbers end far below; what is no whole number is no class and no decision.
  const bool is_class = truth >= -1 && truth < kMostClasses && truth == static_cast<std::int32_t>(truth);
  const bool is_id = id >= 0 && id < 9007199254740992.0 && id == static_cast<double>(static_cast<std::uint64_t>(id));
  if (!is_class || !is_id) {
    ThrowTypeError(env, "SPIKELINE_ARGUMENT", is_id ? "a class or -1" : "the id of a decision", is_id ? "truth" : "id");
    return env.Undefined();
  }
  (void)CheckStatus(env, readout_->Reward(static_cast<std::uint64_t>(id), right ? Outcome::kRight : Outcome::kWrong,
                                          truth < 0 ? kNotTold : static_cast<std::uint32_t>(truth)));
  return env.Undefined();
}

// learn(start, feature, x, y, labels: Uint16Array, order: Uint32Array, told: boolean): number of right decisions
Napi::Value RewardReadoutWrap::Learn(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  FeatureSpikes spikes;
  std::span<std::uint16_t> label;
  std::span<std::uint32_t> order;
  bool told = false;
  std::uint32_t right = 0;
  const bool read = Alive(env) && ReadFeatureSpikes(info, spikes) && ReadLesson(info, label, order) &&
                    ReadFlag(env, info[6], "told", told);
  if (!read) return env.Undefined();
  const Status status = readout_->Learn(spikes, label, order, told ? Told::kClass : Told::kReward, right);
  if (!CheckStatus(env, status)) return env.Undefined();
  return Napi::Number::New(env, right);
}

// judge(start, feature, x, y, labels: Uint16Array, margins, shares: Float32Array)
Napi::Value RewardReadoutWrap::Judge(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  FeatureSpikes spikes;
  Judged out;
  if (!Alive(env) || !ReadFeatureSpikes(info, spikes) || !ReadJudged(info, out)) return env.Undefined();
  (void)CheckStatus(env, readout_->Judge(spikes, out));
  return env.Undefined();
}

// judgeEarly(start, feature, x, y, enough: number, labels: Uint16Array, spikes: Uint32Array)
Napi::Value RewardReadoutWrap::JudgeEarly(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  FeatureSpikes spikes;
  double enough = 0;
  JudgedEarly out;
  if (!Alive(env) || !ReadFeatureSpikes(info, spikes) || !ReadJudgedEarly(info, enough, out)) return env.Undefined();
  (void)CheckStatus(env, readout_->JudgeEarly(spikes, enough, out));
  return env.Undefined();
}

// readState(state): fills the arrays. Alive is asked last: reading the arguments may have disposed of the readout.
Napi::Value RewardReadoutWrap::ReadState(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  RewardState view;
  if (ReadStateView(env, info[0], view) && Alive(env)) (void)CheckStatus(env, readout_->ReadState(view));
  return env.Undefined();
}

// writeState(state): takes the arrays over, or throws and changes nothing
Napi::Value RewardReadoutWrap::WriteState(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  RewardState view;
  if (ReadStateView(env, info[0], view) && Alive(env)) (void)CheckStatus(env, readout_->WriteState(view));
  return env.Undefined();
}

// dispose(): frees the memory now; idempotent
Napi::Value RewardReadoutWrap::Dispose(const Napi::CallbackInfo& info) {
  readout_.reset();
  return info.Env().Undefined();
}

}  // namespace spikeline::addon
