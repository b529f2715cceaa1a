#pragma once

#include <cstddef>
#include <cstdint>

namespace lobule {

/** Factors for each channel, grey level and new channel (the fourth of each row is padding). */
constexpr size_t kLevelFactors = 3 * 256 * 4;

/**
 * Gives each pixel of `from`, 3 bytes, the levels factor(red) * factor(green) * factor(blue) + shift of the three
 * new channels; above 255 is 255, the rest is truncated. Factors are positive and the shift at least -1.
 * electron/engine/stain/optical-density.ts says what the factors are and does the same, to the bit. [any thread]
 */
void MapLevels(const uint8_t* from, uint8_t* to, size_t pixels, const double* factors, double shift);

}  // namespace lobule
