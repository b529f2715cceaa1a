#pragma once

#include <LightGBM/c_api.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "dataset.h"

namespace lobule {

/** Values of a model's metrics, by LightGBM's names for them. */
using Metrics = std::vector<std::pair<std::string, double>>;

struct Evaluation {
  Metrics training;
  Metrics validation;  // empty without a validation dataset
};

struct TrainingTask {
  std::shared_ptr<Dataset> dataset;
  std::shared_ptr<Dataset> validation;  // may be null
  std::string parameters;               // "name=value" separated by spaces
  int32_t rounds;
  /** Labels must be whole numbers in 0..label_classes-1; 0: any finite number. */
  int32_t label_classes;
};

/** Owns one LightGBM Booster that holds trees and nothing else: no training data, no histograms. */
class Booster {
 public:
  /** After each round: the validation's metrics, empty without one. False stops the training. */
  using AfterRound = std::function<bool(int32_t round, const Metrics& validation)>;

  /** Trains as Python's lgb.train does, without its callbacks. Throws Failure. [worker] */
  static std::shared_ptr<Booster> Train(const TrainingTask& task, const AfterRound& after_round);

  /** The booster that a model text describes; nothing in the text is trusted. Throws Failure. [worker] */
  static std::shared_ptr<Booster> FromModelText(const std::string& text);

  Booster(const Booster&) = delete;
  Booster& operator=(const Booster&) = delete;
  ~Booster() { LGBM_BoosterFree(handle_); }

  /** Writes `length` numbers to `out`; `kind` is a C_API_PREDICT_ constant. Throws Failure. [worker] */
  void Predict(const MatrixView& matrix, int kind, int32_t start_round, int32_t rounds, double* out,
               int64_t length);
  std::string ModelText();                                 // [worker]
  std::vector<double> FeatureImportance(int kind);         // [worker]
  /** After the last round; empty for a booster that was read from a text. */
  const Evaluation& evaluation() const { return evaluation_; }

  int32_t rounds() const { return rounds_; }
  int32_t columns() const { return columns_; }
  int32_t trees_per_round() const { return trees_per_round_; }

 private:
  explicit Booster(BoosterHandle handle);

  const BoosterHandle handle_;
  // LightGBM's predictors write into the booster that they read (its issue 6142): one at a time.
  std::mutex mutex_;
  Evaluation evaluation_;
  int32_t rounds_ = 0;
  int32_t columns_ = 0;
  int32_t trees_per_round_ = 0;
};

}  // namespace lobule
