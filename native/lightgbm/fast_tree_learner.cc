// Why the trees are the same to the bit as those of SerialTreeLearner of LightGBM 4.6.0, and the search faster:
//
// - Columns are counted and searched four at a time, so that their histograms are still in the processor's cache when
//   they are searched; on the last level of a tree they never leave it.
// - Each sum is taken over the same numbers in the same order as in LightGBM, the sums of four columns side by side
//   (split_kernels.h). So the histograms, and the sums on both sides of a threshold, are the same to the bit.
// - For each threshold, kernels.search only decides whether its gain could be that of the leaf's best split, without
//   the two divisions that the gain needs. LightGBM computes the gain g = L^2 / H + R^2 / K with about six roundings
//   of at most 2^-53 each; the search compares L^2 K + R^2 H with b H K, again about six roundings, where b is the gain
//   to reach, less 2^-45 of it. Nothing is negative, so errors do not grow, and `is_searched` keeps all products within
//   the range of a double. So a gain that the search rules out is below the best one also as LightGBM rounds it.
// - A column that is not ruled out goes through LightGBM's own search, which alone decides. That it sees fewer columns
//   changes nothing: the best split is the one with the highest gain, and of equal gains that of the column with the
//   smallest number, in whatever order they come. Whether a column can be split at all (is_splittable) is set for the
//   columns that are ruled out, by the same reasoning.
#include "fast_tree_learner.h"

#include <cmath>
#include <cstring>

namespace lobule {

using namespace LightGBM;

struct FastTreeLearner::Leaf {
  const LeafSplits* splits;
  FeatureHistogram* histograms;
  /** A flag per column, of those drawn for this leaf. */
  std::vector<int8_t> used;
  double parent_output;
  SplitInfo best;
  /** FeatureHistogram::BeforeNumerical of the leaf. */
  double gain_shift;
  LeafSearch search;
  /** Whether the proof above holds for the leaf's numbers. */
  bool is_searched;
  bool is_too_small;
  /** Its rows; null: all rows. */
  const data_size_t* rows;
  /** The gradient and hessian of each row; empty where the histograms come from the parent's. */
  std::vector<float> pairs;
};

/** The columns that are counted and searched together. */
struct FastTreeLearner::Block {
  /** Doubles for a histogram in `scratch`. */
  static constexpr size_t kScratchDoubles = 2 * (kSplitBins + 8);

  int next_feature = 0;
  int last_group = -1;
  /** Histograms that are not kept: for each side and lane kScratchDoubles. */
  std::vector<double> scratch;

  int count;
  int features[kSplitLanes];
  const Column* columns[kSplitLanes];
  bool is_in_scratch[kSplitLanes];
  /** The groups that are counted for them, and which column is the first of each group. */
  int group_count;
  const uint8_t* bytes[kSplitLanes];
  int firsts[kSplitLanes];
  /** For each side, where each column's histogram, and that of its group, is made. */
  double* made[2][kSplitLanes];
  double* made_group[2][kSplitLanes];

  void Place(int side, double* first_histogram) {
    for (int k = 0; k < count; ++k) {
      made_group[side][k] = is_in_scratch[k] ? scratch.data() + (side * kSplitLanes + k) * kScratchDoubles
                                             : first_histogram + columns[k]->group_place;
      made[side][k] = made_group[side][k] + (columns[k]->place - columns[k]->group_place);
    }
  }
};

void FastTreeLearner::BeforeTrain() {
  SerialTreeLearner::BeforeTrain();
  // Bagging may have changed the data since the tree before.
  columns_.clear();
}

void FastTreeLearner::FindBestSplits(const Tree* tree, const std::set<int>* force_features) {
  const SplitKernels* const kernels = ChosenSplitKernels();
  if (kernels == nullptr || force_features != nullptr || !IsPlain()) {
    SerialTreeLearner::FindBestSplits(tree, force_features);
    return;
  }
  const std::vector<int8_t> is_feature_used = FindUsedFeatures();
  const bool use_subtract = parent_leaf_histogram_array_ != nullptr;
  const int leaf_count = larger_leaf_splits_->leaf_index() >= 0 ? 2 : 1;
  Leaf leaves[2];
  leaves[0] = ReadLeaf(tree, smaller_leaf_splits_.get(), smaller_leaf_histogram_array_);
  if (leaf_count == 2) leaves[1] = ReadLeaf(tree, larger_leaf_splits_.get(), larger_leaf_histogram_array_);
  for (int side = 0; side < (use_subtract ? 1 : leaf_count); ++side) GatherRows(&leaves[side]);
  if (columns_.empty()) {
    columns_.reserve(num_features_);
    for (int feature = 0; feature < num_features_; ++feature) columns_.push_back(ReadColumn(feature));
  }
  CountOtherGroups(is_feature_used, use_subtract);

  // The children of the last level are not searched, so that no one reads their parents' histograms again: these are
  // made where they stay in the processor's cache. LightGBM's own search gets a copy where it expects one.
  const bool is_last_level = config_->max_depth > 0 && forced_split_json_ == nullptr &&
                             tree->leaf_depth(smaller_leaf_splits_->leaf_index()) + 1 >= config_->max_depth;
  Block block;
  if (is_last_level) block.scratch.resize(leaf_count * kSplitLanes * Block::kScratchDoubles);
  while (NextBlock(is_feature_used, is_last_level, &block)) {
    for (int side = 0; side < leaf_count; ++side) block.Place(side, leaves[side].histograms[0].RawData());
    // The larger leaf's histograms are the parent's less the smaller leaf's. The parent's are far away: they are
    // fetched while rows are counted.
    if (use_subtract) {
      for (int k = 0; k < block.count; ++k) {
        const double* const parent = leaves[1].histograms[0].RawData() + block.columns[k]->place;
        for (int value = 0; value < 2 * block.columns[k]->bins; value += 8) PREFETCH_T0(parent + value);
      }
    }
    Count(*kernels, block, 0, leaves[0]);
    if (use_subtract) {
      SubtractFromParent(*kernels, block, leaves[1]);
    } else if (leaf_count == 2) {
      Count(*kernels, block, 1, leaves[1]);
    }
    for (int side = 0; side < leaf_count; ++side) Search(*kernels, block, side, &leaves[side]);
  }
  for (int side = 0; side < leaf_count; ++side) {
    best_split_per_leaf_[leaves[side].splits->leaf_index()] = leaves[side].best;
  }
}

bool FastTreeLearner::IsPlain() const {
  return share_state_->is_col_wise && !share_state_->is_constant_hessian && !config_->use_quantized_grad &&
         cegb_ == nullptr && config_->monotone_constraints.empty() && config_->feature_contri.empty() &&
         !config_->extra_trees && !(config_->lambda_l1 > 0) && !(config_->max_delta_step > 0) &&
         !(config_->path_smooth > kEpsilon) && smaller_leaf_splits_->num_data_in_leaf() > 0 &&
         (larger_leaf_splits_->leaf_index() < 0 || larger_leaf_splits_->num_data_in_leaf() > 0);
}

/** The first half of SerialTreeLearner::FindBestSplits. */
std::vector<int8_t> FastTreeLearner::FindUsedFeatures() {
  std::vector<int8_t> is_feature_used(num_features_, 0);
  for (int feature = 0; feature < num_features_; ++feature) {
    if (!col_sampler_.is_feature_used_bytree()[feature]) continue;
    if (parent_leaf_histogram_array_ != nullptr && !parent_leaf_histogram_array_[feature].is_splittable()) {
      smaller_leaf_histogram_array_[feature].set_is_splittable(false);
      continue;
    }
    is_feature_used[feature] = 1;
  }
  return is_feature_used;
}

FastTreeLearner::Leaf FastTreeLearner::ReadLeaf(const Tree* tree, const LeafSplits* splits,
                                                FeatureHistogram* histograms) {
  Leaf leaf;
  leaf.splits = splits;
  leaf.histograms = histograms;
  leaf.used = col_sampler_.GetByNode(tree, splits->leaf_index());
  leaf.parent_output = GetParentOutput(tree, splits);
  const double sum_gradient = splits->sum_gradients();
  const double sum_hessian = splits->sum_hessians() + 2 * kEpsilon;
  const data_size_t row_count = splits->num_data_in_leaf();
  leaf.gain_shift = (sum_gradient * sum_gradient) / (sum_hessian + config_->lambda_l2) + config_->min_gain_to_split;
  leaf.search.sum_gradient = sum_gradient;
  leaf.search.sum_hessian = sum_hessian;
  leaf.search.count_factor = row_count / sum_hessian;
  leaf.search.epsilon = kEpsilon;
  leaf.search.rows = row_count;
  leaf.search.minimum_rows = config_->min_data_in_leaf;
  leaf.search.minimum_hessian = config_->min_sum_hessian_in_leaf;
  leaf.search.lambda_l2 = config_->lambda_l2;
  // Gradients are float32, so that none of the products that the search makes of them can be infinite, nor so small
  // that it loses digits.
  leaf.is_searched = std::isfinite(sum_gradient) && leaf.gain_shift >= 1e-200 &&
                     config_->min_sum_hessian_in_leaf >= 1e-30 && config_->lambda_l2 >= 0.0 &&
                     sum_hessian + config_->lambda_l2 <= 1e30;
  leaf.is_too_small = row_count < 2 * static_cast<int64_t>(config_->min_data_in_leaf);
  leaf.rows = row_count < num_data_ ? splits->data_indices() : nullptr;
  return leaf;
}

void FastTreeLearner::GatherRows(Leaf* leaf) const {
  const data_size_t row_count = leaf->splits->num_data_in_leaf();
  leaf->pairs.resize(2 * static_cast<size_t>(row_count));
  for (data_size_t i = 0; i < row_count; ++i) {
    const data_size_t row = leaf->rows ? leaf->rows[i] : i;
    leaf->pairs[2 * static_cast<size_t>(i)] = gradients_[row];
    leaf->pairs[2 * static_cast<size_t>(i) + 1] = hessians_[row];
  }
}

FastTreeLearner::Column FastTreeLearner::ReadColumn(int feature) const {
  Column column;
  const BinMapper* const mapper = train_data_->FeatureBinMapper(feature);
  column.bytes = nullptr;
  column.group = train_data_->Feature2Group(feature);
  if (!train_data_->IsMultiGroup(column.group)) {
    uint8_t bits = 0;
    bool is_sparse = true;
    std::vector<BinIterator*> no_iterators;
    const void* const data =
        train_data_->FeatureGroupBin(column.group)->GetColWiseData(&bits, &is_sparse, &no_iterators, 0);
    if (bits == 8 && !is_sparse) column.bytes = static_cast<const uint8_t*>(data);
  }
  column.group_bins = train_data_->FeatureGroupNumBin(column.group);
  column.group_place = 2 * static_cast<int64_t>(train_data_->GroupBinBoundary(column.group)) - kHistOffset;
  column.place = smaller_leaf_histogram_array_[feature].RawData() - smaller_leaf_histogram_array_[0].RawData();
  column.bins = mapper->num_bin();
  column.most_frequent = static_cast<int>(mapper->GetMostFreqBin());
  column.real = train_data_->RealFeatureIndex(feature);
  column.is_alone = column.group_bins <= kSplitBins &&
                    (feature == 0 || train_data_->Feature2Group(feature - 1) != column.group) &&
                    (feature + 1 == num_features_ || train_data_->Feature2Group(feature + 1) != column.group);
  column.is_plain = mapper->bin_type() == BinType::NumericalBin && column.bins >= 2 && column.bins <= kSplitBins &&
                    (column.bins == 2 || mapper->missing_type() == MissingType::None);
  return column;
}

void FastTreeLearner::CountOtherGroups(const std::vector<int8_t>& is_feature_used, bool use_subtract) {
  std::vector<int8_t> is_counted(num_features_, 0);
  bool is_any_counted = false;
  for (int feature = 0; feature < num_features_; ++feature) {
    if (!is_feature_used[feature] || columns_[feature].bytes != nullptr) continue;
    is_counted[feature] = 1;
    is_any_counted = true;
  }
  if (is_any_counted) ConstructHistograms(is_counted, use_subtract);
}

bool FastTreeLearner::NextBlock(const std::vector<int8_t>& is_feature_used, bool use_scratch, Block* block) const {
  block->count = 0;
  block->group_count = 0;
  for (; block->next_feature < num_features_ && block->count < kSplitLanes; ++block->next_feature) {
    if (!is_feature_used[block->next_feature]) continue;
    const Column& column = columns_[block->next_feature];
    block->features[block->count] = block->next_feature;
    block->columns[block->count] = &column;
    block->is_in_scratch[block->count] = use_scratch && column.is_alone && column.bytes != nullptr;
    if (column.group != block->last_group && column.bytes != nullptr) {
      block->last_group = column.group;
      block->bytes[block->group_count] = column.bytes;
      block->firsts[block->group_count++] = block->count;
    }
    ++block->count;
  }
  return block->count > 0;
}

/** Makes the histograms of a leaf from its rows. */
void FastTreeLearner::Count(const SplitKernels& kernels, const Block& block, int side, const Leaf& leaf) {
  double* histograms[kSplitLanes];
  for (int k = 0; k < block.group_count; ++k) {
    histograms[k] = block.made_group[side][block.firsts[k]];
    std::memset(histograms[k], 0, block.columns[block.firsts[k]]->group_bins * kHistEntrySize);
  }
  kernels.construct(block.group_count, block.bytes, leaf.rows, leaf.splits->num_data_in_leaf(), leaf.pairs.data(),
                    histograms);
  int bins[kSplitLanes];
  int most_frequent[kSplitLanes];
  int fixed = 0;
  for (int k = 0; k < block.count; ++k) {
    if (block.columns[k]->most_frequent == 0) continue;
    histograms[fixed] = block.made[side][k];
    bins[fixed] = block.columns[k]->bins;
    most_frequent[fixed++] = block.columns[k]->most_frequent;
  }
  kernels.fix(fixed, histograms, bins, most_frequent, leaf.splits->sum_gradients(), leaf.splits->sum_hessians());
}

/** Makes the histograms of the larger leaf, whose `histograms` are still its parent's. */
void FastTreeLearner::SubtractFromParent(const SplitKernels& kernels, const Block& block, const Leaf& leaf) {
  double* const first = leaf.histograms[0].RawData();
  for (int k = 0; k < block.count; ++k) {
    const Column& column = *block.columns[k];
    kernels.subtract(first + column.place, block.made[0][k], column.stored_bins(), block.made[1][k]);
  }
}

void FastTreeLearner::Search(const SplitKernels& kernels, const Block& block, int side, Leaf* leaf) {
  int lane_of[kSplitLanes];
  const double* last_bins[kSplitLanes];
  int steps[kSplitLanes];
  int lanes = 0;
  for (int k = 0; k < block.count; ++k) {
    lane_of[k] = -1;
    if (!leaf->is_searched || !block.columns[k]->is_plain) continue;
    lane_of[k] = lanes;
    last_bins[lanes] = block.made[side][k] + 2 * (block.columns[k]->stored_bins() - 1);
    steps[lanes++] = block.columns[k]->bins - 1;
  }
  SearchFlags flags = {0, 0, 0};
  if (lanes > 0 && !leaf->is_too_small) {
    for (int lane = lanes; lane < kSplitLanes; ++lane) {
      last_bins[lane] = last_bins[0];
      steps[lane] = steps[0];
    }
    // 2^-45: far more than the few roundings of either side of the comparison, 2^-49.
    const double margin = 1.0 / 35184372088832.0;
    leaf->search.beaten_below = (leaf->best.gain + leaf->gain_shift) * (1.0 - margin);
    leaf->search.splittable_above = leaf->gain_shift * (1.0 + margin);
    flags = kernels.search(last_bins, steps, leaf->search);
  }
  for (int k = 0; k < block.count; ++k) {
    const int feature = block.features[k];
    FeatureHistogram& histogram = leaf->histograms[feature];
    if (lane_of[k] >= 0 && leaf->best.feature >= 0) {
      const unsigned lane = 1u << lane_of[k];
      const bool is_allowed = (flags.allowed & lane) != 0;
      const bool is_splittable = (flags.splittable & lane) != 0;
      if ((flags.may_win & lane) == 0 && (is_splittable || !is_allowed)) {
        histogram.set_is_splittable(is_splittable);
        continue;
      }
    }
    if (block.is_in_scratch[k]) {
      std::memcpy(histogram.RawData(), block.made[side][k], block.columns[k]->stored_bins() * kHistEntrySize);
    }
    ComputeBestSplitForFeature(leaf->histograms, feature, block.columns[k]->real, leaf->used[feature],
                               leaf->splits->num_data_in_leaf(), leaf->splits, &leaf->best, leaf->parent_output);
  }
}

}  // namespace lobule
