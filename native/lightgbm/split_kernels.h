#pragma once

#include <cstdint>

namespace lobule {

// The inner loops of LightGBM's search for the best split of a leaf over many columns, once for each kind of vector
// instructions. A histogram is LightGBM's: for each bin the sum of the gradients and the sum of the hessians of its
// rows, two doubles. All sums are taken in LightGBM's order, so that they are the same to the bit.

/** Columns or histograms that a kernel works on at once. */
constexpr int kSplitLanes = 4;
/** The most bins that a histogram may have. */
constexpr int kSplitBins = 256;

/** What is the same for all columns of a leaf in `SplitKernels::search`. */
struct LeafSearch {
  /** Of the leaf; the hessians with the two epsilons that LightGBM adds. */
  double sum_gradient;
  double sum_hessian;
  /** Rows of the leaf over sum_hessian: a bin's hessian times this, rounded, is taken for its number of rows. */
  double count_factor;
  /** What LightGBM starts a sum of hessians with. */
  double epsilon;
  int32_t rows;
  /** At least 0 and above 0: what each side of a split must have. */
  int32_t minimum_rows;
  double minimum_hessian;
  double lambda_l2;
  /** A gain (LightGBM's current_gain) below this, but for rounding, cannot become the leaf's best split. */
  double beaten_below;
  /** A gain above this, but for rounding, shows that the column can be split. */
  double splittable_above;
};

/** A bit for each histogram of a search. */
struct SearchFlags {
  /** Some threshold's gain may reach `beaten_below`. */
  unsigned may_win;
  /** Some threshold's gain is above `splittable_above`. */
  unsigned splittable;
  /** Some threshold leaves enough on both sides. */
  unsigned allowed;
};

struct SplitKernels {
  const char* name;

  /**
   * Adds rows to the histograms of `count` (1 to kSplitLanes) columns: for i from 0 to row_count, in this order,
   * pairs[i] (gradient and hessian) to bin column[row] of each, row being rows[i], or i where rows is null.
   */
  void (*construct)(int count, const uint8_t* const* columns, const int32_t* rows, int32_t row_count,
                    const float* pairs, double* const* histograms);

  /**
   * Dataset::FixHistogram for `count` (1 to kSplitLanes) histograms of bins[k] bins: the bin most_frequent[k], which
   * may hold anything, becomes the leaf's sums less all other bins, one after the other.
   */
  void (*fix)(int count, double* const* histograms, const int* bins, const int* most_frequent, double sum_gradient,
              double sum_hessian);

  /** to = from less other, histograms of so many bins; `to` may be `from`. */
  void (*subtract)(const double* from, const double* other, int bins, double* to);

  /**
   * Goes over the thresholds of kSplitLanes histograms as FeatureHistogram::FindBestThresholdSequentially does from
   * right to left, without missing values. `last_bins[k]`: the last of steps[k] (1 to kSplitBins - 1) bins; the bins
   * before it follow.
   */
  SearchFlags (*search)(const double* const* last_bins, const int* steps, const LeafSearch& leaf);
};

/**
 * The kernels that trainings of this process use: the fastest that this processor and its system can run, or what was
 * chosen; null: LightGBM searches alone. [any thread]
 */
const SplitKernels* ChosenSplitKernels();

/**
 * Chooses by name, for tests: "AVX2" or "basic", "none", or "fastest", which holds at the start. False, and nothing is
 * changed, where this build or processor has none of that name. [any thread; trainings that run may use both]
 */
bool ChooseSplitKernels(const char* name);

/** Null where this build has none for them. They may only run where the processor has the instructions. */
const SplitKernels* Avx2SplitKernels();
const SplitKernels* BasicSplitKernels();

}  // namespace lobule
