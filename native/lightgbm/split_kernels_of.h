#pragma once

#include <cstring>

#include "split_kernels.h"

// The kernels of split_kernels.h, written once over a class of vectors. Included by the files for each kind of vector
// instructions, and each defines its own `Vectors`. Those files must not share any code from here, because the linker
// would keep only one version. So everything is in an unnamed namespace, and no inline function of the standard library
// is used.
//
// `Vectors` has:
//   Pair, a gradient and a hessian: Load(const double*), Store(double*, Pair), Add, Subtract, Widen(const float*);
//   Four, doubles of kSplitLanes histograms: Set(double), Add, Subtract, Multiply, Maximum, Minimum, and
//     Transpose(pointers, Four* gradients, Four* hessians);
//   MultiplyAdd(a, b, c) = a b + c and MultiplySubtractFrom(a, b, c) = c - a b, rounded once or twice: only for what is
//     compared with a margin;
//   Counts, integers of kSplitLanes histograms: SetCounts(int), AddCounts, OrCounts, RoundCounts(Four): to the nearest
//     integer as LightGBM's RoundInt, which adds 0.5 and cuts off;
//   comparisons with a bit for each lane: Below(a, b) is a < b, CountsAbove(a, b) is a > b.

namespace lobule {
namespace {

template <typename V>
struct SplitKernelsOf {
  using Pair = typename V::Pair;
  using Four = typename V::Four;
  using Counts = typename V::Counts;

  // --- histograms

  template <int kCount, bool kRows>
  static void ConstructOf(const uint8_t* const* columns, const int32_t* rows, int32_t row_count, const float* pairs,
                          double* const* histograms) {
    const uint8_t* column[kCount];
    double* histogram[kCount];
    for (int k = 0; k < kCount; ++k) {
      column[k] = columns[k];
      histogram[k] = histograms[k];
    }
    // A leaf's rows are far apart in a column, and the processor does not predict them: prefetch.
    constexpr int32_t kAhead = 32;
    const int32_t with_prefetch = kRows && row_count > kAhead ? row_count - kAhead : 0;
    int32_t i = 0;
    for (; i < with_prefetch; ++i) {
      const int32_t row = rows[i];
      const int32_t later = rows[i + kAhead];
      const Pair pair = V::Widen(pairs + 2 * static_cast<int64_t>(i));
      for (int k = 0; k < kCount; ++k) {
        V::Prefetch(column[k] + later);
        double* const bin = histogram[k] + 2 * static_cast<uint32_t>(column[k][row]);
        V::Store(bin, V::Add(V::Load(bin), pair));
      }
    }
    for (; i < row_count; ++i) {
      const int32_t row = kRows ? rows[i] : i;
      const Pair pair = V::Widen(pairs + 2 * static_cast<int64_t>(i));
      for (int k = 0; k < kCount; ++k) {
        double* const bin = histogram[k] + 2 * static_cast<uint32_t>(column[k][row]);
        V::Store(bin, V::Add(V::Load(bin), pair));
      }
    }
  }

  static void Construct(int count, const uint8_t* const* columns, const int32_t* rows, int32_t row_count,
                        const float* pairs, double* const* histograms) {
    int k = 0;
    if (count == kSplitLanes) {
      if (rows) ConstructOf<kSplitLanes, true>(columns, rows, row_count, pairs, histograms);
      else ConstructOf<kSplitLanes, false>(columns, rows, row_count, pairs, histograms);
      k = kSplitLanes;
    }
    for (; k < count; ++k) {
      if (rows) ConstructOf<1, true>(columns + k, rows, row_count, pairs, histograms + k);
      else ConstructOf<1, false>(columns + k, rows, row_count, pairs, histograms + k);
    }
  }

  static void Fix(int count, double* const* histograms, const int* bins, const int* most_frequent, double sum_gradient,
                  double sum_hessian) {
    const double sums[2] = {sum_gradient, sum_hessian};
    const double zeros[2] = {0.0, 0.0};
    Pair rest[kSplitLanes];
    // Taking 0 away changes nothing: so no bin needs to be left out.
    for (int k = 0; k < count; ++k) V::Store(histograms[k] + 2 * most_frequent[k], V::Load(zeros));
    for (int k = 0; k < kSplitLanes; ++k) rest[k] = V::Load(sums);
    int bin = 0;
    if (count == kSplitLanes) {
      // Each sum waits for the one before; four of them wait together.
      int common = bins[0];
      for (int k = 1; k < kSplitLanes; ++k) common = bins[k] < common ? bins[k] : common;
      Pair a = rest[0], b = rest[1], c = rest[2], d = rest[3];
      for (; bin < common; ++bin) {
        a = V::Subtract(a, V::Load(histograms[0] + 2 * bin));
        b = V::Subtract(b, V::Load(histograms[1] + 2 * bin));
        c = V::Subtract(c, V::Load(histograms[2] + 2 * bin));
        d = V::Subtract(d, V::Load(histograms[3] + 2 * bin));
      }
      rest[0] = a;
      rest[1] = b;
      rest[2] = c;
      rest[3] = d;
    }
    for (int k = 0; k < count; ++k) {
      Pair sum = rest[k];
      for (int i = bin; i < bins[k]; ++i) sum = V::Subtract(sum, V::Load(histograms[k] + 2 * i));
      V::Store(histograms[k] + 2 * most_frequent[k], sum);
    }
  }

  static void Subtract(const double* from, const double* other, int bins, double* to) {
    for (int i = 0; i < 2 * bins; i += 2) V::Store(to + i, V::Subtract(V::Load(from + i), V::Load(other + i)));
  }

  // --- search

  /** A search at some step: the sums to the right of the threshold, and what was found so far. */
  struct State {
    Four gradient, hessian;
    Counts count;
    /** Lanes that LightGBM would have left. */
    unsigned ended;
    SearchFlags flags;
  };

  struct Constants {
    Four sum_gradient, sum_hessian, count_factor, minimum_hessian, lambda_l2, beaten_below, splittable_above;
    Counts below_minimum, maximum;

    explicit Constants(const LeafSearch& leaf)
        : sum_gradient(V::Set(leaf.sum_gradient)),
          sum_hessian(V::Set(leaf.sum_hessian)),
          count_factor(V::Set(leaf.count_factor)),
          minimum_hessian(V::Set(leaf.minimum_hessian)),
          lambda_l2(V::Set(leaf.lambda_l2)),
          beaten_below(V::Set(leaf.beaten_below)),
          splittable_above(V::Set(leaf.splittable_above)),
          below_minimum(V::SetCounts(leaf.minimum_rows - 1)),
          maximum(V::SetCounts(leaf.rows - leaf.minimum_rows)) {}
  };

  static constexpr unsigned kAll = (1u << kSplitLanes) - 1;

  /**
   * The gain of a threshold is numerator / denominator: left gradient^2 / left hessian + right gradient^2 / right
   * hessian, hessians with lambda_l2, brought to one denominator, so that nothing must be divided.
   */
  template <bool kL2>
  static void Gain(const Constants& of, Four left_gradient, Four left_hessian, Four gradient, Four hessian,
                   Four* numerator, Four* denominator) {
    const Four left = kL2 ? V::Add(left_hessian, of.lambda_l2) : left_hessian;
    const Four right = kL2 ? V::Add(hessian, of.lambda_l2) : hessian;
    const Four left_part = V::Multiply(V::Multiply(left_gradient, left_gradient), right);
    *numerator = V::MultiplyAdd(V::Multiply(gradient, gradient), left, left_part);
    *denominator = V::Multiply(left, right);
  }

  /** One step with every condition of LightGBM's loop. */
  template <bool kL2>
  static void Step(const Constants& of, const double* const* bins, int64_t offset, State* state) {
    const double* at[kSplitLanes];
    for (int k = 0; k < kSplitLanes; ++k) at[k] = bins[k] + offset;
    Four gradient, hessian;
    V::Transpose(at, &gradient, &hessian);
    state->gradient = V::Add(state->gradient, gradient);
    state->hessian = V::Add(state->hessian, hessian);
    state->count = V::AddCounts(state->count, V::RoundCounts(V::Multiply(hessian, of.count_factor)));
    const Four left_hessian = V::Subtract(of.sum_hessian, state->hessian);
    const unsigned right_allowed =
        V::CountsAbove(state->count, of.below_minimum) & ~V::Below(state->hessian, of.minimum_hessian);
    const unsigned left_refused =
        V::CountsAbove(state->count, of.maximum) | V::Below(left_hessian, of.minimum_hessian);
    state->ended |= right_allowed & left_refused;
    const unsigned allowed = right_allowed & ~state->ended & kAll;
    if (allowed == 0) return;
    state->flags.allowed |= allowed;
    Four numerator, denominator;
    Gain<kL2>(of, V::Subtract(of.sum_gradient, state->gradient), left_hessian, state->gradient, state->hessian,
              &numerator, &denominator);
    state->flags.may_win |= allowed & ~V::Below(numerator, V::Multiply(of.beaten_below, denominator));
    state->flags.splittable |= allowed & V::Below(V::Multiply(of.splittable_above, denominator), numerator);
  }

  /**
   * kBlock steps for lanes whose thresholds are all allowed. Returns false if one turns out not to be, and then leaves
   * the state unchanged.
   */
  static constexpr int kBlock = 8;
  template <bool kL2>
  static bool Block(const Constants& of, const double* const* bins, int64_t offset, State* state) {
    Four gradient = state->gradient;
    Four hessian = state->hessian;
    Counts count = state->count;
    if ((V::CountsAbove(count, of.below_minimum) & kAll) != kAll) return false;
    Counts negative = V::SetCounts(0);
    Four least = of.sum_hessian;
    Four most = V::Set(-1.0);
    Four numerator = of.sum_hessian, denominator = of.sum_hessian;
    const double* const bin0 = bins[0] + offset;
    const double* const bin1 = bins[1] + offset;
    const double* const bin2 = bins[2] + offset;
    const double* const bin3 = bins[3] + offset;
    for (int step = 0; step < kBlock; ++step) {
      const double* const at[kSplitLanes] = {bin0 - 2 * step, bin1 - 2 * step, bin2 - 2 * step, bin3 - 2 * step};
      Four gradients, hessians;
      V::Transpose(at, &gradients, &hessians);
      gradient = V::Add(gradient, gradients);
      hessian = V::Add(hessian, hessians);
      const Counts counts = V::RoundCounts(V::Multiply(hessians, of.count_factor));
      count = V::AddCounts(count, counts);
      negative = V::OrCounts(negative, counts);
      const Four left_hessian = V::Subtract(of.sum_hessian, hessian);
      least = V::Minimum(least, V::Minimum(hessian, left_hessian));
      Gain<kL2>(of, V::Subtract(of.sum_gradient, gradient), left_hessian, gradient, hessian, &numerator, &denominator);
      most = V::Maximum(most, V::MultiplySubtractFrom(of.beaten_below, denominator, numerator));
    }
    // No count was negative, so they grew: what holds at both ends holds between.
    const unsigned refused = V::CountsAbove(count, of.maximum) | V::CountsAbove(V::SetCounts(0), negative) |
                             V::Below(least, of.minimum_hessian);
    if ((refused & kAll) != 0) return false;
    state->gradient = gradient;
    state->hessian = hessian;
    state->count = count;
    state->flags.allowed = kAll;
    state->flags.may_win |= kAll & ~V::Below(most, V::Set(0.0));
    // One threshold of the block is enough: almost every one shows it.
    state->flags.splittable |= kAll & V::Below(V::Multiply(of.splittable_above, denominator), numerator);
    return true;
  }

  template <bool kL2>
  static SearchFlags SearchOf(const double* const* last_bins, const int* steps, const LeafSearch& leaf) {
    // Where a histogram has fewer bins than another, its lane goes on with empty ones: nothing changes any more.
    static const double empty[2 * kSplitBins] = {};
    const Constants of(leaf);
    State state;
    state.gradient = V::Set(0.0);
    state.hessian = V::Set(leaf.epsilon);
    state.count = V::SetCounts(0);
    state.ended = 0;
    state.flags.may_win = state.flags.splittable = state.flags.allowed = 0;
    const double* bins[kSplitLanes];
    for (int k = 0; k < kSplitLanes; ++k) bins[k] = last_bins[k];
    int step = 0;
    for (;;) {
      // To where the next histogram ends.
      int end = kSplitBins;
      for (int k = 0; k < kSplitLanes; ++k) {
        if (steps[k] <= step) bins[k] = empty + 2 * (kSplitBins - 1);
        else if (steps[k] < end) end = steps[k];
      }
      if (end == kSplitBins) break;
      while (step < end) {
        if (state.ended == 0 && end - step >= kBlock && Block<kL2>(of, bins, -2 * step, &state)) {
          step += kBlock;
          continue;
        }
        const int stop = end - step < kBlock ? end : step + kBlock;
        for (; step < stop; ++step) Step<kL2>(of, bins, -2 * step, &state);
        if (state.ended == kAll) return state.flags;
      }
    }
    return state.flags;
  }

  static SearchFlags Search(const double* const* last_bins, const int* steps, const LeafSearch& leaf) {
    return leaf.lambda_l2 == 0.0 ? SearchOf<false>(last_bins, steps, leaf) : SearchOf<true>(last_bins, steps, leaf);
  }
};

}  // namespace
}  // namespace lobule
