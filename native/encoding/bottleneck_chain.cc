#include "bottleneck_chain.h"

#include <algorithm>

#include "bottleneck_pass.h"
#include "tap.h"

namespace lobule {

namespace {

/** Halvings of the picture, after the one of the first convolution, that are made in strips. What they make is small. */
constexpr std::size_t kHalvingsInStrips = 2;
/** Pixels of the picture of a strip: its maps need 24 bytes each. Strips make some 34 lines of pixels twice. */
constexpr std::size_t kStripPixels = std::size_t{4} << 20;
/** Blocks of the last map that a thread makes at a time, at most; as many as a panel has, or more. */
constexpr std::size_t kHeadBlocks = 6;
/** Columns of zeros beside a row: a kernel of 5 reaches 2 cells to each side. */
constexpr std::size_t kMostMargin = 4;

std::size_t Halved(std::size_t size, std::size_t stride) { return (size + stride - 1) / stride; }

std::size_t InOrder(std::size_t k) { return k; }
/** From row, column, colour to colour, row, column. */
std::size_t ColourFirst(std::size_t k) { return k % 3 * 9 + k / 9 * 3 + k % 9 / 3; }

std::vector<float> DepthwiseWeights(const Bottleneck& from, std::size_t blocks) {
  const std::size_t area = from.size * from.size;
  std::vector<float> to(blocks * area * kLanes);
  for (std::size_t channel = 0; channel < from.expand.outputs; ++channel)
    for (std::size_t at = 0; at < area; ++at)
      to[(channel / kLanes * area + at) * kLanes + channel % kLanes] = from.depthwise[channel * area + at];
  return to;
}

}  // namespace

BottleneckChain::Padding::Padding(std::size_t size, std::size_t kernel, std::size_t stride) {
  const std::size_t reach = (Halved(size, stride) - 1) * stride + kernel;
  all = reach > size ? reach - size : 0;
  before = all / 2;
}

BottleneckChain::BottleneckChain(const Kernels& kernels, const std::vector<Bottleneck>& bottlenecks,
                                 const PlainProduct& head, const PixelRange& range, std::size_t threads)
    : kernels_(kernels), range_(range), team_(threads) {
  const std::size_t most = kernels.bottleneck.blocks_at_once;
  for (const Bottleneck& from : bottlenecks) {
    const bool isFirst = steps_.empty();
    const auto& [outputs, kernel, bias] = from.expand;
    PackedProduct expand(isFirst ? 3 * kFirstRun : from.inputs, outputs, kernel, bias, most,
                         isFirst ? ColourFirst : InOrder);
    PackedProduct project(outputs, from.project.outputs, from.project.kernel, from.project.bias, most, InOrder);
    auto weights = DepthwiseWeights(from, expand.blocks());
    std::vector<float> shifts(expand.blocks() * kLanes);
    std::copy(from.depthwise_bias, from.depthwise_bias + outputs, shifts.begin());
    steps_.push_back({from.inputs, from.size, from.stride, isFirst, from.sum, std::move(expand), std::move(project),
                      std::move(weights), std::move(shifts)});
  }
  std::size_t halvings = 0;
  for (first_steps_ = 0; first_steps_ < steps_.size() && halvings < kHalvingsInStrips; ++first_steps_)
    halvings += steps_[first_steps_].stride - 1;
  head_ = PackedProduct(bottlenecks.back().project.outputs, head.outputs, head.kernel, head.bias, most, InOrder);
}

/** Of what the first step expands and of what each step makes. */
std::vector<BottleneckChain::Size> BottleneckChain::Sizes(Size picture) const {
  std::vector<Size> sizes{{Halved(picture.rows, 2), Halved(picture.columns, 2)}};
  for (const Step& step : steps_)
    sizes.push_back({Halved(sizes.back().rows, step.stride), Halved(sizes.back().columns, step.stride)});
  return sizes;
}

std::vector<MapSize> BottleneckChain::TapSizes(std::size_t rows, std::size_t columns) const {
  const Size size = Sizes({rows, columns}).back();
  return {{head_.outputs(), size.rows, size.columns}};
}

void BottleneckChain::Run(const std::uint8_t* pixels, std::size_t rows, std::size_t columns, float* descriptor,
                          const Wanted& wanted) {
  std::lock_guard<std::mutex> lock(mutex_);
  const Padding across(columns, kFirstRows, 2);
  picture_ = {pixels, {rows, columns}, Padding(rows, kFirstRows, 2), across, 3 * (columns + across.all)};
  const std::vector<Size> sizes = Sizes(picture_.size);
  zeros_.assign((sizes[0].columns + kMostMargin) * kLanes, 0.0f);
  const auto map_of = [&](std::size_t step) {
    const Size size = sizes[step + 1];
    return Part{maps_[step % 2].Take(steps_[step].project.blocks() * kLanes * size.cells()), {0, size.rows}};
  };
  Part from = map_of(first_steps_ - 1);
  FirstSteps(sizes, from.values);
  for (std::size_t index = first_steps_; index < steps_.size(); ++index) {
    const Part to = map_of(index);
    Apply(Pass(steps_[index], from, sizes[index], sizes[index + 1], to.rows, to));
    from = to;
  }
  Head(from.values, sizes.back(), descriptor, wanted);
}

/** Makes the map of the first steps, strip by strip: of the maps before it, only what a strip needs. */
void BottleneckChain::FirstSteps(const std::vector<Size>& sizes, float* to) {
  const Size last = sizes[first_steps_];
  const std::size_t strips = std::min(last.rows, (picture_.size.cells() + kStripPixels - 1) / kStripPixels);
  std::vector<Rows> rows(first_steps_ + 1);
  for (std::size_t strip = 0; strip < strips; ++strip) {
    rows[first_steps_] = {strip * last.rows / strips, (strip + 1) * last.rows / strips};
    for (std::size_t index = first_steps_; index-- > 0;) {
      const Step& step = steps_[index];
      const std::size_t before = Padding(sizes[index].rows, step.size, step.stride).before;
      const std::size_t first = rows[index + 1].first * step.stride;
      const std::size_t end = (rows[index + 1].end - 1) * step.stride + step.size;
      rows[index] = {first > before ? first - before : 0, std::min(end - before, sizes[index].rows)};
    }
    Part from{nullptr, rows[0]};
    for (std::size_t index = 0; index < first_steps_; ++index) {
      const std::size_t values = steps_[index].project.blocks() * kLanes * sizes[index + 1].columns;
      const bool isLast = index + 1 == first_steps_;
      const Part part = isLast ? Part{to, {0, last.rows}}
                               : Part{strips_[index % 2].Take(values * rows[index + 1].count()), rows[index + 1]};
      Apply(Pass(steps_[index], from, sizes[index], sizes[index + 1], rows[index + 1], part));
      from = part;
    }
  }
}

/**
 * The last product, the averages of its map, and what is wanted of it. Each thread makes some panels of its own at a time: all
 * of the input is read for each time.
 */
void BottleneckChain::Head(const float* from, Size size, float* descriptor, const Wanted& wanted) {
  const std::size_t cells = size.cells(), block_values = cells * kLanes;
  const Tap tap(wanted, 0, {head_.outputs(), size.rows, size.columns}, 0);
  const auto& panels = head_.panels();
  const std::size_t most = kernels_.bottleneck.blocks_at_once;
  const std::size_t at_once = std::clamp<std::size_t>(panels.size() / team_.members(), 1, kHeadBlocks / most);
  const std::size_t scratch = tap.Scratch(), each = at_once * most * block_values + scratch;
  float* own = own_.Take(each * team_.members());
  team_.For((panels.size() + at_once - 1) / at_once, [&](std::size_t item, std::size_t member) {
    const auto first_panel = panels.begin() + static_cast<std::ptrdiff_t>(item * at_once);
    const auto end_panel = panels.begin() + static_cast<std::ptrdiff_t>(std::min((item + 1) * at_once, panels.size()));
    float* map = own + member * each + scratch;
    for (std::size_t first = 0; first < cells; first += kPixelsAtOnce) {
      for (auto panel = first_panel; panel < end_panel; ++panel) {
        Product product = head_.ProductOf(*panel);
        product.from = from + first * kLanes;
        product.run = kLanes;
        product.run_stride = block_values;
        product.to = map + (panel->first_block - first_panel->first_block) * block_values + first * kLanes;
        product.to_stride = block_values;
        product.activation = Activation::kRelu6;
        kernels_.bottleneck.pointwise(product, std::min(kPixelsAtOnce, cells - first));
      }
    }
    const std::size_t end_block = (end_panel - 1)->first_block + (end_panel - 1)->blocks;
    for (std::size_t block = first_panel->first_block; block < end_block; ++block, map += block_values) {
      const std::size_t channel = block * kLanes;
      AverageBlock(map, cells, std::min(kLanes, head_.outputs() - channel), descriptor + channel);
      GiveBlock(tap, block, map, own + member * each);
    }
  });
}

}  // namespace lobule
