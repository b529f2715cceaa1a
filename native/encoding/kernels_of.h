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

  /** B' of the points times six values, or eight, that lie `step` apart. */
  template <std::size_t kCount>
  static inline void InputPoints(const T* d, std::size_t step, T* to, std::size_t to_step) {
    const T d0 = d[0], d1 = d[step], d2 = d[2 * step], d3 = d[3 * step], d4 = d[4 * step], d5 = d[5 * step];
    if constexpr (kCount == 6) {
      const T four = V::Set(4.0f), five = V::Set(5.0f), two = V::Set(2.0f);
      to[0] = V::MulAdd(four, d0, V::NegMulAdd(five, d2, d4));
      const T even = V::NegMulAdd(four, d2, d4), odd = V::NegMulAdd(four, d1, d3);
      to[to_step] = V::Add(even, odd);
      to[2 * to_step] = V::Sub(even, odd);
      const T difference = V::Sub(d4, d2), twice = V::Mul(two, V::Sub(d3, d1));
      to[3 * to_step] = V::Add(difference, twice);
      to[4 * to_step] = V::Sub(difference, twice);
      to[5 * to_step] = V::MulAdd(four, d1, V::NegMulAdd(five, d3, d5));
    } else {
      const T d6 = d[6 * step], d7 = d[7 * step];
      const T all = V::Set(5.25f), near = V::Set(4.25f), half = V::Set(0.5f), quarter = V::Set(0.25f);
      const T five_quarters = V::Set(1.25f), two = V::Set(2.0f), five_halves = V::Set(2.5f);
      const T four = V::Set(4.0f), five = V::Set(5.0f);
      to[0] = V::MulAdd(all, V::Sub(d4, d2), V::Sub(d0, d6));
      const T even = V::NegMulAdd(near, d4, V::Add(d2, d6)), odd = V::NegMulAdd(near, d3, V::Add(d1, d5));
      to[to_step] = V::Add(even, odd);
      to[2 * to_step] = V::Sub(even, odd);
      const T even2 = V::NegMulAdd(five_quarters, d4, V::MulAdd(quarter, d2, d6));
      const T odd2 = V::NegMulAdd(five_halves, d3, V::MulAdd(half, d1, V::Mul(two, d5)));
      to[3 * to_step] = V::Add(even2, odd2);
      to[4 * to_step] = V::Sub(even2, odd2);
      const T even3 = V::NegMulAdd(five, d4, V::MulAdd(four, d2, d6));
      const T odd3 = V::NegMulAdd(five_halves, d3, V::MulAdd(two, d1, V::Mul(half, d5)));
      to[5 * to_step] = V::Add(even3, odd3);
      to[6 * to_step] = V::Sub(even3, odd3);
      to[7 * to_step] = V::MulAdd(all, V::Sub(d3, d5), V::Sub(d7, d1));
    }
  }

  /** A' for `kOf` results times kCount values. */
  template <std::size_t kCount, std::size_t kOf>
  static inline void OutputPoints(const T* m, std::size_t step, T* to, std::size_t to_step) {
    const T two = V::Set(2.0f), four = V::Set(4.0f), eight = V::Set(8.0f);
    const T m0 = m[0], last = m[(kCount - 1) * step];
    const T near_sum = V::Add(m[step], m[2 * step]), near_difference = V::Sub(m[step], m[2 * step]);
    const T far_sum = V::Add(m[3 * step], m[4 * step]), far_difference = V::Sub(m[3 * step], m[4 * step]);
    to[0] = V::Add(V::Add(m0, near_sum), far_sum);
    to[to_step] = V::MulAdd(two, far_difference, near_difference);
    if constexpr (kCount == 8) {
      to[0] = V::Add(to[0], V::Add(m[5 * step], m[6 * step]));
      to[to_step] = V::MulAdd(V::Set(0.5f), V::Sub(m[5 * step], m[6 * step]), to[to_step]);
    }
    if constexpr (kOf == 4) {
      to[2 * to_step] = V::MulAdd(four, far_sum, near_sum);
      to[3 * to_step] = V::Add(V::MulAdd(eight, far_difference, near_difference), last);
    } else {
      to[to_step] = V::Add(to[to_step], last);
    }
  }

  /** The sizes of a form's tiles. */
  template <std::size_t kInRows, std::size_t kInColumns, std::size_t kOutRows, std::size_t kOutColumns>
  struct Tile {
    static constexpr std::size_t kIn = kInRows * kInColumns;

    static void Input(const float* cells, std::size_t row_stride, float* to, std::size_t point_stride) {
      for (std::size_t lane = 0; lane < kLanes; lane += kWidth) {
        T d[kIn], half[kIn];
        for (std::size_t y = 0; y < kInRows; ++y)
          for (std::size_t x = 0; x < kInColumns; ++x)
            d[kInColumns * y + x] = V::Load(cells + y * row_stride + x * kLanes + lane);
        if constexpr (kInColumns == 1) {
          InputPoints<kInRows>(d, 1, half, 1);
        } else if constexpr (kInRows == 1) {
          InputPoints<kInColumns>(d, 1, half, 1);
        } else {
          T rows[kIn];
          for (std::size_t x = 0; x < kInColumns; ++x) InputPoints<kInRows>(d + x, kInColumns, rows + x, kInColumns);
          for (std::size_t y = 0; y < kInRows; ++y)
            InputPoints<kInColumns>(rows + kInColumns * y, 1, half + kInColumns * y, 1);
        }
        for (std::size_t point = 0; point < kIn; ++point) V::Store(to + point * point_stride + lane, half[point]);
      }
    }

    static void TransformInput(const float* map, const TileGrid& grid, const TileRange& tiles, std::size_t channels,
                               std::size_t channel, float* to) {
      const std::size_t point_stride = tiles.padded * channels;
      alignas(64) float edge[kIn * kLanes];
      for (std::size_t tile = 0; tile < tiles.padded; ++tile) {
        float* own = to + tile * channels + channel;
        if (tile >= tiles.count) {
          for (std::size_t point = 0; point < kIn; ++point)
            for (std::size_t lane = 0; lane < kLanes; ++lane) own[point * point_stride + lane] = 0.0f;
          continue;
        }
        const std::size_t all = tiles.first + tile, index = all % grid.tiles;
        const float* picture = map + all / grid.tiles * grid.rows * grid.columns * kLanes;
        // Counted from the first cell of the margin.
        const std::size_t top = kOutRows * (index / grid.tile_columns);
        const std::size_t left = kOutColumns * (index % grid.tile_columns);
        const std::size_t above = grid.margin_rows, before = grid.margin_columns;
        if (top >= above && left >= before && top + kInRows <= grid.rows + above &&
            left + kInColumns <= grid.columns + before) {
          Input(picture + ((top - above) * grid.columns + left - before) * kLanes, grid.columns * kLanes, own,
                point_stride);
          continue;
        }
        for (std::size_t y = 0; y < kInRows; ++y) {
          for (std::size_t x = 0; x < kInColumns; ++x) {
            const std::size_t row = top + y, column = left + x;
            const bool inside = row >= above && column >= before && row < grid.rows + above &&
                                column < grid.columns + before;
            const float* cell = inside ? picture + ((row - above) * grid.columns + column - before) * kLanes : nullptr;
            for (std::size_t lane = 0; lane < kLanes; ++lane)
              edge[(kInColumns * y + x) * kLanes + lane] = inside ? cell[lane] : 0.0f;
          }
        }
        Input(edge, kInColumns * kLanes, own, point_stride);
      }
    }

    static void TransformOutput(const float* from, std::size_t point_stride, std::size_t outputs, const float* bias,
                                const TileGrid& grid, const TileRange& tiles, float* map) {
      const T zero = V::Set(0.0f);
      const std::size_t picture_stride = grid.rows * grid.columns * kLanes;
      const std::size_t block_stride = grid.pictures * picture_stride;
      for (std::size_t tile = 0; tile < tiles.count; ++tile) {
        const std::size_t all = tiles.first + tile, index = all % grid.tiles;
        float* picture = map + all / grid.tiles * picture_stride;
        const std::size_t top = kOutRows * (index / grid.tile_columns);
        const std::size_t left = kOutColumns * (index % grid.tile_columns);
        const std::size_t rows = grid.rows - top < kOutRows ? grid.rows - top : kOutRows;
        const std::size_t columns = grid.columns - left < kOutColumns ? grid.columns - left : kOutColumns;
        for (std::size_t output = 0; output < outputs; output += kWidth) {
          T m[kIn], y[kOutRows * kOutColumns];
          for (std::size_t point = 0; point < kIn; ++point)
            m[point] = V::Load(from + point * point_stride + tile * outputs + output);
          if constexpr (kInColumns == 1) {
            OutputPoints<kInRows, kOutRows>(m, 1, y, 1);
          } else if constexpr (kInRows == 1) {
            OutputPoints<kInColumns, kOutColumns>(m, 1, y, 1);
          } else {
            T half[kOutRows * kInColumns];
            for (std::size_t x = 0; x < kInColumns; ++x)
              OutputPoints<kInRows, kOutRows>(m + x, kInColumns, half + x, kInColumns);
            for (std::size_t row = 0; row < kOutRows; ++row)
              OutputPoints<kInColumns, kOutColumns>(half + kInColumns * row, 1, y + kOutColumns * row, 1);
          }
          const T shift = V::Load(bias + output);
          float* block = picture + (output / kLanes) * block_stride + output % kLanes;
          for (std::size_t row = 0; row < rows; ++row)
            for (std::size_t column = 0; column < columns; ++column)
              V::Store(block + ((top + row) * grid.columns + left + column) * kLanes,
                       V::Max(V::Add(y[kOutColumns * row + column], shift), zero));
        }
      }
    }
  };

  /** Calls `work` with the tile of a form. */
  template <typename Work>
  static inline void WithTile(TileForm form, const Work& work) {
    switch (form) {
      case TileForm::k3x3: return work(Tile<6, 6, 4, 4>());
      case TileForm::k5x5: return work(Tile<6, 6, 2, 2>());
      case TileForm::k1x3: return work(Tile<1, 6, 1, 4>());
      case TileForm::k3x1: return work(Tile<6, 1, 4, 1>());
      case TileForm::k1x7: return work(Tile<1, 8, 1, 2>());
      case TileForm::k7x1: return work(Tile<8, 1, 2, 1>());
    }
  }

  static void TransformInput(const float* map, const TileGrid& grid, const TileRange& tiles, std::size_t channels,
                             std::size_t channel, float* to) {
    WithTile(grid.form, [&](auto tile) { tile.TransformInput(map, grid, tiles, channels, channel, to); });
  }

  static void TransformOutput(const float* from, std::size_t point_stride, std::size_t outputs, const float* bias,
                              const TileGrid& grid, const TileRange& tiles, float* map) {
    WithTile(grid.form,
             [&](auto tile) { tile.TransformOutput(from, point_stride, outputs, bias, grid, tiles, map); });
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

  static void PoolOfRow(const PoolRow& row, float* to) {
    for (std::size_t output = 0; output < row.outputs; ++output) {
      // Counted from the first cell of the margin.
      const std::size_t left = output * row.stride, right = left + row.size;
      const std::size_t first = left > row.margin ? left - row.margin : 0;
      const std::size_t end = right - row.margin < row.columns ? right - row.margin : row.columns;
      const T share = V::Set(1.0f / static_cast<float>((end - first) * row.rows));
      for (std::size_t lane = 0; lane < kLanes; lane += kWidth, to += kWidth) {
        T value = row.average ? V::Set(0.0f) : V::Load(row.from + first * kLanes + lane);
        for (std::size_t y = 0; y < row.rows; ++y) {
          for (std::size_t x = first; x < end; ++x) {
            const T cell = V::Load(row.from + (y * row.columns + x) * kLanes + lane);
            value = row.average ? V::Add(value, cell) : V::Max(value, cell);
          }
        }
        V::Store(to, row.average ? V::Mul(value, share) : value);
      }
    }
  }

  static const Kernels* All(const char* name) {
    static const Kernels kernels = {
        name,  kOutputs,  kTiles, TransformInput, Multiply, TransformOutput,
        First, PoolOfRow, Pool,   BottleneckKernelsOf<V>::All()};
    return &kernels;
  }
};

}  // namespace lobule
