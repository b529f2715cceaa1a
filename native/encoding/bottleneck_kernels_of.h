// The kernels of bottleneck_kernels.h written once over a vector type V, by the rules of kernels_of.h.
#pragma once

#include "bottleneck_kernels.h"
#include "kernels.h"

namespace lobule {

template <typename V>
struct BottleneckKernelsOf {
  using T = typename V::Type;
  static constexpr std::size_t kWidth = V::kWidth;
  /** Sums that stay in registers. */
  static constexpr std::size_t kSums = V::kVectors * V::kTiles;
  /** Three where there is room for four: with few inputs, sums of more pixels are the faster ones. */
  static constexpr std::size_t kMostBlocks = kSums * kWidth >= 24 * kLanes ? 3 : 1;
  static constexpr std::size_t kVectorsOfBlock = kLanes / kWidth;
  /** Steps of a loop that compilers still write out, which keeps its array in registers. */
  static constexpr std::size_t kMostSteps = 16;
  /** Inputs whose weights stay in the nearest cache while all pixels go through them. */
  static constexpr std::size_t kInputsAtOnce = 128;

  static inline T Activated(T value, Activation activation) {
    if (activation == Activation::kNone) return value;
    return activation == Activation::kRelu ? V::Max(value, V::Set(0.0f)) : Clip(value);
  }

  static inline T Clip(T value) { return V::Min(V::Max(value, V::Set(0.0f)), V::Set(6.0f)); }

  /** Inputs `first` to `end` of kPixels pixels from `pixel` on; the sums come from and go to `to` in between. */
  template <std::size_t kBlocks, std::size_t kPixels, std::size_t kStep>
  static inline void Tile(const Product& product, std::size_t pixel, std::size_t first, std::size_t end) {
    constexpr std::size_t kVectors = kBlocks * kVectorsOfBlock;
    const auto placed = [&](std::size_t at, std::size_t vector, std::size_t stride) {
      return (vector / kVectorsOfBlock) * stride + (pixel + at) * kLanes + vector % kVectorsOfBlock * kWidth;
    };
    const auto place = [&](std::size_t at, std::size_t vector) { return placed(at, vector, product.to_stride); };
    T sums[kPixels][kVectors];
    for (std::size_t at = 0; at < kPixels; ++at)
      for (std::size_t vector = 0; vector < kVectors; ++vector)
        sums[at][vector] =
            V::Load(first == 0 ? product.bias + vector * kWidth : product.to + place(at, vector));
    const float* weights = product.weights + first * kBlocks * kLanes;
    const float* run = product.from + (first / product.run) * product.run_stride + pixel * kStep;
    std::size_t within = first % product.run;
    for (std::size_t input = first; input < end; within = 0, run += product.run_stride) {
      const float* from = run + within;
      const std::size_t rest = end - input, left = product.run - within, length = rest < left ? rest : left;
      for (std::size_t k = 0; k < length; ++k, weights += kBlocks * kLanes) {
        T weight[kVectors];
        for (std::size_t vector = 0; vector < kVectors; ++vector) weight[vector] = V::Load(weights + vector * kWidth);
        for (std::size_t at = 0; at < kPixels; ++at) {
          const T value = V::Set(from[at * kStep + k]);
          for (std::size_t vector = 0; vector < kVectors; ++vector)
            sums[at][vector] = V::MulAdd(weight[vector], value, sums[at][vector]);
        }
      }
      input += length;
    }
    const bool last = end == product.inputs;
    for (std::size_t at = 0; at < kPixels; ++at) {
      for (std::size_t vector = 0; vector < kVectors; ++vector) {
        T sum = sums[at][vector];
        if (last && product.sum) sum = V::Add(sum, V::Load(product.sum + placed(at, vector, product.sum_stride)));
        if (last) sum = Activated(sum, product.activation);
        V::Store(product.to + place(at, vector), sum);
      }
    }
  }

  template <std::size_t kBlocks, std::size_t kStep>
  static void Multiply(const Product& product, std::size_t pixels) {
    constexpr std::size_t kFitting = kSums / (kBlocks * kVectorsOfBlock);
    constexpr std::size_t kPixels = kFitting < kMostSteps ? kFitting : kMostSteps;
    const std::size_t inputs = product.inputs;
    if (pixels < kPixels) {
      for (std::size_t pixel = 0; pixel < pixels; ++pixel) Tile<kBlocks, 1, kStep>(product, pixel, 0, inputs);
      return;
    }
    for (std::size_t first = 0; first < inputs; first += kInputsAtOnce) {
      const std::size_t end = inputs - first < kInputsAtOnce ? inputs : first + kInputsAtOnce;
      for (std::size_t pixel = 0; pixel + kPixels <= pixels; pixel += kPixels)
        Tile<kBlocks, kPixels, kStep>(product, pixel, first, end);
    }
    // The last pixels together with some that were done: these get the same values again.
    if (pixels % kPixels != 0) Tile<kBlocks, kPixels, kStep>(product, pixels - kPixels, 0, inputs);
  }

  template <std::size_t kStep>
  static void OfBlocks(const Product& product, std::size_t pixels) {
    if constexpr (kMostBlocks == 3) {
      if (product.blocks == 3) return Multiply<3, kStep>(product, pixels);
      if (product.blocks == 2) return Multiply<2, kStep>(product, pixels);
    }
    Multiply<1, kStep>(product, pixels);
  }

  template <std::size_t kSize, std::size_t kStride, std::size_t kCount>
  static inline void Columns(const float* const* rows, const float* weights, const float* bias, std::size_t column,
                             float* to) {
    constexpr std::size_t kInputs = (kCount - 1) * kStride + kSize;
    for (std::size_t lane = 0; lane < kLanes; lane += kWidth) {
      T sums[kCount];
      for (auto& sum : sums) sum = V::Load(bias + lane);
      for (std::size_t row = 0; row < kSize; ++row) {
        const float* from = rows[row] + column * kStride * kLanes + lane;
        T inputs[kInputs];
        for (std::size_t at = 0; at < kInputs; ++at) inputs[at] = V::Load(from + at * kLanes);
        for (std::size_t x = 0; x < kSize; ++x) {
          const T weight = V::Load(weights + (row * kSize + x) * kLanes + lane);
          for (std::size_t at = 0; at < kCount; ++at)
            sums[at] = V::MulAdd(weight, inputs[at * kStride + x], sums[at]);
        }
      }
      for (std::size_t at = 0; at < kCount; ++at) V::Store(to + (column + at) * kLanes + lane, Clip(sums[at]));
    }
  }

  template <std::size_t kSize, std::size_t kStride>
  static void DepthwiseRow(const float* const* rows, const float* weights, const float* bias, std::size_t columns,
                           float* to) {
    // Sums, inputs and a weight stay in registers: 6 + 15 + 1 of 32, 4 + 11 + 1 of 16.
    constexpr std::size_t kColumns = kSums < 24 ? 4 : kStride == 2 ? 6 : 8;
    if (columns < kColumns) {
      for (std::size_t column = 0; column < columns; ++column)
        Columns<kSize, kStride, 1>(rows, weights, bias, column, to);
      return;
    }
    for (std::size_t column = 0; column + kColumns <= columns; column += kColumns)
      Columns<kSize, kStride, kColumns>(rows, weights, bias, column, to);
    if (columns % kColumns != 0)
      Columns<kSize, kStride, kColumns>(rows, weights, bias, columns - kColumns, to);
  }

  static void Depthwise(const float* const* rows, std::size_t size, std::size_t stride, const float* weights,
                        const float* bias, std::size_t columns, float* to) {
    if (size == 3 && stride == 1) return DepthwiseRow<3, 1>(rows, weights, bias, columns, to);
    if (size == 3) return DepthwiseRow<3, 2>(rows, weights, bias, columns, to);
    if (stride == 1) return DepthwiseRow<5, 1>(rows, weights, bias, columns, to);
    DepthwiseRow<5, 2>(rows, weights, bias, columns, to);
  }

  static constexpr BottleneckKernels All() { return {kMostBlocks, OfBlocks<kLanes>, OfBlocks<6>, Depthwise}; }
};

}  // namespace lobule
