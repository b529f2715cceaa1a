#include "booster.h"

#include <cmath>
#include <utility>

#include "lightgbm_call.h"
#include "model_text.h"

namespace lobule {

namespace {

/** A booster in training; frees itself, with all that it allocated for that. */
class Training {
 public:
  explicit Training(const TrainingTask& task) {
    Check(LGBM_BoosterCreate(task.dataset->handle(), task.parameters.c_str(), &handle_));
    try {
      if (task.validation) Check(LGBM_BoosterAddValidData(handle_, task.validation->handle()));
    } catch (...) {
      LGBM_BoosterFree(handle_);
      throw;
    }
  }
  Training(const Training&) = delete;
  Training& operator=(const Training&) = delete;
  ~Training() { LGBM_BoosterFree(handle_); }

  BoosterHandle handle() const { return handle_; }

  /** `side`: 0 the training data, 1 the validation data. */
  Metrics Evaluate(int side) const {
    const auto names = MetricNames();
    std::vector<double> values(names.size());
    int count = 0;
    Check(LGBM_BoosterGetEval(handle_, side, &count, values.data()));
    Metrics metrics;
    for (size_t i = 0; i < names.size(); ++i) metrics.emplace_back(names[i], values[i]);
    return metrics;
  }

 private:
  std::vector<std::string> MetricNames() const {
    int count = 0;
    Check(LGBM_BoosterGetEvalCounts(handle_, &count));
    constexpr size_t kLength = 256;
    std::vector<std::vector<char>> buffers(static_cast<size_t>(count), std::vector<char>(kLength));
    std::vector<char*> pointers;
    for (auto& buffer : buffers) pointers.push_back(buffer.data());
    size_t needed = 0;
    Check(LGBM_BoosterGetEvalNames(handle_, count, &count, kLength, &needed, pointers.data()));
    return {pointers.begin(), pointers.end()};
  }

  BoosterHandle handle_ = nullptr;
};

std::string ModelTextOf(BoosterHandle handle) {
  int64_t length = 0;
  std::string text(1 << 20, '\0');
  for (;;) {
    Check(LGBM_BoosterSaveModelToString(handle, 0, -1, C_API_FEATURE_IMPORTANCE_SPLIT,
                                        static_cast<int64_t>(text.size()), &length, &text[0]));
    const bool fitted = length <= static_cast<int64_t>(text.size());
    text.resize(static_cast<size_t>(fitted ? length - 1 : length));
    if (fitted) return text;
  }
}

/** LightGBM cuts 1.5 to class 1 and takes any positive label as the second of two classes. */
void CheckLabels(const Dataset& dataset, int32_t classes) {
  const float* labels = dataset.labels();
  for (int32_t row = 0, rows = dataset.rows(); row < rows; ++row) {
    if (labels[row] >= 0 && labels[row] < classes && labels[row] == std::floor(labels[row])) continue;
    throw InvalidInput("the label of row " + std::to_string(row) + " is " +
                                std::to_string(labels[row]) + ", not a whole number from 0 to " +
                                std::to_string(classes - 1));
  }
}

}  // namespace

std::shared_ptr<Booster> Booster::Train(const TrainingTask& task, const AfterRound& after_round) {
  if (task.label_classes > 0) {
    CheckLabels(*task.dataset, task.label_classes);
    if (task.validation) CheckLabels(*task.validation, task.label_classes);
  }
  Check(LGBM_DatasetUpdateParamChecking(task.dataset->parameters().c_str(), task.parameters.c_str()));
  std::string text;
  Evaluation evaluation;
  {
    Training training(task);
    Metrics validation;
    for (int32_t round = 0; round < task.rounds; ++round) {
      // LightGBM's "finished" means that this round found no split; Python goes on, as the next round's
      // sample of features may find one.
      int finished = 0;
      Check(LGBM_BoosterUpdateOneIter(training.handle(), &finished));
      if (task.validation) validation = training.Evaluate(1);
      if (!after_round(round + 1, validation)) throw Failure::Cancelled();
    }
    evaluation.training = training.Evaluate(0);
    evaluation.validation = std::move(validation);
    text = ModelTextOf(training.handle());
  }
  // Through the text, as Python does at the end of lgb.train: what stays is the trees alone.
  auto booster = FromModelText(text);
  booster->evaluation_ = std::move(evaluation);
  return booster;
}

std::shared_ptr<Booster> Booster::FromModelText(const std::string& text) {
  ValidateModelText(text);
  int rounds = 0;
  BoosterHandle handle = nullptr;
  Check(LGBM_BoosterLoadModelFromString(text.c_str(), &rounds, &handle));
  return std::shared_ptr<Booster>(new Booster(handle));
}

Booster::Booster(BoosterHandle handle) : handle_(handle) {
  Check(LGBM_BoosterGetCurrentIteration(handle_, &rounds_));
  Check(LGBM_BoosterGetNumFeature(handle_, &columns_));
  Check(LGBM_BoosterNumModelPerIteration(handle_, &trees_per_round_));
}

void Booster::Predict(const MatrixView& matrix, int kind, int32_t start_round, int32_t rounds, double* out,
                      int64_t length) {
  std::lock_guard<std::mutex> lock(mutex_);
  int64_t expected = 0;
  Check(LGBM_BoosterCalcNumPredict(handle_, matrix.rows, kind, start_round, rounds, &expected));
  if (expected != length) throw InvalidInput("the buffer for the predictions has a wrong length");
  Check(LGBM_BoosterPredictForMat(handle_, matrix.data, matrix.type, matrix.rows, matrix.columns,
                                  /*is_row_major=*/1, kind, start_round, rounds, "", &length, out));
}

std::string Booster::ModelText() {
  std::lock_guard<std::mutex> lock(mutex_);
  return ModelTextOf(handle_);
}

std::vector<double> Booster::FeatureImportance(int kind) {
  std::lock_guard<std::mutex> lock(mutex_);
  std::vector<double> importance(static_cast<size_t>(columns_));
  Check(LGBM_BoosterFeatureImportance(handle_, -1, kind, importance.data()));
  return importance;
}

}  // namespace lobule
