// In place of LightGBM's src/treelearner/tree_learner.cpp and feature_histogram.cpp: the factory of tree learners, with
// ours for the one kind of training that the addon offers, and no search for splits of categories
// (electron/engine/boosting/parameters.ts refuses other kinds, and columns of categories).
#include <LightGBM/tree_learner.h>
#include <LightGBM/utils/log.h>

#include "fast_tree_learner.h"

namespace LightGBM {

TreeLearner* TreeLearner::CreateTreeLearner(const std::string& learner_type, const std::string& device_type,
                                            const Config* config, const bool) {
  if (device_type != "cpu" || learner_type != "serial" || config->linear_tree) {
    Log::Fatal("This build trains trees with constant leaves, on the CPU of one machine");
  }
  return new lobule::FastTreeLearner(config);
}

void FeatureHistogram::FuncForCategorical() {
  Log::Fatal("This build has no columns of categories");
}

}  // namespace LightGBM
