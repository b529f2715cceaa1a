#include "tissue_kernels.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

namespace lobule {

void AverageArea(const uint8_t* from, size_t width, size_t height, double step_x, double step_y, double start_y,
                 uint8_t* to, size_t to_width, size_t to_height) {
  const size_t length = 3 * width;
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
      to[0] = static_cast<uint8_t>(std::floor(red / area + 0.5));
      to[1] = static_cast<uint8_t>(std::floor(green / area + 0.5));
      to[2] = static_cast<uint8_t>(std::floor(blue / area + 0.5));
    }
  }
}

void MeasureSquares(const uint8_t* from, size_t width, size_t height, double clear, double* figures) {
  const size_t across = (width + kSquareEdge - 1) / kSquareEdge;
  const size_t down = (height + kSquareEdge - 1) / kSquareEdge;
  std::fill(figures, figures + kSquareFigures * across * down, 0.0);
  const size_t line = 3 * width;
  for (size_t row = 1; row + 1 < height; ++row) {
    const size_t in_row = row % kSquareEdge;
    if (in_row == 0 || in_row == kSquareEdge - 1) continue;
    for (size_t column = 1; column + 1 < width; ++column) {
      const size_t in_column = column % kSquareEdge;
      if (in_column == 0 || in_column == kSquareEdge - 1) continue;
      const uint8_t* here = from + row * line + 3 * column + 1;
      const int left = here[-3], right = here[3];
      const int above = *(here - line), below = *(here + line);
      double* square = figures + kSquareFigures * (row / kSquareEdge * across + column / kSquareEdge);
      square[3] += 1;
      const double gradient = ((right - left) * (right - left) + (below - above) * (below - above)) / 4.0;
      if (gradient < clear) continue;
      const int laplacian = left + right + above + below - 4 * *here;
      square[0] += 1;
      square[1] += gradient;
      square[2] += static_cast<double>(laplacian) * laplacian;
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
