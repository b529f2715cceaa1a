#include "tiles.h"

namespace lobule {

namespace {

struct Form {
  std::size_t rows;
  std::size_t columns;
  TileForm form;
  TileSize size;
};

constexpr Form kForms[] = {
    {3, 3, TileForm::k3x3, {6, 6, 4, 4}}, {5, 5, TileForm::k5x5, {6, 6, 2, 2}}, {1, 3, TileForm::k1x3, {1, 6, 1, 4}},
    {3, 1, TileForm::k3x1, {6, 1, 4, 1}}, {1, 7, TileForm::k1x7, {1, 8, 1, 2}}, {7, 1, TileForm::k7x1, {8, 1, 2, 1}},
};

const Form& Of(TileForm form) { return kForms[static_cast<std::size_t>(form)]; }

struct Point {
  double at;
  double factor;
};

// The last point is at infinity.
constexpr Point kSixPoints[] = {{0, 1.0 / 4}, {1, -1.0 / 6}, {-1, -1.0 / 6}, {2, 1.0 / 24}, {-2, 1.0 / 24}};
constexpr Point kEightPoints[] = {{0, 1},           {1, -2.0 / 9},      {-1, -2.0 / 9},      {2, 1.0 / 90},
                                  {-2, 1.0 / 90}, {0.5, 32.0 / 45}, {-0.5, 32.0 / 45}};

/** What a weight counts at each point of one axis: points x taps, G of Lavin and Gray. */
std::vector<double> PointFactors(std::size_t points, std::size_t taps) {
  std::vector<double> factors(points * taps);
  for (std::size_t point = 0; point < points; ++point) {
    if (point + 1 == points) {
      factors[point * taps + taps - 1] = 1;
      continue;
    }
    const auto [at, factor] = points == 6 ? kSixPoints[point] : kEightPoints[point];
    double power = factor;
    for (std::size_t tap = 0; tap < taps; ++tap, power *= at) factors[point * taps + tap] = power;
  }
  return factors;
}

}  // namespace

TileSize SizeOf(TileForm form) { return Of(form).size; }

bool FindTileForm(std::size_t rows, std::size_t columns, TileForm& form) {
  for (const Form& one : kForms) {
    if (one.rows != rows || one.columns != columns) continue;
    form = one.form;
    return true;
  }
  return false;
}

std::vector<std::vector<float>> PointWeights(TileForm form, std::size_t inputs, std::size_t outputs,
                                             const float* kernel) {
  const auto& [rows, columns, _, size] = Of(form);
  const auto down = PointFactors(size.input_rows, rows), across = PointFactors(size.input_columns, columns);
  std::vector<std::vector<float>> weights(size.points(), std::vector<float>(outputs * inputs));
  std::vector<double> half(size.input_rows * columns);
  for (std::size_t at = 0; at < outputs * inputs; ++at, kernel += rows * columns) {
    for (std::size_t point = 0; point < size.input_rows; ++point) {
      for (std::size_t column = 0; column < columns; ++column) {
        double sum = 0;
        for (std::size_t row = 0; row < rows; ++row) sum += down[point * rows + row] * kernel[row * columns + column];
        half[point * columns + column] = sum;
      }
    }
    for (std::size_t point = 0; point < size.points(); ++point) {
      const double* own = &half[point / size.input_columns * columns];
      double sum = 0;
      for (std::size_t column = 0; column < columns; ++column)
        sum += own[column] * across[point % size.input_columns * columns + column];
      weights[point][at] = static_cast<float>(sum);
    }
  }
  return weights;
}

}  // namespace lobule
