#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

#include "buffer.h"
#include "kernels.h"
#include "network.h"
#include "packed_product.h"
#include "team.h"

namespace lobule {

/** A product as the caller has it: outputs x inputs and outputs values. */
struct PlainProduct {
  std::size_t outputs;
  const float* kernel;
  const float* bias;
};

/**
 * An inverted bottleneck as the caller has it (Sandler et al. 2018): expansion, depthwise convolution, both put between 0
 * and 6, and projection. The first of a chain has the 3 x 3 convolution of the picture, with stride 2, as its expansion.
 */
struct Bottleneck {
  /** Values of a pixel of the input; for the first 3. */
  std::size_t inputs;
  /** For the first: outputs x 3 colours x 3 x 3. */
  PlainProduct expand;
  /** Edge of the depthwise kernels, 3 or 5, and their stride, 1 or 2, with TensorFlow's SAME padding. */
  std::size_t size;
  std::size_t stride;
  /** Channels x size x size, and one for each channel. */
  const float* depthwise;
  const float* depthwise_bias;
  PlainProduct project;
  /** Whether the input is added to the output. Only where both have the same size. */
  bool sum;
};

/** What a pixel's byte becomes: (byte - centre) * factor. */
struct PixelRange {
  float centre;
  float factor;
};

/**
 * A chain of inverted bottlenecks and a last product, put between 0 and 6, whose map is the only tap: EfficientNet-Lite.
 *
 * Expanded maps are up to six times as large as the others, and no cache holds one. They are never made whole: a thread keeps
 * only the rows that the depthwise convolution needs next (docs/performance.md has the figures). The maps of the first steps,
 * which are the largest of those that remain, are made strip by strip, and the last one block by block.
 */
class BottleneckChain final : public Network {
 public:
  BottleneckChain(const Kernels& kernels, const std::vector<Bottleneck>& bottlenecks, const PlainProduct& head,
                  const PixelRange& range, std::size_t threads);

  std::vector<MapSize> TapSizes(std::size_t rows, std::size_t columns) const override;
  void Run(const std::uint8_t* pixels, std::size_t rows, std::size_t columns, float* descriptor,
           const Wanted& wanted) override;

 private:
  struct Size {
    std::size_t rows;
    std::size_t columns;
    std::size_t cells() const { return rows * columns; }
  };
  struct Step {
    std::size_t inputs, size, stride;
    bool isFirst, sum;
    PackedProduct expand, project;
    /** [block][size x size][16] */
    std::vector<float> depthwise, depthwise_bias;
  };
  /** Zeros before the first cell in TensorFlow's SAME padding, and all of them. */
  struct Padding {
    std::size_t before = 0, all = 0;
    Padding() = default;
    Padding(std::size_t size, std::size_t kernel, std::size_t stride);
  };
  /** The picture that is encoded, and the values of one of its rows with the zeros beside it. */
  struct Picture {
    const std::uint8_t* pixels = nullptr;
    Size size{0, 0};
    Padding down, across;
    std::size_t stride = 0;
  };
  /** Memory of one thread: the expanded rows of each block that are still needed, and rows of the picture. */
  struct Scratch {
    float* ring;
    float* rows;
  };
  struct Rows {
    std::size_t first, end;
    std::size_t count() const { return end - first; }
  };
  /** Some rows of a map, in blocks of kLanes. */
  struct Part {
    float* values;
    Rows rows;
  };
  /** A step at work on some rows of a map. */
  struct Pass;
  /** Cells of a product: of several blocks, each a distance from the one before. */
  struct Cells {
    float* values;
    std::size_t stride;
  };

  std::vector<Size> Sizes(Size picture) const;
  void FirstSteps(const std::vector<Size>& sizes, float* to);
  void PictureRows(std::size_t row, float* to) const;
  std::size_t PictureValues(const Step& step) const;
  void Apply(const Pass& pass);
  void ByRows(const Pass& pass);
  void ByChannels(const Pass& pass);
  template <typename Done>
  void Middle(const Pass& pass, std::size_t first_panel, std::size_t end_panel, Rows rows, bool goes_on,
              const Scratch& own, Cells to, std::size_t row_step, const Done& done);
  void ExpandRow(const Pass& pass, std::size_t panel, std::size_t row, const float* rows, float* to);
  void Project(const Pass& pass, const PackedProduct::Panel& panel, Cells from, std::size_t row, std::size_t first,
               std::size_t count);
  void Head(const float* from, Size size, float* descriptor, const Wanted& wanted);

  const Kernels& kernels_;
  PixelRange range_;
  std::vector<Step> steps_;
  /** How many of them are made strip by strip. */
  std::size_t first_steps_;
  PackedProduct head_;
  Team team_;
  std::mutex mutex_;
  Buffer maps_[2];
  /** Strips of the first maps. */
  Buffer strips_[2];
  Picture picture_;
  /** What the depthwise convolutions make of all channels, some rows of it. */
  Buffer middle_;
  /** Rows of one thread each. */
  Buffer own_;
  std::vector<float> zeros_;
};

}  // namespace lobule
