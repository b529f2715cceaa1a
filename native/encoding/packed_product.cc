#include "packed_product.h"

namespace lobule {

PackedProduct::PackedProduct(std::size_t inputs, std::size_t outputs, const float* kernel, const float* bias,
                             std::size_t blocks_at_once, const Order& order)
    : inputs_(inputs), outputs_(outputs) {
  const std::size_t blocks = (outputs + kLanes - 1) / kLanes;
  bias_.resize(blocks * kLanes);
  weights_.resize(inputs * blocks * kLanes);
  // Panels of about the same width: a narrow one reads its pixels for few products.
  const std::size_t count = (blocks + blocks_at_once - 1) / blocks_at_once;
  for (std::size_t panel = 0, first = 0; panel < count; ++panel) {
    const std::size_t width = blocks / count + (panel < blocks % count ? 1 : 0);
    panels_.push_back({first, width});
    first += width;
  }
  std::vector<std::size_t> places(inputs);
  for (std::size_t k = 0; k < inputs; ++k) places[k] = order(k);
  for (const Panel& panel : panels_) {
    float* to = &weights_[inputs * panel.first_block * kLanes];
    for (std::size_t at = 0; at < panel.blocks * kLanes; ++at) {
      const std::size_t output = panel.first_block * kLanes + at;
      if (output >= outputs) continue;
      bias_[output] = bias[output];
      for (std::size_t k = 0; k < inputs; ++k)
        to[k * panel.blocks * kLanes + at] = kernel[output * inputs + places[k]];
    }
  }
}

Product PackedProduct::ProductOf(const Panel& panel) const {
  Product product{};
  product.inputs = inputs_;
  product.weights = &weights_[inputs_ * panel.first_block * kLanes];
  product.bias = &bias_[panel.first_block * kLanes];
  product.blocks = panel.blocks;
  return product;
}

}  // namespace lobule
