#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "kernels.h"
#include "team.h"

namespace lobule {

/** Float32 values at an address that vectors like. Grows, and does not keep what it had. */
class Buffer {
 public:
  /** At least `length` values; throws std::bad_alloc. */
  float* Take(std::size_t length);

 private:
  struct Free {
    void operator()(float* values) const;
  };
  std::unique_ptr<float[], Free> values_;
  std::size_t length_ = 0;
};

/** A layer of a chain as the caller has it. */
struct Layer {
  /** A 3 x 3 convolution with a margin of zeros and a ReLU after it; otherwise the largest of each 2 x 2 cells. */
  bool convolution;
  /** Whether the averages of its outputs belong to the descriptor. */
  bool tap;
  std::size_t inputs;
  std::size_t outputs;
  /** outputs x inputs x 3 x 3 and outputs values; only for a convolution. */
  const float* kernel;
  const float* bias;
};

struct MapSize {
  std::size_t channels;
  std::size_t rows;
  std::size_t columns;
};

/**
 * A chain of 3 x 3 convolutions, as VGG is one, in memory. The same picture gives the same bits on any number of
 * threads and with any kind of vector instructions: each sum is made by one thread, in one order.
 */
class Network {
 public:
  /**
   * The first layer takes 3 channels; every other one, and every layer's outputs, a multiple of 64. Pixels become
   * values by taking `means` from blue, green and red, in this order.
   */
  Network(const Kernels& kernels, const std::vector<Layer>& layers, const float means[3], std::size_t threads);

  /** The map of each tap for a picture of this size. */
  std::vector<MapSize> TapSizes(std::size_t rows, std::size_t columns) const;

  /**
   * One picture, rows x columns x 3 bytes, red first. The averages over each tap's map, one after the other, go to
   * `descriptor`, the maps themselves, channels x rows x columns, to `maps`: one address for each tap, or none at
   * all. Waits for other callers. Throws std::bad_alloc.
   */
  void Run(const std::uint8_t* pixels, std::size_t rows, std::size_t columns, float* descriptor,
           const std::vector<float*>& maps);

 private:
  struct Step {
    bool convolution;
    bool tap;
    std::size_t inputs;
    std::size_t outputs;
    std::vector<float> weights;
    std::vector<float> bias;
  };
  struct Size {
    std::size_t rows;
    std::size_t columns;
  };

  static Size After(const Step& step, Size before);
  void First(const Step& step, const std::uint8_t* pixels, Size size, float* to);
  void Convolve(const Step& step, const float* from, Size size, float* to);
  void Pool(const Step& step, const float* from, Size size, float* to);
  void Average(const Step& step, const float* map, Size size, float* to);
  void Planar(const Step& step, const float* map, Size size, float* to);

  const Kernels& kernels_;
  float means_[3];
  std::vector<Step> steps_;
  Team team_;
  std::mutex mutex_;
  Buffer maps_[2];
  Buffer picture_;
  Buffer transformed_;
  Buffer products_;
};

}  // namespace lobule
