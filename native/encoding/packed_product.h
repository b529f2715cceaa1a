#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "kernels.h"

namespace lobule {

/** Weights in the order in which the kernels read them. */
class PackedProduct {
 public:
  /** Blocks of outputs that are made together. */
  struct Panel {
    std::size_t first_block;
    std::size_t blocks;
  };

  using Order = std::function<std::size_t(std::size_t k)>;

  PackedProduct() = default;
  /**
   * outputs x inputs weights and outputs biases, with zeros up to whole blocks of outputs. `order`: where input k of the
   * packed weights is among those of an output.
   */
  PackedProduct(std::size_t inputs, std::size_t outputs, const float* kernel, const float* bias,
                std::size_t blocks_at_once, const Order& order);

  std::size_t inputs() const { return inputs_; }
  std::size_t outputs() const { return outputs_; }
  std::size_t blocks() const { return bias_.size() / kLanes; }
  const std::vector<Panel>& panels() const { return panels_; }

  /** A product of this panel's outputs; what remains is where it reads and writes. */
  Product ProductOf(const Panel& panel) const;

 private:
  std::size_t inputs_ = 0;
  std::size_t outputs_ = 0;
  std::vector<Panel> panels_;
  /** [panel][inputs][outputs of the panel] */
  std::vector<float> weights_;
  std::vector<float> bias_;
};

}  // namespace lobule
