#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace lobule {

struct MapSize {
  std::size_t channels;
  std::size_t rows;
  std::size_t columns;
};

/** A window of a map: each edge is a number of whole cells and a fraction of the next one. */
struct Window {
  struct Edge {
    double cell;
    double fraction;
  };
  Edge left, right, top, bottom;
  /** Its area, in cells. */
  double cells;
};

/** What a network gives of a picture besides its descriptor: the maps of its taps, averages over windows of them, or nothing. */
struct Wanted {
  /** For each tap where its map goes, channels x rows x columns; or none at all. */
  std::vector<float*> maps;
  /** For each tap the windows in its map, `count` of them; or none at all. */
  std::vector<const Window*> windows;
  std::size_t count = 0;
  /** count x length: for each window the averages of all taps, as in a descriptor. */
  float* averages = nullptr;
  std::size_t length = 0;
};

/**
 * A network in memory. The same picture gives the same bits on any number of threads and with any kind of vector
 * instructions: each sum is made by one thread, in one order.
 */
class Network {
 public:
  virtual ~Network() = default;

  /** The map of each tap for a picture of this size. */
  virtual std::vector<MapSize> TapSizes(std::size_t rows, std::size_t columns) const = 0;

  /**
   * One picture, rows x columns x 3 bytes, red first. The averages over each tap's map, one after the other, go to
   * `descriptor`. Waits for other callers. Throws std::bad_alloc. [worker]
   */
  virtual void Run(const std::uint8_t* pixels, std::size_t rows, std::size_t columns, float* descriptor,
                   const Wanted& wanted) = 0;

  /**
   * The descriptors of `count` pictures, which lie one after the other. Where a network takes them together, each weight is
   * read once for all, and few cells of a map make a large product; the bits are the same. [worker]
   */
  virtual void RunAll(const std::uint8_t* pixels, std::size_t count, std::size_t rows, std::size_t columns,
                      float* descriptors);
};

}  // namespace lobule
