#pragma once

#include <cstddef>

#include "team.h"

namespace lobule {

/** The average of each channel of a map in blocks of kLanes, `cells` cells each, to `to`. */
void AverageMap(Team& team, const float* map, std::size_t channels, std::size_t cells, float* to);

/** The map in blocks of kLanes, channel after channel, to `to`. */
void CopyPlanar(Team& team, const float* map, std::size_t channels, std::size_t cells, float* to);

}  // namespace lobule
