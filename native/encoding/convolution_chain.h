#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

#include "buffer.h"
#include "kernels.h"
#include "network.h"
#include "team.h"

namespace lobule {

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

/** A chain of 3 x 3 convolutions, as VGG is one, by the transforms of kernels.h. */
class ConvolutionChain final : public Network {
 public:
  /**
   * The first layer takes 3 channels; every other one, and every layer's outputs, a multiple of 64. Pixels become
   * values by taking `means` from blue, green and red, in this order.
   */
  ConvolutionChain(const Kernels& kernels, const std::vector<Layer>& layers, const float means[3],
                   std::size_t threads);

  std::vector<MapSize> TapSizes(std::size_t rows, std::size_t columns) const override;
  void Run(const std::uint8_t* pixels, std::size_t rows, std::size_t columns, float* descriptor,
           const Wanted& wanted) override;

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

  const Kernels& kernels_;
  float means_[3];
  std::vector<Step> steps_;
  Team team_;
  std::mutex mutex_;
  Buffer maps_[2];
  Buffer picture_;
  Buffer transformed_;
  Buffer products_;
  /** What windows of a tap are averaged with. */
  Buffer windows_;
};

}  // namespace lobule
