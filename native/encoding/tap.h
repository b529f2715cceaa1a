#pragma once

#include <cstddef>

#include "team.h"

namespace lobule {

/**
 * The average of each channel of a map in blocks of kLanes, `cells` cells each, to `to`. Of several pictures, whose cells lie
 * one after the other in each block: of picture p to `to + p * step`.
 */
void AverageMap(Team& team, const float* map, std::size_t channels, std::size_t cells, float* to,
                std::size_t pictures = 1, std::size_t step = 0);

/** The map in blocks of kLanes, channel after channel, to `to`. */
void CopyPlanar(Team& team, const float* map, std::size_t channels, std::size_t cells, float* to);

}  // namespace lobule
