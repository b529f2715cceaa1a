#pragma once

#include <cstddef>

#include "buffer.h"
#include "network.h"
#include "team.h"

namespace lobule {

/** A tap of one picture, and what is wanted of its map. */
struct Tap {
  Tap(const Wanted& wanted, std::size_t index, const MapSize& size, std::size_t first_channel);

  MapSize size;
  /** null: the map is not wanted. */
  float* map;
  const Window* windows;
  std::size_t count;
  /** Of the tap's first channel in the first window, and how far the next window is. */
  float* averages;
  std::size_t step;

  /** Values of memory that a thread needs for GiveBlock. */
  std::size_t Scratch() const;
};

/** The average of each channel of a block of kLanes channels to `to`; `channels` of them count. */
void AverageBlock(const float* values, std::size_t cells, std::size_t channels, float* to);

/**
 * The average of each channel of a map in blocks of kLanes, `cells` cells each, to `to`. Of several pictures, whose cells lie
 * one after the other in each block: of picture p to `to + p * step`.
 */
void AverageMap(Team& team, const float* map, std::size_t channels, std::size_t cells, float* to,
                std::size_t pictures = 1, std::size_t step = 0);

/** Gives what is wanted of the map of a tap from one of its blocks of kLanes channels. */
void GiveBlock(const Tap& tap, std::size_t block, const float* values, float* scratch);

/** The same for the whole map. Throws std::bad_alloc. */
void GiveMap(Team& team, const Tap& tap, const float* map, Buffer& scratch);

}  // namespace lobule
