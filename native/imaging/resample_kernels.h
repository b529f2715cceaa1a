#pragma once

#include <cstddef>
#include <cstdint>

/**
 * The loops of electron/engine/image/resample.ts, which describes them; resample-in-script.ts there does the same to the
 * bit. [any thread]
 */
namespace lobule {

/** Neighbours of a position on an axis. */
constexpr size_t kTaps = 4;

/** For each position of an axis, its neighbours (pixels) and their weights: positions x kTaps. */
struct AxisPlan {
  const int32_t* offsets;
  const float* weights;
  size_t positions;
};

/** `from`: rows of `width` pixels, 3 bytes each; `to`: down.positions x across.positions x 3 bytes. */
void Resample(const uint8_t* from, size_t width, const AxisPlan& across, const AxisPlan& down, uint8_t* to);

}  // namespace lobule
