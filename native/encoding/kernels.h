#pragma once

#include <cstddef>

#include "bottleneck_kernels.h"

namespace lobule {

// The inner loops of a chain of 3 x 3 convolutions, once for each kind of vector instructions.
//
// A map holds its channels in blocks of 16: [channels / 16][rows][columns][16] float32.
// A convolution is Winograd's F(4 x 4, 3 x 3) of Lavin and Gray 2015, "Fast algorithms for convolutional neural
// networks", with the points 0, 1, -1, 2, -2: a tile of 4 x 4 results comes of 6 x 6 inputs by 36 products instead
// of 144. It is done in three steps over many tiles, so that the products are 36 products of matrices.
// The same points give F(2 x 2, 5 x 5), and along one axis F(4, 3); with 1/2 and -1/2 besides, F(2, 7).

/** Channels that lie together in a map. */
constexpr std::size_t kLanes = 16;
/** Values of a transformed tile. */
constexpr std::size_t kPoints = 36;
/** Inputs of one output of the first layer in one row: 3 columns of 3 colours. */
constexpr std::size_t kFirstInputs = 9;

/** Kernels that have tiles. */
enum class TileForm { k3x3, k5x5, k1x3, k3x1, k1x7, k7x1 };

/**
 * What one convolution works on. Tile t is of picture t / tiles; of these tiles, number n is row n / tile_columns, column
 * n % tile_columns. In a block of channels, the maps of the pictures lie one after the other.
 */
struct TileGrid {
  TileForm form;
  /** Of the map that is read or written. */
  std::size_t rows;
  std::size_t columns;
  std::size_t tile_columns;
  /** Zeros above and below, and on both sides; for what is read. */
  std::size_t margin_rows;
  std::size_t margin_columns;
  /** Of one picture. */
  std::size_t tiles;
  std::size_t pictures;
};

/** From tile `first`, `count` tiles; `padded`: count rounded up to a multiple of `tiles_at_once`. */
struct TileRange {
  std::size_t first;
  std::size_t count;
  std::size_t padded;
};

/** A row of pooled cells, made of windows of size x size cells. What they have beyond the map does not count. */
struct PoolRow {
  /** The first row of the map in these windows, and how many of their rows are in it. */
  const float* from;
  std::size_t rows;
  std::size_t size;
  std::size_t stride;
  std::size_t margin;
  /** Of the map. */
  std::size_t columns;
  /** Of the row that is made. */
  std::size_t outputs;
  bool average;
};

struct Kernels {
  const char* name;
  /** Outputs that `Multiply` and `First` make at once: a multiple of kLanes that divides every layer's. */
  std::size_t outputs_at_once;
  /** Tiles that `Multiply` takes at once. */
  std::size_t tiles_at_once;

  /**
   * Transforms the tiles' inputs of one block of 16 channels (the block's map) into
   * to[point][tile of padded][channels], at column `channel`. Tiles beyond `count` become zeros.
   */
  void (*transform_input)(const float* map, const TileGrid& grid, const TileRange& tiles, std::size_t channels,
                          std::size_t channel, float* to);

  /** to[tile][outputs_at_once] = from[tile][inputs] x weights[inputs][outputs_at_once], for `padded` tiles. */
  void (*multiply)(const float* from, const float* weights, std::size_t inputs, std::size_t padded, float* to);

  /**
   * The tiles' outputs of some blocks of channels: from[point][tile][outputs], points `point_stride` values apart,
   * plus bias, not below zero, into the maps of those channels, `map` being the first block's.
   */
  void (*transform_output)(const float* from, std::size_t point_stride, std::size_t outputs, const float* bias,
                           const TileGrid& grid, const TileRange& tiles, float* map);

  /**
   * One row of the first layer, outputs_at_once channels, directly. `rows`: the three rows above it, each
   * (columns + 2 + tiles_at_once) x 3 values with the margin. weights[3][9][outputs_at_once].
   * `map`: the first block's row; blocks lie block_stride apart.
   */
  void (*first)(const float* const rows[3], std::size_t columns, const float* weights, const float* bias, float* map,
                std::size_t block_stride);

  /** One row of the largest, or the averages, of one block. */
  void (*pool_row)(const PoolRow& row, float* to);

  /** The largest of each 2 x 2 cells of one block; an odd last row or column is left out. */
  void (*pool)(const float* map, std::size_t rows, std::size_t columns, float* to);

  /** Those of the other kind of network. */
  BottleneckKernels bottleneck;
};

/** Null where this build has none for them. They may only run where the processor has the instructions. */
const Kernels* Avx512Kernels();
const Kernels* Avx2Kernels();
const Kernels* NeonKernels();

}  // namespace lobule
