#include "convolution_chain.h"

#include <algorithm>

#include "tap.h"

namespace lobule {

namespace {

/** G of F(4, 3): three weights as six. */
constexpr double kWeightPoints[6][3] = {{1.0 / 4, 0, 0},
                                        {-1.0 / 6, -1.0 / 6, -1.0 / 6},
                                        {-1.0 / 6, 1.0 / 6, -1.0 / 6},
                                        {1.0 / 24, 1.0 / 12, 1.0 / 6},
                                        {1.0 / 24, -1.0 / 12, 1.0 / 6},
                                        {0, 0, 1}};

/** Transformed inputs of the tiles that one thread works on: as much as its own cache holds. */
constexpr std::size_t kOwnValues = (512 * 1024) / sizeof(float);
/** Transformed inputs of the tiles on which all threads work together. */
constexpr std::size_t kSharedValues = (24 * 1024 * 1024) / sizeof(float);
/** Weights of a layer up to which it is no loss when every thread reads all of them for itself. */
constexpr std::size_t kOwnWeights = (3 * 1024 * 1024) / sizeof(float);

std::size_t RoundUp(std::size_t value, std::size_t step) { return (value + step - 1) / step * step; }

/** [block of outputs][point][inputs][outputs of a block]; computed in float64, rounded once. */
std::vector<float> TransformWeights(const Layer& layer, std::size_t block, Team& team) {
  std::vector<float> to(kPoints * layer.inputs * layer.outputs);
  team.For(layer.outputs, [&](std::size_t output, std::size_t) {
    float* own = &to[(output / block) * kPoints * layer.inputs * block + output % block];
    for (std::size_t input = 0; input < layer.inputs; ++input) {
      const float* kernel = layer.kernel + (output * layer.inputs + input) * 9;
      double half[6][3];
      for (int y = 0; y < 6; ++y)
        for (int x = 0; x < 3; ++x)
          half[y][x] = kWeightPoints[y][0] * kernel[x] + kWeightPoints[y][1] * kernel[3 + x] +
                       kWeightPoints[y][2] * kernel[6 + x];
      for (int y = 0; y < 6; ++y)
        for (int x = 0; x < 6; ++x)
          own[((6 * y + x) * layer.inputs + input) * block] =
              static_cast<float>(half[y][0] * kWeightPoints[x][0] + half[y][1] * kWeightPoints[x][1] +
                                 half[y][2] * kWeightPoints[x][2]);
    }
  });
  return to;
}

/** [block of outputs][row][column and colour][outputs of a block] */
std::vector<float> FirstWeights(const Layer& layer, std::size_t block) {
  std::vector<float> to(3 * kFirstInputs * layer.outputs);
  for (std::size_t output = 0; output < layer.outputs; ++output)
    for (std::size_t row = 0; row < 3; ++row)
      for (std::size_t at = 0; at < kFirstInputs; ++at)
        to[(((output / block) * 3 + row) * kFirstInputs + at) * block + output % block] =
            layer.kernel[(output * 3 + at % 3) * 9 + row * 3 + at / 3];
  return to;
}

}  // namespace

ConvolutionChain::ConvolutionChain(const Kernels& kernels, const std::vector<Layer>& layers, const float means[3],
                                   std::size_t threads)
    : kernels_(kernels), means_{means[0], means[1], means[2]}, team_(threads) {
  for (const Layer& layer : layers) {
    Step step{layer.convolution, layer.tap, layer.inputs, layer.outputs, {}, {}};
    if (layer.convolution) {
      step.weights = steps_.empty() ? FirstWeights(layer, kernels.outputs_at_once)
                                    : TransformWeights(layer, kernels.outputs_at_once, team_);
      step.bias.assign(layer.bias, layer.bias + layer.outputs);
    }
    steps_.push_back(std::move(step));
  }
}

ConvolutionChain::Size ConvolutionChain::After(const Step& step, Size before) {
  return step.convolution ? before : Size{before.rows / 2, before.columns / 2};
}

std::vector<MapSize> ConvolutionChain::TapSizes(std::size_t rows, std::size_t columns) const {
  std::vector<MapSize> sizes;
  Size size{rows, columns};
  for (const Step& step : steps_) {
    size = After(step, size);
    if (step.tap) sizes.push_back({step.outputs, size.rows, size.columns});
  }
  return sizes;
}

void ConvolutionChain::Run(const std::uint8_t* pixels, std::size_t rows, std::size_t columns, float* descriptor,
                           const Wanted& wanted) {
  std::lock_guard<std::mutex> lock(mutex_);
  Size size{rows, columns};
  const float* from = nullptr;
  std::size_t tap = 0, channels = 0;
  for (std::size_t index = 0; index < steps_.size(); ++index) {
    const Step& step = steps_[index];
    const Size after = After(step, size);
    float* to = maps_[index % 2].Take(step.outputs * after.rows * after.columns);
    if (index == 0) {
      First(step, pixels, size, to);
    } else if (step.convolution) {
      Convolve(step, from, size, to);
    } else {
      Pool(step, from, size, to);
    }
    if (step.tap) {
      const std::size_t cells = after.rows * after.columns;
      AverageMap(team_, to, step.outputs, cells, descriptor + channels);
      GiveMap(team_, Tap(wanted, tap++, {step.outputs, after.rows, after.columns}, channels), to, windows_);
      channels += step.outputs;
    }
    from = to;
    size = after;
  }
}

void ConvolutionChain::First(const Step& step, const std::uint8_t* pixels, Size size, float* to) {
  const std::size_t outputs = kernels_.outputs_at_once;
  // Values with a margin of one cell, and room for the last tiles to read beyond the last column.
  const std::size_t stride = 3 * (size.columns + 2 + kernels_.tiles_at_once);
  float* picture = picture_.Take((size.rows + 2) * stride);
  team_.For(size.rows + 2, [&](std::size_t row, std::size_t) {
    float* own = picture + row * stride;
    std::fill(own, own + stride, 0.0f);
    if (row == 0 || row > size.rows) return;
    const std::uint8_t* line = pixels + (row - 1) * size.columns * 3;
    for (std::size_t column = 0; column < size.columns; ++column)
      for (std::size_t colour = 0; colour < 3; ++colour)
        own[3 * (column + 1) + colour] = static_cast<float>(line[3 * column + 2 - colour]) - means_[colour];
  });
  const std::size_t block_stride = size.rows * size.columns * kLanes;
  team_.For(size.rows, [&](std::size_t row, std::size_t) {
    const float* above = picture + row * stride;
    const float* const rows[3] = {above, above + stride, above + 2 * stride};
    for (std::size_t output = 0; output < step.outputs; output += outputs) {
      kernels_.first(rows, size.columns, &step.weights[output * 3 * kFirstInputs], &step.bias[output],
                     to + (output / kLanes) * block_stride + row * size.columns * kLanes, block_stride);
    }
  });
}

void ConvolutionChain::Convolve(const Step& step, const float* from, Size size, float* to) {
  const std::size_t outputs = kernels_.outputs_at_once, at_once = kernels_.tiles_at_once;
  const std::size_t tile_columns = (size.columns + 3) / 4, all = (size.rows + 3) / 4 * tile_columns;
  const TileGrid grid{TileForm::k3x3, size.rows, size.columns, tile_columns, 1, 1, all, 1};
  const std::size_t block_stride = size.rows * size.columns * kLanes;
  const std::size_t blocks = step.outputs / outputs;
  const std::size_t panel = step.inputs * outputs;

  const auto tiles_in = [&](std::size_t values) {
    return std::max(at_once, values / (kPoints * step.inputs) / at_once * at_once);
  };
  const auto range = [&](std::size_t first, std::size_t most) {
    const std::size_t count = std::min(most, all - first);
    return TileRange{first, count, RoundUp(count, at_once)};
  };
  const auto transform = [&](const TileRange& tiles, std::size_t block, float* values) {
    kernels_.transform_input(from + block * block_stride, grid, tiles, step.inputs, block * kLanes, values);
  };
  const auto multiply = [&](const TileRange& tiles, std::size_t block, std::size_t point, const float* values,
                            float* products) {
    kernels_.multiply(values + point * tiles.padded * step.inputs,
                      &step.weights[(block * kPoints + point) * panel], step.inputs, tiles.padded, products);
  };
  const auto finish = [&](const TileRange& tiles, std::size_t block, const float* products, std::size_t stride) {
    kernels_.transform_output(products, stride, outputs, &step.bias[block * outputs], grid, tiles,
                              to + block * (outputs / kLanes) * block_stride);
  };

  const std::size_t own_tiles = tiles_in(kOwnValues);
  if (step.weights.size() <= kOwnWeights && all >= 4 * own_tiles * team_.members()) {
    // Many tiles, few weights: each thread takes tiles of its own through all three steps.
    const std::size_t values_each = kPoints * own_tiles * step.inputs;
    const std::size_t products_each = kPoints * own_tiles * outputs;
    float* values = transformed_.Take(values_each * team_.members());
    float* products = products_.Take(products_each * team_.members());
    team_.For((all + own_tiles - 1) / own_tiles, [&](std::size_t item, std::size_t member) {
      const TileRange tiles = range(item * own_tiles, own_tiles);
      float* own = values + member * values_each;
      float* own_products = products + member * products_each;
      for (std::size_t block = 0; block < step.inputs / kLanes; ++block) transform(tiles, block, own);
      const std::size_t stride = tiles.padded * outputs;
      for (std::size_t block = 0; block < blocks; ++block) {
        for (std::size_t point = 0; point < kPoints; ++point)
          multiply(tiles, block, point, own, own_products + point * stride);
        finish(tiles, block, own_products, stride);
      }
    });
    return;
  }

  // Few tiles, many weights: the threads share the tiles, so that each weight is read once.
  const std::size_t shared_tiles = tiles_in(kSharedValues);
  for (std::size_t first = 0; first < all; first += shared_tiles) {
    const TileRange tiles = range(first, shared_tiles);
    const std::size_t stride = tiles.padded * outputs;
    float* values = transformed_.Take(kPoints * tiles.padded * step.inputs);
    float* products = products_.Take(kPoints * tiles.padded * step.outputs);
    team_.For(step.inputs / kLanes, [&](std::size_t block, std::size_t) { transform(tiles, block, values); });
    team_.For(kPoints * blocks, [&](std::size_t item, std::size_t) {
      const std::size_t point = item / blocks, block = item % blocks;
      multiply(tiles, block, point, values, products + (block * kPoints + point) * stride);
    });
    team_.For(blocks, [&](std::size_t block, std::size_t) {
      finish(tiles, block, products + block * kPoints * stride, stride);
    });
  }
}

void ConvolutionChain::Pool(const Step& step, const float* from, Size size, float* to) {
  const std::size_t before = size.rows * size.columns * kLanes;
  const std::size_t after = (size.rows / 2) * (size.columns / 2) * kLanes;
  team_.For(step.outputs / kLanes, [&](std::size_t block, std::size_t) {
    kernels_.pool(from + block * before, size.rows, size.columns, to + block * after);
  });
}

}  // namespace lobule
