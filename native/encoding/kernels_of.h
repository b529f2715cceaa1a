// The kernels written once over a vector type V; each kernels_*.cc includes this with one of its own:
// kWidth floats, kVectors of them in outputs_at_once, kTiles tiles at once (kTiles x kVectors sums stay in registers).
//
// Nothing of the standard library may be instantiated here: these files are compiled for newer processors, and the
// linker may choose their copy of a shared function for the whole addon. No contraction: every fused product is
// written as one, so that all kinds of instructions give the same bits.
#pragma once

#include "bottleneck_kernels_of.h"
#include "kernels.h"

namespace lobule {

template <typename V>
struct KernelsOf {
  using T = typename V::Type;
  static constexpr std::size_t kWidth = V::kWidth;
  static constexpr std::size_t kVectors = V::kVectors;
  static constexpr std::size_t kTiles = V::kTiles;
  static constexpr std::size_t kOutputs = kWidth * kVectors;
  static constexpr std::size_t kBlocks = kOutputs / kLanes;
  static_assert(kOutputs % kLanes == 0, "whole blocks of channels");

  /** B' of F(4, 3) times six values that lie `step` apart. */
  static inline void InputPoints(const T* d, std::size_t step, T* to, std::size_t to_step) {
    const T four = V::Set(4.0f), five = V::Set(5.0f), two = V::Set(2.0f);
    const T d0 = d[0], d1 = d[step], d2 = d[2 * step], d3 = d[3 * step], d4 = d[4 * step], d5 = d[5 * step];
    to[0] = V::MulAdd(four, d0, V::NegMulAdd(five, d2, d4));
    const T even = V::NegMulAdd(four, d2, d4), odd = V::NegMulAdd(four, d1, d3);
    to[to_step] = V::Add(even, odd);
    to[2 * to_step] = V::Sub(even, odd);
    const T difference = V::Sub(d4, d2), twice = V::Mul(two, V::Sub(d3, d1));
    to[3 * to_step] = V::Add(difference, twice);
    to[4 * to_step] = V::Sub(difference, twice);
    to[5 * to_step] = V::MulAdd(four, d1, V::NegMulAdd(five, d3, d5));
  }

  /** A' of F(4, 3) times six values. */
  static inline void OutputPoints(const T* m, std::size_t step, T* to, std::size_t to_step) {
    const T two = V::Set(2.0f), four = V::Set(4.0f), eight = V::Set(8.0f);
    const T m0 = m[0], m5 = m[5 * step];
    const T near_sum = V::Add(m[step], m[2 * step]), near_difference = V::Sub(m[step], m[2 * step]);
    const T far_sum = V::Add(m[3 * step], m[4 * step]), far_difference = V::Sub(m[3 * step], m[4 * step]);
    to[0] = V::Add(V::Add(m0, near_sum), far_sum);
    to[to_step] = V::MulAdd(two, far_difference, near_difference);
    to[2 * to_step] = V::MulAdd(four, far_sum, near_sum);
    to[3 * to_step] = V::Add(V::MulAdd(eight, far_difference, near_difference), m5);
  }

  static void TransformTile(const float* cells, std::size_t row_stride, float* to, std::size_t point_stride) {
    for (std::size_t lane = 0; lane < kLanes; lane += kWidth) {
      T d[kPoints], half[kPoints];
      for (std::size_t y = 0; y < 6; ++y)
        for (std::size_t x = 0; x < 6; ++x) d[6 * y + x] = V::Load(cells + y * row_stride + x * kLanes + lane);
      for (std::size_t x = 0; x < 6; ++x) InputPoints(d + x, 6, half + x, 6);
      for (std::size_t y = 0; y < 6; ++y) InputPoints(half + 6 * y, 1, d + 6 * y, 1);
      for (std::size_t point = 0; point < kPoints; ++point) V::Store(to + point * point_stride + lane, d[point]);
    }
  }

  static void TransformInput(const float* map, const TileGrid& grid, const TileRange& tiles, std::size_t channels,
                             std::size_t channel, float* to) {
    const std::size_t point_stride = tiles.padded * channels;
    alignas(64) float edge[kPoints * kLanes];
    for (std::size_t tile = 0; tile < tiles.padded; ++tile) {
      float* own = to + tile * channels + channel;
      if (tile >= tiles.count) {
        for (std::size_t point = 0; point < kPoints; ++point)
          for (std::size_t lane = 0; lane < kLanes; ++lane) own[point * point_stride + lane] = 0.0f;
        continue;
      }
      const std::size_t index = tiles.first + tile;
      // One row and one column of margin before the tile: counted from the cell above and to the left.
      const std::size_t top = 4 * (index / grid.tile_columns), left = 4 * (index % grid.tile_columns);
      const std::size_t row_stride = grid.columns * kLanes;
      if (top > 0 && left > 0 && top + 5 <= grid.rows && left + 5 <= grid.columns) {
        TransformTile(map + ((top - 1) * grid.columns + left - 1) * kLanes, row_stride, own, point_stride);
        continue;
      }
      for (std::size_t y = 0; y < 6; ++y) {
        for (std::size_t x = 0; x < 6; ++x) {
          const std::size_t row = top + y, column = left + x;
          const bool inside = row > 0 && column > 0 && row <= grid.rows && column <= grid.columns;
          const float* cell = inside ? map + ((row - 1) * grid.columns + column - 1) * kLanes : nullptr;
          for (std::size_t lane = 0; lane < kLanes; ++lane)
            edge[(6 * y + x) * kLanes + lane] = inside ? cell[lane] : 0.0f;
        }
      }
      TransformTile(edge, 6 * kLanes, own, point_stride);
    }
  }

  /** sums += from[tile][inputs] x weights[inputs][kOutputs]; the tiles' inputs lie from_stride apart. */
  static inline void Accumulate(T (&sums)[kTiles][kVectors], const float* from, std::size_t from_stride,
                                const float* weights, std::size_t inputs) {
    for (std::size_t input = 0; input < inputs; ++input) {
      T weight[kVectors];
      for (std::size_t vector = 0; vector < kVectors; ++vector)
        weight[vector] = V::Load(weights + input * kOutputs + vector * kWidth);
      for (std::size_t tile = 0; tile < kTiles; ++tile) {
        const T value = V::Set(from[tile * from_stride + input]);
        for (std::size_t vector = 0; vector < kVectors; ++vector)
          sums[tile][vector] = V::MulAdd(weight[vector], value, sums[tile][vector]);
      }
    }
  }

  static void Multiply(const float* from, const float* weights, std::size_t inputs, std::size_t padded, float* to) {
    for (std::size_t tile = 0; tile < padded; tile += kTiles) {
      T sums[kTiles][kVectors];
      for (auto& row : sums)
        for (auto& sum : row) sum = V::Set(0.0f);
      Accumulate(sums, from + tile * inputs, inputs, weights, inputs);
      for (std::size_t row = 0; row < kTiles; ++row)
        for (std::size_t vector = 0; vector < kVectors; ++vector)
          V::Store(to + (tile + row) * kOutputs + vector * kWidth, sums[row][vector]);
    }
  }

  static void TransformOutput(const float* from, std::size_t point_stride, const float* bias, const TileGrid& grid,
                              const TileRange& tiles, float* map) {
    const T zero = V::Set(0.0f);
    const std::size_t block_stride = grid.rows * grid.columns * kLanes;
    for (std::size_t tile = 0; tile < tiles.count; ++tile) {
      const std::size_t index = tiles.first + tile;
      const std::size_t top = 4 * (index / grid.tile_columns), left = 4 * (index % grid.tile_columns);
      const std::size_t rows = grid.rows - top < 4 ? grid.rows - top : 4;
      const std::size_t columns = grid.columns - left < 4 ? grid.columns - left : 4;
      for (std::size_t output = 0; output < kOutputs; output += kWidth) {
        T m[kPoints], half[24], y[16];
        for (std::size_t point = 0; point < kPoints; ++point)
          m[point] = V::Load(from + point * point_stride + tile * kOutputs + output);
        for (std::size_t x = 0; x < 6; ++x) OutputPoints(m + x, 6, half + x, 6);
        for (std::size_t row = 0; row < 4; ++row) OutputPoints(half + 6 * row, 1, y + 4 * row, 1);
        const T shift = V::Load(bias + output);
        float* block = map + (output / kLanes) * block_stride + output % kLanes;
        for (std::size_t row = 0; row < rows; ++row)
          for (std::size_t column = 0; column < columns; ++column)
            V::Store(block + ((top + row) * grid.columns + left + column) * kLanes,
                     V::Max(V::Add(y[4 * row + column], shift), zero));
      }
    }
  }

  static void First(const float* const rows[3], std::size_t columns, const float* weights, const float* bias,
                    float* map, std::size_t block_stride) {
    const T zero = V::Set(0.0f);
    for (std::size_t column = 0; column < columns; column += kTiles) {
      T sums[kTiles][kVectors];
      for (auto& row : sums)
        for (std::size_t vector = 0; vector < kVectors; ++vector) row[vector] = V::Load(bias + vector * kWidth);
      for (std::size_t row = 0; row < 3; ++row)
        Accumulate(sums, rows[row] + 3 * column, 3, weights + row * kFirstInputs * kOutputs, kFirstInputs);
      const std::size_t count = columns - column < kTiles ? columns - column : kTiles;
      for (std::size_t at = 0; at < count; ++at) {
        for (std::size_t vector = 0; vector < kVectors; ++vector) {
          const std::size_t output = vector * kWidth;
          float* block = map + (output / kLanes) * block_stride + output % kLanes;
          V::Store(block + (column + at) * kLanes, V::Max(sums[at][vector], zero));
        }
      }
    }
  }

  static void Pool(const float* map, std::size_t rows, std::size_t columns, float* to) {
    for (std::size_t row = 0; row + 1 < rows; row += 2) {
      const float* above = map + row * columns * kLanes;
      const float* below = above + columns * kLanes;
      for (std::size_t column = 0; column + 1 < columns; column += 2) {
        for (std::size_t lane = 0; lane < kLanes; lane += kWidth, to += kWidth) {
          const std::size_t at = column * kLanes + lane;
          V::Store(to, V::Max(V::Max(V::Load(above + at), V::Load(above + at + kLanes)),
                              V::Max(V::Load(below + at), V::Load(below + at + kLanes))));
        }
      }
    }
  }

  static const Kernels* All(const char* name) {
    static const Kernels kernels = {
        name,  kOutputs, kTiles, TransformInput, Multiply, TransformOutput,
        First, Pool,     BottleneckKernelsOf<V>::All()};
    return &kernels;
  }
};

}  // namespace lobule
