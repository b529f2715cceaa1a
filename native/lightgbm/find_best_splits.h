  // In place of the last two statements of SerialTreeLearner::FindBestSplits of LightGBM 4.6.0, which stand at the end:
  // cmake/lightgbm-patch.cmake includes this block inside the function. It gives the same trees to the bit, faster:
  //
  // - Columns are counted and searched four at a time, so that their histograms are in the processor's cache when they
  //   are searched; on the last level of a tree they never leave it.
  // - Each sum is taken over the same numbers in the same order as LightGBM takes it, the sums of four columns side by
  //   side (split_kernels.h). So the histograms, and the sums on both sides of a threshold, are the same to the bit.
  // - For each threshold kernels->search then asks only whether its gain could be that of the leaf's best split,
  //   without the two divisions that the gain takes. LightGBM computes the gain g = L^2 / H + R^2 / K with some six
  //   roundings of at most 2^-53 each; the search compares L^2 K + R^2 H with b H K, some six roundings, where b is
  //   what g must reach, less 2^-45 of it. Nothing is negative, so that errors do not grow, and `is_searched` keeps all
  //   products away from what a double cannot hold. So a gain that the search rules out is below the best one also as
  //   LightGBM rounds it.
  // - A column that is not ruled out goes through LightGBM's own search, which alone decides. That it sees fewer
  //   columns changes nothing: the best split is the one with the highest gain, and of equals that of the column with
  //   the smallest number, in whatever order they come. Whether a column can be split at all (is_splittable) is noted
  //   for those that are ruled out, by the same reasoning.
  const lobule::SplitKernels* const kernels = lobule::ChosenSplitKernels();
  const bool has_larger = larger_leaf_splits_->leaf_index() >= 0;
  // Whatever asks for more than plain splits of numbers goes LightGBM's way.
  const bool plain =
      kernels != nullptr && force_features == nullptr && config_->tree_learner == "serial" &&
      share_state_->is_col_wise && !share_state_->is_constant_hessian && !config_->use_quantized_grad &&
      cegb_ == nullptr && config_->monotone_constraints.empty() && config_->feature_contri.empty() &&
      !config_->extra_trees && !(config_->lambda_l1 > 0) && !(config_->max_delta_step > 0) &&
      !(config_->path_smooth > kEpsilon) && smaller_leaf_splits_->num_data_in_leaf() > 0 &&
      (!has_larger || larger_leaf_splits_->num_data_in_leaf() > 0);
  if (plain) {
    struct Leaf {
      const LeafSplits* splits;
      FeatureHistogram* histograms;
      std::vector<int8_t> used;
      double parent_output;
      SplitInfo best;
      // What FeatureHistogram::BeforeNumerical makes of the leaf.
      double gain_shift;
      lobule::LeafSearch search;
      // Whether the search's proof holds for the leaf's numbers.
      bool is_searched;
      bool is_too_small;
      const data_size_t* rows;
      std::vector<float> pairs;
    };
    Leaf leaves[2];
    const int leaf_count = has_larger ? 2 : 1;
    leaves[0].splits = smaller_leaf_splits_.get();
    leaves[0].histograms = smaller_leaf_histogram_array_;
    leaves[1].splits = larger_leaf_splits_.get();
    leaves[1].histograms = larger_leaf_histogram_array_;
    for (int side = 0; side < leaf_count; ++side) {
      Leaf& leaf = leaves[side];
      leaf.used = col_sampler_.GetByNode(tree, leaf.splits->leaf_index());
      leaf.parent_output = GetParentOutput(tree, leaf.splits);
      const double sum_gradient = leaf.splits->sum_gradients();
      const double sum_hessian = leaf.splits->sum_hessians() + 2 * kEpsilon;
      const data_size_t row_count = leaf.splits->num_data_in_leaf();
      leaf.gain_shift =
          (sum_gradient * sum_gradient) / (sum_hessian + config_->lambda_l2) + config_->min_gain_to_split;
      leaf.search.sum_gradient = sum_gradient;
      leaf.search.sum_hessian = sum_hessian;
      leaf.search.count_factor = row_count / sum_hessian;
      leaf.search.epsilon = kEpsilon;
      leaf.search.rows = row_count;
      leaf.search.minimum_rows = config_->min_data_in_leaf;
      leaf.search.minimum_hessian = config_->min_sum_hessian_in_leaf;
      leaf.search.lambda_l2 = config_->lambda_l2;
      // Gradients are float32, so that none of the products that the search makes of them can be infinite, nor so
      // small that it loses digits.
      leaf.is_searched = std::isfinite(sum_gradient) && leaf.gain_shift >= 1e-200 &&
                         config_->min_sum_hessian_in_leaf >= 1e-30 && config_->lambda_l2 >= 0.0 &&
                         sum_hessian + config_->lambda_l2 <= 1e30;
      leaf.is_too_small = row_count < 2 * static_cast<int64_t>(config_->min_data_in_leaf);
      if (side == 0 || !use_subtract) {
        leaf.rows = row_count < num_data_ ? leaf.splits->data_indices() : nullptr;
        leaf.pairs.resize(2 * static_cast<size_t>(row_count));
        for (data_size_t i = 0; i < row_count; ++i) {
          const data_size_t row = leaf.rows ? leaf.rows[i] : i;
          leaf.pairs[2 * static_cast<size_t>(i)] = gradients_[row];
          leaf.pairs[2 * static_cast<size_t>(i) + 1] = hessians_[row];
        }
      }
    }

    // What is the same for all leaves of a tree, together, since LightGBM's own objects lie far apart.
    struct Column {
      // Of a group with a byte for each row, else null: LightGBM counts all others.
      const uint8_t* bytes;
      int group;
      int group_bins;
      // From where the first column's histogram begins.
      int64_t group_place;
      int64_t place;
      int bins;
      int most_frequent;
      int real;
      bool is_alone;
      bool is_plain;
    };
    struct Columns {
      const void* learner;
      const Dataset* data;
      std::vector<Column> all;
    };
    // Each tree begins with its root, so that nothing of another tree, or of a learner that is gone, can stay.
    static thread_local Columns known = {nullptr, nullptr, {}};
    if (tree->num_leaves() == 1 || known.learner != this || known.data != train_data_ ||
        known.all.size() != static_cast<size_t>(num_features_)) {
      known.learner = this;
      known.data = train_data_;
      known.all.resize(num_features_);
      std::vector<BinIterator*> no_iterators;
      for (int feature = 0; feature < num_features_; ++feature) {
        Column& column = known.all[feature];
        const BinMapper* const mapper = train_data_->FeatureBinMapper(feature);
        column.bytes = nullptr;
        column.group = train_data_->Feature2Group(feature);
        if (!train_data_->IsMultiGroup(column.group)) {
          uint8_t bits = 0;
          bool is_sparse = true;
          const void* const data =
              train_data_->FeatureGroupBin(column.group)->GetColWiseData(&bits, &is_sparse, &no_iterators, 0);
          if (bits == 8 && !is_sparse) column.bytes = static_cast<const uint8_t*>(data);
        }
        column.group_bins = train_data_->FeatureGroupNumBin(column.group);
        column.group_place = 2 * static_cast<int64_t>(train_data_->GroupBinBoundary(column.group)) - kHistOffset;
        column.place = leaves[0].histograms[feature].RawData() - leaves[0].histograms[0].RawData();
        column.bins = mapper->num_bin();
        column.most_frequent = static_cast<int>(mapper->GetMostFreqBin());
        column.real = train_data_->RealFeatureIndex(feature);
        column.is_alone =
            column.group_bins <= lobule::kSplitBins &&
            (feature == 0 || train_data_->Feature2Group(feature - 1) != column.group) &&
            (feature + 1 == num_features_ || train_data_->Feature2Group(feature + 1) != column.group);
        column.is_plain = mapper->bin_type() == BinType::NumericalBin && column.bins >= 2 &&
                          column.bins <= lobule::kSplitBins &&
                          (column.bins == 2 || mapper->missing_type() == MissingType::None);
      }
    }
    std::vector<int8_t> is_counted_there(num_features_, 0);
    bool is_any_there = false;
    for (int feature = 0; feature < num_features_; ++feature) {
      if (!is_feature_used[feature] || known.all[feature].bytes != nullptr) continue;
      is_counted_there[feature] = 1;
      is_any_there = true;
    }
    if (is_any_there) ConstructHistograms(is_counted_there, use_subtract);

    // Leaves that are made of these are not searched any more: then nobody asks for their histograms again, and they
    // are made where the processor's cache keeps them. LightGBM's own search still finds them where it looks.
    const bool is_last_level = config_->max_depth > 0 && forced_split_json_ == nullptr &&
                               tree->leaf_depth(smaller_leaf_splits_->leaf_index()) + 1 >= config_->max_depth;
    const size_t scratch_doubles = 2 * (lobule::kSplitBins + 8);
    std::vector<double> scratch(is_last_level ? leaf_count * lobule::kSplitLanes * scratch_doubles : 0);

    int last_group = -1;
    int feature = 0;
    for (;;) {
      // The next few columns, and the groups that are counted for them.
      int features[lobule::kSplitLanes];
      const Column* columns[lobule::kSplitLanes];
      bool is_in_scratch[lobule::kSplitLanes];
      int count = 0;
      // Which of the columns is the first of its group.
      int firsts[lobule::kSplitLanes];
      const uint8_t* bytes[lobule::kSplitLanes];
      int group_count = 0;
      for (; feature < num_features_ && count < lobule::kSplitLanes; ++feature) {
        if (!is_feature_used[feature]) continue;
        const Column& column = known.all[feature];
        features[count] = feature;
        columns[count] = &column;
        is_in_scratch[count] = is_last_level && column.is_alone && column.bytes != nullptr;
        if (column.group != last_group && column.bytes != nullptr) {
          last_group = column.group;
          bytes[group_count] = column.bytes;
          firsts[group_count++] = count;
        }
        ++count;
      }
      if (count == 0) break;

      // Where each column's histogram, and that of its group, is made.
      double* made[2][lobule::kSplitLanes];
      double* made_group[2][lobule::kSplitLanes];
      for (int side = 0; side < leaf_count; ++side) {
        double* const first = leaves[side].histograms[0].RawData();
        for (int k = 0; k < count; ++k) {
          made_group[side][k] = is_in_scratch[k]
                                    ? scratch.data() + (side * lobule::kSplitLanes + k) * scratch_doubles
                                    : first + columns[k]->group_place;
          made[side][k] = made_group[side][k] + (columns[k]->place - columns[k]->group_place);
        }
      }
      // The other leaf's come of their parent's, which lie far away: they are on their way while rows are counted.
      if (use_subtract) {
        for (int k = 0; k < count; ++k) {
          const double* const parent = leaves[1].histograms[0].RawData() + columns[k]->place;
          for (int value = 0; value < 2 * columns[k]->bins; value += 8) PREFETCH_T0(parent + value);
        }
      }
      for (int side = 0; side < leaf_count; ++side) {
        const Leaf& leaf = leaves[side];
        if (side == 1 && use_subtract) {
          double* const first = leaf.histograms[0].RawData();
          for (int k = 0; k < count; ++k) {
            const int bins = columns[k]->bins - (columns[k]->most_frequent == 0 ? 1 : 0);
            kernels->subtract(first + columns[k]->place, made[0][k], bins, made[1][k]);
          }
          continue;
        }
        double* histograms[lobule::kSplitLanes];
        for (int k = 0; k < group_count; ++k) {
          histograms[k] = made_group[side][firsts[k]];
          std::memset(histograms[k], 0, columns[firsts[k]]->group_bins * kHistEntrySize);
        }
        kernels->construct(group_count, bytes, leaf.rows, leaf.splits->num_data_in_leaf(), leaf.pairs.data(),
                           histograms);
        int bins[lobule::kSplitLanes];
        int most_frequent[lobule::kSplitLanes];
        int fixed = 0;
        for (int k = 0; k < count; ++k) {
          if (columns[k]->most_frequent == 0) continue;
          histograms[fixed] = made[side][k];
          bins[fixed] = columns[k]->bins;
          most_frequent[fixed++] = columns[k]->most_frequent;
        }
        kernels->fix(fixed, histograms, bins, most_frequent, leaf.splits->sum_gradients(),
                     leaf.splits->sum_hessians());
      }

      for (int side = 0; side < leaf_count; ++side) {
        Leaf& leaf = leaves[side];
        int lane_of[lobule::kSplitLanes];
        const double* last_bins[lobule::kSplitLanes];
        int steps[lobule::kSplitLanes];
        int lanes = 0;
        for (int k = 0; k < count; ++k) {
          lane_of[k] = -1;
          if (!leaf.is_searched || !columns[k]->is_plain) continue;
          const int offset = columns[k]->most_frequent == 0 ? 1 : 0;
          lane_of[k] = lanes;
          last_bins[lanes] = made[side][k] + 2 * (columns[k]->bins - 1 - offset);
          steps[lanes++] = columns[k]->bins - 1;
        }
        lobule::SearchFlags flags = {0, 0, 0};
        if (lanes > 0 && !leaf.is_too_small) {
          for (int lane = lanes; lane < lobule::kSplitLanes; ++lane) {
            last_bins[lane] = last_bins[0];
            steps[lane] = steps[0];
          }
          // Far more than the few roundings of either side of the comparison: 2^-45 against 2^-49.
          const double margin = 1.0 / 35184372088832.0;
          leaf.search.beaten_below = (leaf.best.gain + leaf.gain_shift) * (1.0 - margin);
          leaf.search.splittable_above = leaf.gain_shift * (1.0 + margin);
          flags = kernels->search(last_bins, steps, leaf.search);
        }
        for (int k = 0; k < count; ++k) {
          FeatureHistogram& histogram = leaf.histograms[features[k]];
          if (lane_of[k] >= 0 && leaf.best.feature >= 0) {
            const unsigned lane = 1u << lane_of[k];
            const bool is_allowed = (flags.allowed & lane) != 0;
            const bool is_splittable = (flags.splittable & lane) != 0;
            if ((flags.may_win & lane) == 0 && (is_splittable || !is_allowed)) {
              histogram.set_is_splittable(is_splittable);
              continue;
            }
          }
          if (is_in_scratch[k]) {
            const int bins = columns[k]->bins - (columns[k]->most_frequent == 0 ? 1 : 0);
            std::memcpy(histogram.RawData(), made[side][k], bins * kHistEntrySize);
          }
          ComputeBestSplitForFeature(leaf.histograms, features[k], columns[k]->real,
                                     leaf.used[features[k]], leaf.splits->num_data_in_leaf(), leaf.splits,
                                     &leaf.best, leaf.parent_output);
        }
      }
    }
    for (int side = 0; side < leaf_count; ++side) {
      best_split_per_leaf_[leaves[side].splits->leaf_index()] = leaves[side].best;
    }
    return;
  }

  ConstructHistograms(is_feature_used, use_subtract);
  FindBestSplitsFromHistograms(is_feature_used, use_subtract, tree);
