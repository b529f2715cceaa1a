#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "buffer.h"
#include "convolution.h"
#include "kernels.h"
#include "network.h"

namespace lobule {

/** Some channels of a map, counted in blocks of kLanes. */
struct MapPart {
  std::size_t map;
  std::size_t channel;
};

/** The largest or the averages of windows of size x size cells; cells beyond the map do not count. */
struct Pooling {
  std::size_t size;
  std::size_t stride;
  std::size_t margin;
  bool average;
};

/** A layer of a graph as the caller has it. */
struct GraphLayer {
  MapPart from;
  MapPart to;
  std::size_t channels;
  /** Null for pooling. */
  const PlainConvolution* convolution;
  Pooling pooling;
  /** Whether `sum` is added to a convolution's results. */
  bool sums;
  MapPart sum;
};

/** What a byte of a pixel becomes: value [channel][byte] of channel, which is colour 2 - channel if `blue_first`. */
struct PixelValues {
  std::vector<float> values;
  bool blue_first;
};

/**
 * A network of convolutions, sums, pooling and concatenations: ResNet, Inception, VGG. Maps that several layers write, each
 * some channels, are concatenations. Map 0 is the picture, which only the first layer reads.
 */
class LayerGraph final : public Network {
 public:
  /** @param channels of each map @param taps maps */
  LayerGraph(const Kernels& kernels, const std::vector<std::size_t>& channels, const std::vector<GraphLayer>& layers,
             const std::vector<std::size_t>& taps, PixelValues pixels, std::size_t threads);

  std::vector<MapSize> TapSizes(std::size_t rows, std::size_t columns) const override;
  void Run(const std::uint8_t* pixels, std::size_t rows, std::size_t columns, float* descriptor,
           const Wanted& wanted) override;
  void RunAll(const std::uint8_t* pixels, std::size_t count, std::size_t rows, std::size_t columns,
              float* descriptors) override;

 private:
  struct Step {
    MapPart from, to;
    std::size_t channels;
    std::unique_ptr<Convolution> convolution;
    Pooling pooling;
    bool sums;
    MapPart sum;
  };
  /** The steps between which a map is needed. */
  struct Life {
    std::size_t first;
    std::size_t last;
  };

  static CellSize After(const Step& step, CellSize before);
  std::vector<CellSize> Sizes(CellSize picture) const;
  std::vector<std::size_t> Places(const std::vector<CellSize>& sizes, std::size_t& length) const;
  void Through(const std::uint8_t* pixels, std::size_t pictures, CellSize size, float* descriptors,
               const Wanted& wanted);
  void Pool(const Step& step, const Source& source, CellSize after, float* to);

  const Kernels& kernels_;
  std::vector<std::size_t> channels_;
  std::vector<Step> steps_;
  std::vector<std::size_t> taps_;
  PixelValues pixels_;
  std::vector<Life> lives_;
  Workspace work_;
  std::mutex mutex_;
  /** All maps. */
  Buffer maps_;
  /** What windows of a tap are averaged with. */
  Buffer windows_;
};

}  // namespace lobule
