#pragma once

#include <cstdint>
#include <set>
#include <vector>

// LightGBM's own header, from its src/treelearner.
#include "serial_tree_learner.h"
#include "split_kernels.h"

namespace lobule {

/**
 * LightGBM's serial tree learner with a faster search for the best splits of a leaf. It grows the same trees to the
 * bit; fast_tree_learner.cc says why. Written for and compared with LightGBM 4.6.0.
 *
 * Only the search for plain splits on numbers is ours. Everything that needs more (see IsPlain) runs the code of the
 * base class. `ChooseSplitKernels("none")` turns our search off. [worker; one training at a time, as the base class]
 */
class FastTreeLearner : public LightGBM::SerialTreeLearner {
 public:
  explicit FastTreeLearner(const LightGBM::Config* config) : SerialTreeLearner(config) {}

 protected:
  void BeforeTrain() override;

  // The overload without forced features calls the one below.
  using SerialTreeLearner::FindBestSplits;
  void FindBestSplits(const LightGBM::Tree* tree, const std::set<int>* force_features) override;

 private:
  /** A column of the training data: what its histogram needs, in one place, since LightGBM's objects are far apart. */
  struct Column {
    /** The bins of its group, a byte per row; null: LightGBM counts this group. */
    const uint8_t* bytes;
    int group;
    int group_bins;
    /** Offsets in doubles from the first column's histogram: of the group's histogram and of the column's. */
    int64_t group_place;
    int64_t place;
    int bins;
    int most_frequent;
    /** Its number in the whole dataset. */
    int real;
    /** No other column shares its group. */
    bool is_alone;
    /** The kernels may search it: numbers without missing values, at most kSplitBins bins. */
    bool is_plain;

    /** Bins in its histogram: LightGBM leaves out bin 0 where it is the most frequent one. */
    int stored_bins() const { return bins - (most_frequent == 0 ? 1 : 0); }
  };
  struct Leaf;
  struct Block;

  /** Whether the current leaves need plain splits on numbers only, so that our search gives LightGBM's result. */
  bool IsPlain() const;
  /** A flag per column; columns that the parent could not split are marked as not splittable. */
  std::vector<int8_t> FindUsedFeatures();
  Leaf ReadLeaf(const LightGBM::Tree* tree, const LightGBM::LeafSplits* splits,
                LightGBM::FeatureHistogram* histograms);
  /** Gathers the gradients and hessians of the leaf's rows, in the order in which they are summed. */
  void GatherRows(Leaf* leaf) const;
  Column ReadColumn(int feature) const;
  void CountOtherGroups(const std::vector<int8_t>& is_feature_used, bool use_subtract);

  /** Moves to the next kSplitLanes used columns or fewer; false where none is left. */
  bool NextBlock(const std::vector<int8_t>& is_feature_used, bool use_scratch, Block* block) const;
  static void Count(const SplitKernels& kernels, const Block& block, int side, const Leaf& leaf);
  static void SubtractFromParent(const SplitKernels& kernels, const Block& block, const Leaf& leaf);
  void Search(const SplitKernels& kernels, const Block& block, int side, Leaf* leaf);

  /** The columns of the training data of the current tree; empty until the first search of the tree. */
  std::vector<Column> columns_;
};

}  // namespace lobule
