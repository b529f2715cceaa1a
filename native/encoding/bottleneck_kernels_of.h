// The kernels of bottleneck_kernels.h written once over a vector type V, by the rules of kernels_of.h.
#pragma once

#include <algorithm>
#include <utility>

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
  /** Pixels of a tile: as many as have sums in registers. */
  template <std::size_t kVectors>
  static constexpr std::size_t kPixelsAtOnce = std::min(kSums / kVectors, kMostSteps);
  /** Inputs whose weights stay in the nearest cache while all pixels go through them. */
  static constexpr std::size_t kInputsAtOnce = 128;

  static inline T Clip(T value) { return V::Min(V::Max(value, V::Set(0.0f)), V::Set(6.0f)); }

  /**
   * Inputs `first` to `end` of kPixels pixels from `pixel` on, for the first kVectors vectors of outputs. The sums begin with
   * the bias, or go on from `to`. What does not change within a tile is known to the compiler, and each loop has at least one
   * step: it keeps the sums in registers.
   */
  template <std::size_t kVectors, std::size_t kPixels, std::size_t kStep, bool kGoesOn, bool kEnds>
  static inline void Tile(const Product& product, std::size_t pixel, std::size_t first, std::size_t end) {
    constexpr std::size_t kBlocks = (kVectors + kVectorsOfBlock - 1) / kVectorsOfBlock;
    const auto placed = [&](std::size_t at, std::size_t vector, std::size_t stride) {
      return (vector / kVectorsOfBlock) * stride + (pixel + at) * kLanes + vector % kVectorsOfBlock * kWidth;
    };
    T sums[kPixels][kVectors];
    const auto each = [&](const auto& make) {
      for (std::size_t at = 0; at < kPixels; ++at)
        for (std::size_t vector = 0; vector < kVectors; ++vector) sums[at][vector] = make(sums[at][vector], at, vector);
    };
    each([&](T, std::size_t at, std::size_t vector) {
      return V::Load(kGoesOn ? product.to + placed(at, vector, product.to_stride) : product.bias + vector * kWidth);
    });
    const float* weights = product.weights + first * kBlocks * kLanes;
    const float* run = product.from + (first / product.run) * product.run_stride + pixel * kStep;
    std::size_t within = first % product.run, input = first;
    do {
      const std::size_t rest = end - input, left = product.run - within, length = std::min(rest, left);
      const float* from = run + within;
      const float* run_end = from + length;
      do {
        T weight[kVectors];
        for (std::size_t vector = 0; vector < kVectors; ++vector) weight[vector] = V::Load(weights + vector * kWidth);
        for (std::size_t at = 0; at < kPixels; ++at) {
          const T value = V::Set(from[at * kStep]);
          for (std::size_t vector = 0; vector < kVectors; ++vector)
            sums[at][vector] = V::MulAdd(weight[vector], value, sums[at][vector]);
        }
        weights += kBlocks * kLanes;
      } while (++from < run_end);
      input += length;
      within = 0;
      run += product.run_stride;
    } while (input < end);
    if constexpr (kEnds) {
      if (product.sum)
        each([&](T sum, std::size_t at, std::size_t vector) {
          return V::Add(sum, V::Load(product.sum + placed(at, vector, product.sum_stride)));
        });
      if (product.activation == Activation::kRelu)
        each([](T sum, std::size_t, std::size_t) { return V::Max(sum, V::Set(0.0f)); });
      if (product.activation == Activation::kRelu6)
        each([](T sum, std::size_t, std::size_t) { return Clip(sum); });
    }
    each([&](T sum, std::size_t at, std::size_t vector) {
      V::Store(product.to + placed(at, vector, product.to_stride), sum);
      return sum;
    });
  }

  /** Inputs `first` to `end` of the pixels that fill whole tiles. */
  template <std::size_t kVectors, std::size_t kStep, bool kGoesOn, bool kEnds>
  static void Tiles(const Product& product, std::size_t pixels, std::size_t first, std::size_t end) {
    constexpr std::size_t kPixels = kPixelsAtOnce<kVectors>;
    for (std::size_t pixel = 0; pixel + kPixels <= pixels; pixel += kPixels)
      Tile<kVectors, kPixels, kStep, kGoesOn, kEnds>(product, pixel, first, end);
  }

  template <std::size_t kVectors, std::size_t kStep>
  static void Multiply(const Product& product, std::size_t pixels) {
    constexpr std::size_t kPixels = kPixelsAtOnce<kVectors>;
    const std::size_t inputs = product.inputs;
    if (pixels < kPixels) {
      for (std::size_t pixel = 0; pixel < pixels; ++pixel)
        Tile<kVectors, 1, kStep, false, true>(product, pixel, 0, inputs);
      return;
    }
    if (inputs <= kInputsAtOnce) {
      Tiles<kVectors, kStep, false, true>(product, pixels, 0, inputs);
    } else {
      std::size_t first = kInputsAtOnce;
      Tiles<kVectors, kStep, false, false>(product, pixels, 0, first);
      for (; inputs - first > kInputsAtOnce; first += kInputsAtOnce)
        Tiles<kVectors, kStep, true, false>(product, pixels, first, first + kInputsAtOnce);
      Tiles<kVectors, kStep, true, true>(product, pixels, first, inputs);
    }
    // The last pixels together with some that were done: these get the same values again.
    if (pixels % kPixels != 0)
      Tile<kVectors, kPixels, kStep, false, true>(product, pixels - kPixels, 0, inputs);
  }

  template <std::size_t kStep>
  static void OfBlocks(const Product& product, std::size_t pixels) {
    if constexpr (kMostBlocks == 3) {
      if (product.blocks == 3) return Multiply<3 * kVectorsOfBlock, kStep>(product, pixels);
      if (product.blocks == 2) return Multiply<2 * kVectorsOfBlock, kStep>(product, pixels);
    }
    if constexpr (kVectorsOfBlock > 1) {
      if (product.half) return Multiply<kVectorsOfBlock / 2, kStep>(product, pixels);
    }
    Multiply<kVectorsOfBlock, kStep>(product, pixels);
  }

  /** Adds input `kAt` of a row to the sums of the columns that read it. */
  template <std::size_t kSize, std::size_t kStride, std::size_t kCount, std::size_t kAt>
  static inline void AddInput(const float* from, const T (&weights)[kSize], T (&sums)[kCount]) {
    const T input = V::Load(from + kAt * kLanes);
    for (std::size_t x = kAt % kStride; x < kSize && x <= kAt; x += kStride)
      if ((kAt - x) / kStride < kCount)
        sums[(kAt - x) / kStride] = V::MulAdd(weights[x], input, sums[(kAt - x) / kStride]);
  }

  /** Written out by the compiler: sums, the weights of a row and an input stay in registers, 8 + 5 + 1 of 16. */
  template <std::size_t kSize, std::size_t kStride, std::size_t kCount, std::size_t... kAt>
  static inline void AddRow(const float* from, const T (&weights)[kSize], T (&sums)[kCount],
                            std::index_sequence<kAt...>) {
    (AddInput<kSize, kStride, kCount, kAt>(from, weights, sums), ...);
  }

  template <std::size_t kSize, std::size_t kStride, std::size_t kCount>
  static inline void Columns(const float* const* rows, const float* weights, const float* bias, std::size_t column,
                             float* to) {
    constexpr std::size_t kInputs = (kCount - 1) * kStride + kSize;
    for (std::size_t lane = 0; lane < kLanes; lane += kWidth) {
      T sums[kCount];
      for (auto& sum : sums) sum = V::Load(bias + lane);
      for (std::size_t row = 0; row < kSize; ++row) {
        T of_row[kSize];
        for (std::size_t x = 0; x < kSize; ++x) of_row[x] = V::Load(weights + (row * kSize + x) * kLanes + lane);
        AddRow<kSize, kStride>(rows[row] + column * kStride * kLanes + lane, of_row, sums,
                               std::make_index_sequence<kInputs>());
      }
      for (std::size_t at = 0; at < kCount; ++at) V::Store(to + (column + at) * kLanes + lane, Clip(sums[at]));
    }
  }

  template <std::size_t kSize, std::size_t kStride>
  static void DepthwiseRow(const float* const* rows, const float* weights, const float* bias, std::size_t columns,
                           float* to) {
    constexpr std::size_t kColumns = 8;
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
