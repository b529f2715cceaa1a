#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "buffer.h"
#include "kernels.h"
#include "packed_product.h"
#include "team.h"

namespace lobule {

/** A convolution as the caller has it. Its channels are counted in blocks of kLanes, but for the picture's three. */
struct PlainConvolution {
  std::size_t inputs;
  std::size_t outputs;
  /** Of the kernel. */
  std::size_t rows;
  std::size_t columns;
  std::size_t stride;
  /** Zeros above and below the map, and on both sides. */
  std::size_t margin_rows;
  std::size_t margin_columns;
  bool relu;
  /** outputs x inputs x rows x columns, and outputs values. */
  const float* kernel;
  const float* bias;
};

struct CellSize {
  std::size_t rows;
  std::size_t columns;
  std::size_t cells() const { return rows * columns; }
  bool operator==(const CellSize& other) const { return rows == other.rows && columns == other.columns; }
};

/** What the layers of a network share while pictures go through it. */
struct Workspace {
  explicit Workspace(std::size_t threads) : team(threads) {}

  Team team;
  Buffer own;
  Buffer values;
  Buffer products;
};

/**
 * A map in blocks of kLanes, or a part of one, `from` being its first block's; of several pictures of one size, which lie one
 * after the other in each block.
 */
struct Source {
  const float* from;
  CellSize size;
  std::size_t pictures;

  /** From block to block. */
  std::size_t stride() const { return pictures * size.cells() * kLanes; }
};

/**
 * A convolution: as one product of weights and gathered cells, or by tiles (kernels.h). No sum depends on how the work is
 * divided, so the bits are the same on any number of threads.
 */
class Convolution {
 public:
  /** `sums`: whether `Run` gets a sum, which tiles cannot add. */
  Convolution(const Kernels& kernels, const PlainConvolution& from, bool sums);

  CellSize After(CellSize before) const;

  /** `sum`: what is added before the ReLU, of the size of the result; null, and only then, without `sums`. */
  void Run(Workspace& work, const Source& source, const float* sum, float* to) const;

  /**
   * The same of pictures of rows x columns x 3 bytes: value [channel][byte] of channel, which is colour 2 - channel if
   * `blue_first`.
   */
  void RunPictures(Workspace& work, const std::uint8_t* pixels, std::size_t pictures, CellSize size,
                   const float* values, bool blue_first, float* to) const;

 private:
  void ByProduct(Workspace& work, const Source& source, const float* sum, float* to) const;
  void ByTiles(Workspace& work, const Source& source, float* to) const;
  void Gather(const Source& source, CellSize after, std::size_t first, std::size_t count, float* to) const;
  Activation activation() const { return shape_.relu ? Activation::kRelu : Activation::kNone; }

  const Kernels& kernels_;
  /** Without the weights. */
  PlainConvolution shape_;
  bool by_tiles_ = false;
  TileForm form_{};
  /** Of each point, or of the whole kernel. */
  std::vector<PackedProduct> packed_;
  std::vector<float> bias_;
};

}  // namespace lobule
