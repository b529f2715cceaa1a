#include "network.h"

namespace lobule {

void Network::RunAll(const std::uint8_t* pixels, std::size_t count, std::size_t rows, std::size_t columns,
                     float* descriptors) {
  std::size_t length = 0;
  for (const auto& size : TapSizes(rows, columns)) length += size.channels;
  for (std::size_t index = 0; index < count; ++index)
    Run(pixels + index * rows * columns * 3, rows, columns, descriptors + index * length, {});
}

}  // namespace lobule
