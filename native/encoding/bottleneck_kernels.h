#pragma once

#include <cstddef>

namespace lobule {

// The inner loops of a chain of inverted bottlenecks (bottleneck_chain.h), once for each kind of vector instructions. Maps hold
// their channels in blocks of kLanes, as in kernels.h. Every sum begins with the bias and goes through its inputs in one
// order, so that it has the same bits however the work is divided.

/** What becomes of a sum: nothing, not below 0, or between 0 and 6. */
enum class Activation { kNone, kRelu, kRelu6 };

/**
 * A product of pixels and weights. Input k of pixel p is from[(k / run) * run_stride + p * step + k % run]; output o of
 * pixel p is to[(o / kLanes) * to_stride + p * kLanes + o % kLanes].
 */
struct Product {
  const float* from;
  std::size_t run;
  std::size_t run_stride;
  std::size_t inputs;
  /** [inputs][16 * blocks] and as many as there are outputs. */
  const float* weights;
  const float* bias;
  /** Blocks of outputs: at least 1, at most blocks_at_once. */
  std::size_t blocks;
  /** Nothing reads the second half of the only block, which may stay as it is. */
  bool half;
  float* to;
  std::size_t to_stride;
  /** What is added to the outputs, placed as they are but for its own stride; null: nothing. */
  const float* sum;
  std::size_t sum_stride;
  Activation activation;
};

struct BottleneckKernels {
  /** Blocks of outputs that a product can have. */
  std::size_t blocks_at_once;

  /** The product for `pixels` pixels; `step` is kLanes. */
  void (*pointwise)(const Product& product, std::size_t pixels);

  /** The same with a step of 6, for every other pixel of a picture of 3 colours. */
  void (*stem)(const Product& product, std::size_t pixels);

  /**
   * One row of a depthwise convolution, for one block of channels: size x size weights of the block, 3 or 5, and bias; put
   * between 0 and 6. Output column x reads columns x * stride to x * stride + size - 1 of each of the `size` rows.
   */
  void (*depthwise)(const float* const* rows, std::size_t size, std::size_t stride, const float* weights,
                    const float* bias, std::size_t columns, float* to);
};

}  // namespace lobule
