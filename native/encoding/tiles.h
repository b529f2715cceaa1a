#pragma once

#include <cstddef>
#include <vector>

#include "kernels.h"

namespace lobule {

/** How tiles of a form cover a map: one axis each. */
struct TileSize {
  std::size_t input_rows;
  std::size_t input_columns;
  std::size_t output_rows;
  std::size_t output_columns;

  /** Products that make a tile. */
  std::size_t points() const { return input_rows * input_columns; }
};

TileSize SizeOf(TileForm form);

/** Whether there are tiles for a kernel of this size; if so, `form` becomes theirs. */
bool FindTileForm(std::size_t rows, std::size_t columns, TileForm& form);

/**
 * The weights of each point, as outputs x inputs values, of outputs x inputs x rows x columns ones. Computed in float64,
 * rounded once.
 */
std::vector<std::vector<float>> PointWeights(TileForm form, std::size_t inputs, std::size_t outputs,
                                             const float* kernel);

}  // namespace lobule
