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
   * `descriptor`, the maps themselves, channels x rows x columns, to `maps`: one address for each tap, or none at
   * all. Waits for other callers. Throws std::bad_alloc. [worker]
   */
  virtual void Run(const std::uint8_t* pixels, std::size_t rows, std::size_t columns, float* descriptor,
                   const std::vector<float*>& maps) = 0;

  /**
   * The descriptors of `count` pictures, which lie one after the other. Where a network takes them together, each weight is
   * read once for all, and few cells of a map make a large product; the bits are the same. [worker]
   */
  virtual void RunAll(const std::uint8_t* pixels, std::size_t count, std::size_t rows, std::size_t columns,
                      float* descriptors);
};

}  // namespace lobule
