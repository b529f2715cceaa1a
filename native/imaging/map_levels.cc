#include "map_levels.h"

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

}  // namespace lobule
