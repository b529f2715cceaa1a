// The JavaScript side of the boosting part. electron/engine/boosting/ is its only caller and checks what
// users can get wrong; the checks here keep any other mistake from reaching memory.
#include "register.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "../jobs/handle.h"
#include "../jobs/job.h"
#include "../jobs/typed_array.h"
#include "../lightgbm/split_kernels.h"
#include "booster.h"
#include "dataset.h"
#include "lightgbm_call.h"

namespace lobule {

template <>
constexpr napi_type_tag kTag<Dataset> = {0x6c6f62756c65'0001, 0x9d1e4b0c7a3f5281};
template <>
constexpr napi_type_tag kTag<Booster> = {0x6c6f62756c65'0002, 0x4f70c2e81b965ad3};

namespace {

Napi::Error Thrown(Napi::Env env, const char* code, const std::string& reason) {
  auto error = Napi::Error::New(env, reason);
  error.Set("code", Napi::String::New(env, code));
  return error;
}

template <typename T>
std::shared_ptr<T> Get(const Napi::Value& value) {
  auto shared = HeldBy<T>(value).value;
  if (!shared) throw Thrown(value.Env(), "boosting.closed", "closed");
  return shared;
}

template <typename T>
std::shared_ptr<T> GetOptional(const Napi::Value& value) {
  return value.IsUndefined() ? nullptr : Get<T>(value);
}

struct RawArray {
  napi_typedarray_type type;
  size_t length;
  void* data;
};

RawArray AnyArrayOf(const Napi::Value& value) {
  if (!value.IsTypedArray()) throw Napi::TypeError::New(value.Env(), "not a typed array");
  RawArray array{};
  const napi_status status = napi_get_typedarray_info(value.Env(), value, &array.type, &array.length,
                                                      &array.data, nullptr, nullptr);
  if (status != napi_ok) throw Napi::Error::New(value.Env(), "napi_get_typedarray_info failed");
  return array;
}

template <typename T>
std::vector<T> CopyOf(const Napi::Value& value) {
  if (value.IsUndefined()) return {};
  auto array = ArrayOf<T>(value);
  return std::vector<T>(array.Data(), array.Data() + array.ElementLength());
}

MatrixView MatrixOf(const Napi::Value& value, int32_t rows, int32_t columns) {
  const auto array = AnyArrayOf(value);
  const bool is_double = array.type == napi_float64_array;
  if (!is_double && array.type != napi_float32_array) {
    throw Napi::TypeError::New(value.Env(), "a matrix is a Float32Array or a Float64Array");
  }
  if (rows <= 0 || columns <= 0 || array.length != static_cast<size_t>(rows) * static_cast<size_t>(columns)) {
    throw Thrown(value.Env(), "boosting.invalid-input", "the matrix has a wrong length");
  }
  return {array.data, is_double ? C_API_DTYPE_FLOAT64 : C_API_DTYPE_FLOAT32, rows, columns};
}

Napi::Object ObjectOf(Napi::Env env, const Metrics& metrics) {
  auto object = Napi::Object::New(env);
  for (const auto& [name, value] : metrics) object.Set(name, value);
  return object;
}

Answer AnswerWith(std::shared_ptr<Dataset> dataset) {
  const auto rows = dataset->rows();
  const auto columns = dataset->columns();
  return [=](Napi::Env env) -> Napi::Value {
    auto object = Napi::Object::New(env);
    object.Set("handle", Hold(env, dataset));
    object.Set("rows", rows);
    object.Set("columns", columns);
    return object;
  };
}

Answer AnswerWith(std::shared_ptr<Booster> booster) {
  return [booster = std::move(booster)](Napi::Env env) -> Napi::Value {
    auto object = Napi::Object::New(env);
    object.Set("handle", Hold(env, booster));
    object.Set("rounds", booster->rounds());
    object.Set("columns", booster->columns());
    object.Set("treesPerRound", booster->trees_per_round());
    object.Set("training", ObjectOf(env, booster->evaluation().training));
    object.Set("validation", ObjectOf(env, booster->evaluation().validation));
    return object;
  };
}

int32_t IntegerAt(const Napi::CallbackInfo& info, size_t index) {
  return info[index].As<Napi::Number>().Int32Value();
}

/** (matrix, rows, columns, labels, weights?, parameters, reference?) -> Promise of a dataset */
Napi::Value CreateDataset(const Napi::CallbackInfo& info) {
  auto matrix = MatrixOf(info[0], IntegerAt(info, 1), IntegerAt(info, 2));
  auto labels = CopyOf<float>(info[3]);
  auto weights = CopyOf<float>(info[4]);
  auto parameters = info[5].As<Napi::String>().Utf8Value();
  auto reference = GetOptional<Dataset>(info[6]);
  const auto rows = static_cast<size_t>(matrix.rows);
  if (labels.size() != rows || (!weights.empty() && weights.size() != rows)) {
    throw Thrown(info.Env(), "boosting.invalid-input", "labels or weights have a wrong length");
  }
  // LightGBM sorts the values into the reference's bins by column without asking for their number.
  if (reference && reference->columns() != matrix.columns) {
    throw Thrown(info.Env(), "boosting.invalid-input",
                 "the reference has " + std::to_string(reference->columns()) + " columns, the matrix " +
                     std::to_string(matrix.columns));
  }
  return JobBoard::Start(
             info.Env(), Lane::kShort,
             [=](Job&) {
               return AnswerWith(Dataset::FromMatrix(matrix, labels, weights, parameters, reference.get()));
             },
             {info[0].As<Napi::Object>()})
      .promise;
}

/** (dataset, ascending row indices) -> Promise of a dataset */
Napi::Value SubsetDataset(const Napi::CallbackInfo& info) {
  auto dataset = Get<Dataset>(info[0]);
  auto rows = CopyOf<int32_t>(info[1]);
  return JobBoard::Start(info.Env(), Lane::kShort,
                         [=](Job&) { return AnswerWith(dataset->Subset(rows)); }, {})
      .promise;
}

/** (dataset, parameters, rounds, label classes, validation?, onRound?) -> { promise of a booster, cancel } */
Napi::Value Train(const Napi::CallbackInfo& info) {
  const TrainingTask task{Get<Dataset>(info[0]), GetOptional<Dataset>(info[4]),
                          info[1].As<Napi::String>().Utf8Value(), IntegerAt(info, 2), IntegerAt(info, 3)};
  const bool reports = !info[5].IsUndefined();
  auto started = JobBoard::Start(
      info.Env(), Lane::kTraining,
      [=](Job& job) {
        return AnswerWith(Booster::Train(task, [&](int32_t round, const Metrics& validation) {
          if (reports) {
            job.Report([=](const Napi::Function& on_round) {
              on_round.Call({Napi::Number::New(on_round.Env(), round), ObjectOf(on_round.Env(), validation)});
            });
          }
          return !job.cancelled();
        }));
      },
      {}, reports ? info[5].As<Napi::Function>() : Napi::Function());
  auto object = Napi::Object::New(info.Env());
  object.Set("promise", started.promise);
  object.Set("cancel", Napi::Function::New(info.Env(), [job = started.job](const Napi::CallbackInfo&) {
               if (auto running = job.lock()) running->Cancel();
             }));
  return object;
}

/** (model text) -> Promise of a booster */
Napi::Value LoadBooster(const Napi::CallbackInfo& info) {
  auto text = info[0].As<Napi::String>().Utf8Value();
  return JobBoard::Start(info.Env(), Lane::kShort,
                         [text = std::move(text)](Job&) { return AnswerWith(Booster::FromModelText(text)); },
                         {})
      .promise;
}

/** (booster, matrix, rows, kind, start round, rounds, Float64Array to fill) -> Promise of nothing */
Napi::Value Predict(const Napi::CallbackInfo& info) {
  auto booster = Get<Booster>(info[0]);
  const auto matrix = MatrixOf(info[1], IntegerAt(info, 2), booster->columns());
  const auto kind = IntegerAt(info, 3);
  const auto start_round = IntegerAt(info, 4);
  const auto rounds = IntegerAt(info, 5);
  auto out = ArrayOf<double>(info[6]);
  return JobBoard::Start(
             info.Env(), Lane::kShort,
             [=, values = out.Data(), length = static_cast<int64_t>(out.ElementLength())](Job&) -> Answer {
               booster->Predict(matrix, kind, start_round, rounds, values, length);
               return [](Napi::Env env) { return env.Undefined(); };
             },
             {info[1].As<Napi::Object>(), info[6].As<Napi::Object>()})
      .promise;
}

/** (booster) -> Promise of its model text */
Napi::Value ModelText(const Napi::CallbackInfo& info) {
  auto booster = Get<Booster>(info[0]);
  return JobBoard::Start(info.Env(), Lane::kShort,
                         [=](Job&) -> Answer {
                           return [text = booster->ModelText()](Napi::Env env) {
                             return Napi::String::New(env, text);
                           };
                         },
                         {})
      .promise;
}

/** (booster, kind) -> Promise of a number for each column */
Napi::Value FeatureImportance(const Napi::CallbackInfo& info) {
  auto booster = Get<Booster>(info[0]);
  const auto kind = IntegerAt(info, 1);
  return JobBoard::Start(info.Env(), Lane::kShort,
                         [=](Job&) -> Answer {
                           return [values = booster->FeatureImportance(kind)](Napi::Env env) {
                             auto array = Napi::Float64Array::New(env, values.size());
                             std::copy(values.begin(), values.end(), array.Data());
                             return array;
                           };
                         },
                         {})
      .promise;
}

template <typename T>
void Close(const Napi::CallbackInfo& info) {
  HeldBy<T>(info[0]).value.reset();
}

}  // namespace

Napi::Object RegisterBoosting(Napi::Env env) {
  ThreadPool::Instance().BeginThreadsWith(SilenceLog);
  SilenceLog();
  auto exports = Napi::Object::New(env);
  const auto add = [&](const char* name, auto function) {
    exports.Set(name, Napi::Function::New(env, function, name));
  };
  add("createDataset", CreateDataset);
  add("subsetDataset", SubsetDataset);
  add("closeDataset", Close<Dataset>);
  add("train", Train);
  add("loadBooster", LoadBooster);
  add("predict", Predict);
  add("modelText", ModelText);
  add("featureImportance", FeatureImportance);
  add("closeBooster", Close<Booster>);
  add("parameterAliases", [](const Napi::CallbackInfo& info) -> Napi::Value {
    return Napi::String::New(info.Env(), ParameterAliases());
  });
  add("chooseSplitKernels", [](const Napi::CallbackInfo& info) -> Napi::Value {
    const std::string name = info[0].ToString();
    return Napi::Boolean::New(info.Env(), ChooseSplitKernels(name.c_str()));
  });
  return exports;
}

}  // namespace lobule
