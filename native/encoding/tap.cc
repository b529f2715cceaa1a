#include "tap.h"

#include <algorithm>

#include "kernels.h"

namespace lobule {

namespace {

std::size_t BlocksOf(std::size_t channels) { return (channels + kLanes - 1) / kLanes; }

/** Channels of a block that count: the last one may be filled up with zeros. */
std::size_t LanesOf(std::size_t channels, std::size_t block) { return std::min(kLanes, channels - block * kLanes); }

/** Cells of a row of a summed-area table. */
std::size_t TableRow(const MapSize& size) { return (size.columns + 1) * kLanes; }

/** sums[r][c] becomes the sum of the rows above r and the columns left of c, for each channel. */
void SumUp(const float* values, const MapSize& size, double* sums) {
  const std::size_t row_values = TableRow(size);
  std::fill(sums, sums + row_values, 0.0);
  for (std::size_t row = 0; row < size.rows; ++row) {
    double along[kLanes] = {};
    double* to = sums + (row + 1) * row_values;
    std::fill(to, to + kLanes, 0.0);
    for (std::size_t column = 0; column < size.columns; ++column, values += kLanes) {
      to += kLanes;
      for (std::size_t lane = 0; lane < kLanes; ++lane) {
        along[lane] += values[lane];
        to[lane] = to[static_cast<std::ptrdiff_t>(lane) - static_cast<std::ptrdiff_t>(row_values)] + along[lane];
      }
    }
  }
}

/** The table at a position between its cells: bilinear, which is exact, as a map is constant within a cell. */
void Interpolate(const double* sums, const MapSize& size, const Window::Edge& row, const Window::Edge& column,
                 double* to) {
  const std::size_t row_values = TableRow(size);
  const double* above = sums + static_cast<std::size_t>(row.cell) * row_values +
                        static_cast<std::size_t>(column.cell) * kLanes;
  const double* below = above + row_values;
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    const double first = above[lane] * (1 - column.fraction) + above[lane + kLanes] * column.fraction;
    const double second = below[lane] * (1 - column.fraction) + below[lane + kLanes] * column.fraction;
    to[lane] = first * (1 - row.fraction) + second * row.fraction;
  }
}

/** The same bits as averageWindows in electron/engine/descriptors/average-windows.ts, which says what they mean. */
void AverageWindows(const Tap& tap, std::size_t block, const float* values, double* sums) {
  SumUp(values, tap.size, sums);
  const std::size_t lanes = LanesOf(tap.size.channels, block);
  float* to = tap.averages + block * kLanes;
  double lower_right[kLanes], upper_right[kLanes], lower_left[kLanes], upper_left[kLanes];
  for (const Window* window = tap.windows; window < tap.windows + tap.count; ++window, to += tap.step) {
    Interpolate(sums, tap.size, window->bottom, window->right, lower_right);
    Interpolate(sums, tap.size, window->top, window->right, upper_right);
    Interpolate(sums, tap.size, window->bottom, window->left, lower_left);
    Interpolate(sums, tap.size, window->top, window->left, upper_left);
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      const double total = lower_right[lane] - upper_right[lane], outside = lower_left[lane] - upper_left[lane];
      const double average = (total - outside) / window->cells;
      // Rounding puts some below zero; what is not a number stays.
      to[lane] = static_cast<float>(average <= 0 ? 0.0 : average);
    }
  }
}

/** Few cells at a time, so that a block's lines are read from memory once. */
void CopyPlanar(const Tap& tap, std::size_t block, const float* values) {
  const std::size_t cells = tap.size.rows * tap.size.columns, lanes = LanesOf(tap.size.channels, block);
  float* to = tap.map + block * kLanes * cells;
  for (std::size_t first = 0; first < cells; first += kLanes)
    for (std::size_t lane = 0; lane < lanes; ++lane)
      for (std::size_t cell = first; cell < std::min(cells, first + kLanes); ++cell)
        to[lane * cells + cell] = values[cell * kLanes + lane];
}

}  // namespace

Tap::Tap(const Wanted& wanted, std::size_t index, const MapSize& size, std::size_t first_channel)
    : size(size),
      map(wanted.maps.empty() ? nullptr : wanted.maps[index]),
      windows(wanted.windows.empty() ? nullptr : wanted.windows[index]),
      count(wanted.windows.empty() ? 0 : wanted.count),
      averages(wanted.windows.empty() ? nullptr : wanted.averages + first_channel),
      step(wanted.length) {}

std::size_t Tap::Scratch() const {
  return count == 0 ? 0 : TableRow(size) * (size.rows + 1) * (sizeof(double) / sizeof(float));
}

void AverageBlock(const float* values, std::size_t cells, std::size_t channels, float* to) {
  double sums[kLanes] = {};
  for (std::size_t cell = 0; cell < cells; ++cell)
    for (std::size_t lane = 0; lane < kLanes; ++lane) sums[lane] += values[cell * kLanes + lane];
  for (std::size_t lane = 0; lane < channels; ++lane)
    to[lane] = static_cast<float>(sums[lane] / static_cast<double>(cells));
}

void AverageMap(Team& team, const float* map, std::size_t channels, std::size_t cells, float* to,
                std::size_t pictures, std::size_t step) {
  team.For(BlocksOf(channels) * pictures, [&](std::size_t item, std::size_t) {
    const std::size_t block = item / pictures, picture = item % pictures;
    AverageBlock(map + item * cells * kLanes, cells, LanesOf(channels, block), to + picture * step + block * kLanes);
  });
}

void GiveBlock(const Tap& tap, std::size_t block, const float* values, float* scratch) {
  if (tap.map) CopyPlanar(tap, block, values);
  if (tap.count > 0) AverageWindows(tap, block, values, reinterpret_cast<double*>(scratch));
}

void GiveMap(Team& team, const Tap& tap, const float* map, Buffer& scratch) {
  if (!tap.map && tap.count == 0) return;
  const std::size_t each = tap.Scratch(), cells = tap.size.rows * tap.size.columns;
  float* own = scratch.Take(each * team.members());
  team.For(BlocksOf(tap.size.channels), [&](std::size_t block, std::size_t member) {
    GiveBlock(tap, block, map + block * cells * kLanes, own + member * each);
  });
}

}  // namespace lobule
