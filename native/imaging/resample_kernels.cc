#include "resample_kernels.h"

#include <algorithm>
#include <array>
#include <vector>

namespace lobule {

namespace {

/** Added to and taken from a number below 2^51, it leaves a whole number, ties to even. */
constexpr double kWhole = 6755399441055744.0;

/** `line`: the row's bytes as numbers, so that each is converted once and not for each position that reads it. */
void ResampleRow(const double* line, const AxisPlan& across, float* row) {
  const int32_t* offset = across.offsets;
  const float* weight = across.weights;
  for (size_t at = 0; at < across.positions; ++at, offset += kTaps, weight += kTaps, row += 3) {
    const double* pixels[kTaps];
    double weights[kTaps];
    for (size_t tap = 0; tap < kTaps; ++tap) {
      pixels[tap] = line + 3 * offset[tap];
      weights[tap] = weight[tap];
    }
    for (size_t channel = 0; channel < 3; ++channel) {
      row[channel] = static_cast<float>(weights[0] * pixels[0][channel] + weights[1] * pixels[1][channel] +
                                        weights[2] * pixels[2][channel] + weights[3] * pixels[3][channel]);
    }
  }
}

void CombineRows(const std::array<const float*, kTaps>& rows, const float* weight, size_t values, uint8_t* to) {
  const double w0 = weight[0], w1 = weight[1], w2 = weight[2], w3 = weight[3];
  const float *r0 = rows[0], *r1 = rows[1], *r2 = rows[2], *r3 = rows[3];
  for (size_t at = 0; at < values; ++at) {
    const double sum = w0 * r0[at] + w1 * r1[at] + w2 * r2[at] + w3 * r3[at];
    const double clipped = std::min(255.0, std::max(0.0, sum));
    to[at] = static_cast<uint8_t>(static_cast<int32_t>((clipped + kWhole) - kWhole));
  }
}

}  // namespace

void Resample(const uint8_t* from, size_t width, const AxisPlan& across, const AxisPlan& down, uint8_t* to) {
  const size_t values = 3 * across.positions;
  if (values == 0) return;
  // Resampled rows that later rows still need: row y is in slot y mod kTaps.
  std::vector<float> slots(kTaps * values);
  // Only the columns that a position reads are converted.
  const auto [first, last] = std::minmax_element(across.offsets, across.offsets + kTaps * across.positions);
  const size_t begin = 3 * static_cast<size_t>(*first), end = 3 * (static_cast<size_t>(*last) + 1);
  std::vector<double> line(end);
  std::array<int64_t, kTaps> kept;
  kept.fill(-1);
  for (size_t row = 0; row < down.positions; ++row, to += values) {
    std::array<const float*, kTaps> rows;
    for (size_t tap = 0; tap < kTaps; ++tap) {
      const int32_t y = down.offsets[row * kTaps + tap];
      const size_t slot = static_cast<size_t>(y) % kTaps;
      float* own = &slots[slot * values];
      if (kept[slot] != y) {
        const uint8_t* bytes = from + static_cast<size_t>(y) * 3 * width;
        std::copy(bytes + begin, bytes + end, line.begin() + static_cast<std::ptrdiff_t>(begin));
        ResampleRow(line.data(), across, own);
        kept[slot] = y;
      }
      rows[tap] = own;
    }
    CombineRows(rows, down.weights + row * kTaps, values, to);
  }
}

}  // namespace lobule
