#include "tissue_kernels.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

namespace lobule {

void AverageArea(const uint8_t* from, size_t width, size_t height, double step_x, double step_y, double start_y,
                 uint8_t* to, size_t to_width, size_t to_height) {
  const size_t length = 3 * width;
  if (step_x == 1 && step_y == 1 && start_y == 0 && to_width == width && to_height <= height) {
    std::copy(from, from + to_height * length, to);
    return;
  }
  std::vector<double> sums(length);
  for (size_t to_row = 0; to_row < to_height; ++to_row) {
    const double top = std::max(0.0, start_y + static_cast<double>(to_row) * step_y);
    const double bottom =
        std::min(static_cast<double>(height), start_y + static_cast<double>(to_row + 1) * step_y);
    std::fill(sums.begin(), sums.end(), 0.0);
    for (auto row = static_cast<size_t>(top); static_cast<double>(row) < bottom; ++row) {
      const double share =
          std::min(bottom, static_cast<double>(row + 1)) - std::max(top, static_cast<double>(row));
      const uint8_t* line = from + row * length;
      for (size_t at = 0; at < length; ++at) sums[at] += share * line[at];
    }
    for (size_t to_column = 0; to_column < to_width; ++to_column, to += 3) {
      const double left = static_cast<double>(to_column) * step_x;
      const double right = std::min(static_cast<double>(width), static_cast<double>(to_column + 1) * step_x);
      double red = 0, green = 0, blue = 0;
      for (auto column = static_cast<size_t>(left); static_cast<double>(column) < right; ++column) {
        const double share =
            std::min(right, static_cast<double>(column + 1)) - std::max(left, static_cast<double>(column));
        red += share * sums[3 * column];
        green += share * sums[3 * column + 1];
        blue += share * sums[3 * column + 2];
      }
      const double area = (bottom - top) * (right - left);
      // Nothing is below 0, so that cutting rounds down.
      to[0] = static_cast<uint8_t>(static_cast<int>(red / area + 0.5));
      to[1] = static_cast<uint8_t>(static_cast<int>(green / area + 0.5));
      to[2] = static_cast<uint8_t>(static_cast<int>(blue / area + 0.5));
    }
  }
}

namespace {

/**
 * Adds to a square's figures those of `count` pixels of a row, by their green values. Sums are of quarters, so exact in any order.
 * `least`: four times the least squared gradient that is clear.
 */
void MeasureRow(const int16_t* above, const int16_t* here, const int16_t* below, size_t count, int32_t least,
                double* square) {
  int32_t clear_pixels = 0, gradients = 0, laplacians = 0;
  for (size_t at = 0; at < count; ++at) {
    const int32_t across = here[at + 1] - here[at - 1], down = below[at] - above[at];
    const int32_t gradient = across * across + down * down;
    const int32_t laplacian = here[at - 1] + here[at + 1] + above[at] + below[at] - 4 * here[at];
    const int32_t is_clear = gradient >= least ? 1 : 0;
    clear_pixels += is_clear;
    gradients += is_clear * gradient;
    laplacians += is_clear * laplacian * laplacian;
  }
  square[0] += clear_pixels;
  square[1] += gradients / 4.0;
  square[2] += laplacians;
  square[3] += static_cast<double>(count);
}

}  // namespace

void MeasureSquares(const uint8_t* from, size_t width, size_t height, double clear, double* figures) {
  const size_t across = (width + kSquareEdge - 1) / kSquareEdge;
  const size_t down = (height + kSquareEdge - 1) / kSquareEdge;
  std::fill(figures, figures + kSquareFigures * across * down, 0.0);
  const auto least = static_cast<int32_t>(std::min(1e9, std::max(0.0, std::ceil(4 * clear))));
  // The green values of three rows: row y is in line y mod 3.
  std::vector<int16_t> greens(3 * width);
  const auto line = [&](size_t row) { return greens.data() + row % 3 * width; };
  for (size_t row = 0; row < height; ++row) {
    for (size_t column = 0; column < width; ++column) line(row)[column] = from[3 * (row * width + column) + 1];
    // The row before this one has both neighbours now.
    if (row < 2 || (row - 1) % kSquareEdge == 0 || row % kSquareEdge == 0) continue;
    double* square = figures + kSquareFigures * ((row - 1) / kSquareEdge * across);
    for (size_t left = 0; left + 2 < width; left += kSquareEdge, square += kSquareFigures) {
      const size_t count = std::min<size_t>(kSquareEdge, width - left) - 2;
      const size_t first = left + 1;
      MeasureRow(line(row - 2) + first, line(row - 1) + first, line(row) + first, count, least, square);
    }
  }
}

void Median7(const uint8_t* from, size_t width, size_t height, uint8_t* to) {
  const auto inside = [](std::ptrdiff_t place, size_t edge) {
    return static_cast<size_t>(std::clamp<std::ptrdiff_t>(place, 0, static_cast<std::ptrdiff_t>(edge) - 1));
  };
  uint16_t counts[256];
  for (size_t row = 0; row < height; ++row) {
    std::memset(counts, 0, sizeof counts);
    const uint8_t* lines[7];
    for (int down = 0; down < 7; ++down) {
      lines[down] = from + inside(static_cast<std::ptrdiff_t>(row) + down - 3, height) * width;
    }
    // The median, and how many of the 49 values are below it.
    int median = 0;
    int below = 0;
    const auto change = [&](std::ptrdiff_t column, int by) {
      const size_t place = inside(column, width);
      for (const uint8_t* values : lines) {
        const uint8_t value = values[place];
        counts[value] = static_cast<uint16_t>(counts[value] + by);
        if (value < median) below += by;
      }
    };
    for (std::ptrdiff_t column = -3; column < 3; ++column) change(column, 1);
    for (std::ptrdiff_t column = 0; column < static_cast<std::ptrdiff_t>(width); ++column) {
      change(column + 3, 1);
      while (below > 24) below -= counts[--median];
      while (below + counts[median] <= 24) below += counts[median++];
      to[row * width + static_cast<size_t>(column)] = static_cast<uint8_t>(median);
      change(column - 3, -1);
    }
  }
}

}  // namespace lobule
