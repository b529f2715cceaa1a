#include "tap.h"

#include <algorithm>

#include "kernels.h"

namespace lobule {

namespace {

std::size_t BlocksOf(std::size_t channels) { return (channels + kLanes - 1) / kLanes; }

}  // namespace

void AverageMap(Team& team, const float* map, std::size_t channels, std::size_t cells, float* to,
                std::size_t pictures, std::size_t step) {
  team.For(BlocksOf(channels) * pictures, [&](std::size_t item, std::size_t) {
    const std::size_t block = item / pictures, picture = item % pictures;
    double sums[kLanes] = {};
    for (std::size_t cell = 0; cell < cells; ++cell)
      for (std::size_t lane = 0; lane < kLanes; ++lane) sums[lane] += map[(item * cells + cell) * kLanes + lane];
    for (std::size_t lane = 0; lane < std::min(kLanes, channels - block * kLanes); ++lane)
      to[picture * step + block * kLanes + lane] = static_cast<float>(sums[lane] / static_cast<double>(cells));
  });
}

void CopyPlanar(Team& team, const float* map, std::size_t channels, std::size_t cells, float* to) {
  team.For(BlocksOf(channels), [&](std::size_t block, std::size_t) {
    const std::size_t lanes = std::min(kLanes, channels - block * kLanes);
    // Few cells at a time, so that a block's lines are read from memory once.
    for (std::size_t first = 0; first < cells; first += kLanes)
      for (std::size_t lane = 0; lane < lanes; ++lane)
        for (std::size_t cell = first; cell < std::min(cells, first + kLanes); ++cell)
          to[(block * kLanes + lane) * cells + cell] = map[(block * cells + cell) * kLanes + lane];
  });
}

}  // namespace lobule
