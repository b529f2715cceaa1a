#pragma once

#include <cstddef>
#include <cstdint>

/**
 * The loops over every pixel, 3 bytes each, of electron/engine/stain/. kernels.ts there says what each of them
 * does, and kernels-in-script.ts does the same to the bit. [any thread]
 */
namespace lobule {

/** Factors for each channel, grey level and new channel (the fourth of each row is padding). */
constexpr size_t kLevelFactors = 3 * 256 * 4;

void MapLevels(const uint8_t* from, uint8_t* to, size_t pixels, const double* factors, double shift);

/** `to` has room for all pixels; answers how many were kept. */
size_t GatherTissue(const uint8_t* from, size_t pixels, int highest, uint8_t* to);

/** `density`: 256 values; `sums`: 9. */
void SumDensities(const uint8_t* pixels, size_t count, const double* density, double* sums);

/** Values of each channel, grey level and projection. */
constexpr size_t kProjectionParts = 3 * 256 * 2;

/** What of one list of values lies within and above some bounds. */
struct Tail {
  double lowest;
  double highest;
  /** Has room for so many values; more are counted only. */
  double* values;
  size_t room;
  size_t above = 0;
  size_t kept = 0;
};

void FindTails(const uint8_t* pixels, size_t count, size_t step, const double* parts, bool as_angle, Tail& first,
               Tail& second);

}  // namespace lobule
