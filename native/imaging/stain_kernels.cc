#include "stain_kernels.h"

#include <cmath>

namespace lobule {

void MapLevels(const uint8_t* from, uint8_t* to, size_t pixels, const double* factors, double shift) {
  for (size_t pixel = 0; pixel < pixels; ++pixel, from += 3, to += 3) {
    const double* red = factors + 4 * from[0];
    const double* green = factors + 4 * (256 + from[1]);
    const double* blue = factors + 4 * (512 + from[2]);
    for (int channel = 0; channel < 3; ++channel) {
      const double level = red[channel] * green[channel] * blue[channel] + shift;
      // Asked this way round, not-a-number becomes 255, as in JavaScript.
      to[channel] = static_cast<uint8_t>(static_cast<int>(level < 255 ? level : 255));
    }
  }
}

size_t GatherTissue(const uint8_t* from, size_t pixels, int highest, uint8_t* to) {
  size_t kept = 0;
  for (size_t pixel = 0; pixel < pixels; ++pixel, from += 3) {
    const int red = from[0];
    const int green = from[1];
    const int blue = from[2];
    uint8_t* here = to + 3 * kept;
    here[0] = static_cast<uint8_t>(red);
    here[1] = static_cast<uint8_t>(green);
    here[2] = static_cast<uint8_t>(blue);
    // Kept by moving on; a branch would be guessed wrong too often.
    kept += static_cast<size_t>(red <= highest) & static_cast<size_t>(green <= highest) &
            static_cast<size_t>(blue <= highest);
  }
  return kept;
}

void SumDensities(const uint8_t* pixels, size_t count, const double* density, double* sums) {
  double r = 0, g = 0, b = 0, rr = 0, rg = 0, rb = 0, gg = 0, gb = 0, bb = 0;
  for (size_t pixel = 0; pixel < count; ++pixel, pixels += 3) {
    const double x = density[pixels[0]];
    const double y = density[pixels[1]];
    const double z = density[pixels[2]];
    r += x;
    g += y;
    b += z;
    rr += x * x;
    rg += x * y;
    rb += x * z;
    gg += y * y;
    gb += y * z;
    bb += z * z;
  }
  const double all[] = {r, g, b, rr, rg, rb, gg, gb, bb};
  for (int at = 0; at < 9; ++at) sums[at] = all[at];
}

namespace {

inline void Offer(double value, Tail& tail) {
  if (value > tail.highest) {
    ++tail.above;
  } else if (value >= tail.lowest) {
    if (tail.kept < tail.room) tail.values[tail.kept] = value;
    ++tail.kept;
  }
}

template <bool kAsAngle>
void FindTailsOf(const uint8_t* pixels, size_t count, size_t step, const double* parts, Tail& first, Tail& second) {
  for (size_t pixel = 0; pixel < count; pixel += step) {
    const uint8_t* levels = pixels + 3 * pixel;
    const double* red = parts + 2 * levels[0];
    const double* green = parts + 2 * (256 + levels[1]);
    const double* blue = parts + 2 * (512 + levels[2]);
    double one = red[0] + green[0] + blue[0];
    double other = red[1] + green[1] + blue[1];
    if (kAsAngle) {
      const double sum = std::abs(other) + std::abs(one);
      const double share = sum == 0 ? 1 : other / sum;
      other = one < 0 ? share - 1 : 1 - share;
      one = -other;
    }
    Offer(one, first);
    Offer(other, second);
  }
}

}  // namespace

void FindTails(const uint8_t* pixels, size_t count, size_t step, const double* parts, bool as_angle, Tail& first,
               Tail& second) {
  if (as_angle) {
    FindTailsOf<true>(pixels, count, step, parts, first, second);
  } else {
    FindTailsOf<false>(pixels, count, step, parts, first, second);
  }
}

}  // namespace lobule
