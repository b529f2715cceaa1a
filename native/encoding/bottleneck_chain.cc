#include "bottleneck_chain.h"

#include <algorithm>

#include "tap.h"

namespace lobule {

namespace {

/** Rows of expanded and depthwise values up to which a thread makes all channels of a row at once: its own cache. */
constexpr std::size_t kOwnValues = (2304 * 1024) / sizeof(float);
/** Pixels of a product that one thread makes at a time. A multiple of what all kernels take at once. */
constexpr std::size_t kPixelsAtOnce = 96;
/** Rows of the picture that an output of the first convolution reads, and colours x columns of each. */
constexpr std::size_t kFirstRows = 3;
constexpr std::size_t kFirstRun = 9;

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

struct BottleneckChain::Pass {
  const Step& step;
  const float* from;
  Size before, after;
  float* to;
  Padding down, across;
  /** Values of a row in the ring, margins included, and of a block's rows. */
  std::size_t pitch, block;

  Pass(const Step& step, const float* from, Size before, float* to)
      : step(step),
        from(from),
        before(before),
        after{Halved(before.rows, step.stride), Halved(before.columns, step.stride)},
        to(to),
        down(before.rows, step.size, step.stride),
        across(before.columns, step.size, step.stride),
        pitch((before.columns + across.all) * kLanes),
        block(pitch * step.size) {}
};

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
  head_ = PackedProduct(bottlenecks.back().project.outputs, head.outputs, head.kernel, head.bias, most, InOrder);
}

BottleneckChain::Size BottleneckChain::After(Size size) const {
  size = {Halved(size.rows, 2), Halved(size.columns, 2)};
  for (const Step& step : steps_) size = {Halved(size.rows, step.stride), Halved(size.columns, step.stride)};
  return size;
}

std::vector<MapSize> BottleneckChain::TapSizes(std::size_t rows, std::size_t columns) const {
  const Size size = After({rows, columns});
  return {{head_.outputs(), size.rows, size.columns}};
}

void BottleneckChain::Run(const std::uint8_t* pixels, std::size_t rows, std::size_t columns, float* descriptor,
                          const std::vector<float*>& maps) {
  std::lock_guard<std::mutex> lock(mutex_);
  const Padding across(columns, kFirstRows, 2);
  picture_ = {pixels, {rows, columns}, Padding(rows, kFirstRows, 2), across, 3 * (columns + across.all)};
  Size size{Halved(rows, 2), Halved(columns, 2)};
  zeros_.assign((size.columns + kMostMargin) * kLanes, 0.0f);
  const float* from = nullptr;
  std::size_t turn = 0;
  for (const Step& step : steps_) {
    const Size after{Halved(size.rows, step.stride), Halved(size.columns, step.stride)};
    float* to = maps_[turn++ % 2].Take(step.project.blocks() * kLanes * after.cells());
    Apply(Pass(step, from, size, to));
    from = to;
    size = after;
  }
  float* to = maps_[turn % 2].Take(head_.blocks() * kLanes * size.cells());
  Flat(head_, from, size.cells(), nullptr, true, to);
  AverageMap(team_, to, head_.outputs(), size.cells(), descriptor);
  if (!maps.empty()) CopyPlanar(team_, to, head_.outputs(), size.cells(), maps[0]);
}

/** The rows of the picture that a row of the first map reads, one after the other; beside and below the picture are zeros. */
void BottleneckChain::PictureRows(std::size_t row, float* to) const {
  const auto& [pixels, size, down, across, stride] = picture_;
  for (std::size_t above = 2 * row; above < 2 * row + kFirstRows; ++above, to += stride) {
    if (above < down.before || above >= down.before + size.rows) {
      std::fill(to, to + stride, 0.0f);
      continue;
    }
    const std::uint8_t* line = pixels + (above - down.before) * size.columns * 3;
    float* first = to + 3 * across.before;
    std::fill(to, first, 0.0f);
    for (std::size_t at = 0; at < 3 * size.columns; ++at)
      first[at] = (static_cast<float>(line[at]) - range_.centre) * range_.factor;
    std::fill(first + 3 * size.columns, to + stride, 0.0f);
  }
}

void BottleneckChain::Apply(const Pass& pass) {
  const std::size_t own = pass.step.expand.blocks() * (pass.block + pass.after.columns * kLanes);
  // Each range of rows expands again a few rows of its neighbour.
  if (own <= kOwnValues && pass.after.rows >= 8 * pass.step.size * team_.members()) {
    ByRows(pass);
  } else {
    ByChannels(pass);
  }
}

/** Each thread takes rows of its own through all three steps. */
void BottleneckChain::ByRows(const Pass& pass) {
  const PackedProduct& project = pass.step.project;
  const std::size_t blocks = pass.step.expand.blocks(), row_values = pass.after.columns * kLanes;
  const std::size_t picture = PictureValues(pass.step), each = blocks * (pass.block + row_values) + picture;
  float* own = own_.Take(each * team_.members());
  const std::size_t most = team_.members() == 1 ? 1 : 4 * team_.members();
  const std::size_t ranges = std::min(most, pass.after.rows / (4 * pass.step.size));
  team_.For(ranges, [&](std::size_t range, std::size_t member) {
    float* ring = own + member * each;
    float* middle = ring + blocks * pass.block;
    float* rows = middle + blocks * row_values;
    const std::size_t first = range * pass.after.rows / ranges, end = (range + 1) * pass.after.rows / ranges;
    const std::size_t panels = pass.step.expand.panels().size();
    Middle(pass, 0, panels, first, end, {ring, rows}, middle, row_values, 0, [&](std::size_t row) {
      for (const auto& panel : project.panels()) {
        Product product = project.ProductOf(panel);
        product.from = middle;
        product.run = kLanes;
        product.run_stride = row_values;
        product.to_stride = pass.after.cells() * kLanes;
        const std::size_t at = panel.first_block * product.to_stride + row * row_values;
        product.to = pass.to + at;
        product.sum = pass.step.sum ? pass.from + at : nullptr;
        kernels_.bottleneck.pointwise(product, pass.after.columns);
      }
    });
  });
}

/** Each thread expands channels of its own; then the threads share the pixels of the projection. */
void BottleneckChain::ByChannels(const Pass& pass) {
  const auto& panels = pass.step.expand.panels();
  const std::size_t cells = pass.after.cells(), row_values = pass.after.columns * kLanes;
  const std::size_t rings = kernels_.bottleneck.blocks_at_once * pass.block, each = rings + PictureValues(pass.step);
  float* own = own_.Take(each * team_.members());
  float* middle = middle_.Take(pass.step.expand.blocks() * cells * kLanes);
  team_.For(panels.size(), [&](std::size_t panel, std::size_t member) {
    float* ring = own + member * each;
    Middle(pass, panel, panel + 1, 0, pass.after.rows, {ring, ring + rings},
           middle + panels[panel].first_block * cells * kLanes, cells * kLanes, row_values, [](std::size_t) {});
  });
  Flat(pass.step.project, middle, cells, pass.step.sum ? pass.from : nullptr, false, pass.to);
}

/**
 * Expansion and depthwise convolution of some panels for the output rows `first` to `end`. The rows of block b go to
 * to + b * to_stride, row_step values apart; after each row of all blocks follows `done`. `ring` holds the last `size`
 * expanded rows of each block.
 */
template <typename Done>
void BottleneckChain::Middle(const Pass& pass, std::size_t first_panel, std::size_t end_panel, std::size_t first,
                             std::size_t end, const Scratch& own, float* to, std::size_t to_stride,
                             std::size_t row_step, const Done& done) {
  float* ring = own.ring;
  const Step& step = pass.step;
  const auto& panels = step.expand.panels();
  const std::size_t first_block = panels[first_panel].first_block;
  const std::size_t end_block = panels[end_panel - 1].first_block + panels[end_panel - 1].blocks;
  const std::size_t left = pass.across.before * kLanes, right = left + pass.before.columns * kLanes;
  for (float* row = ring; row < ring + (end_block - first_block) * pass.block; row += pass.pitch) {
    std::fill(row, row + left, 0.0f);
    std::fill(row + right, row + pass.pitch, 0.0f);
  }
  std::size_t next = 0;
  for (std::size_t row = first; row < end; ++row) {
    // Counted from the first row of zeros above the map.
    const std::size_t above = row * step.stride;
    const std::size_t last = std::min(above + step.size, pass.down.before + pass.before.rows);
    for (next = std::max({next, above, pass.down.before}); next < last; ++next) {
      if (step.isFirst) PictureRows(next - pass.down.before, own.rows);
      for (std::size_t panel = first_panel; panel < end_panel; ++panel)
        ExpandRow(pass, panel, next - pass.down.before, own.rows,
                  ring + (panels[panel].first_block - first_block) * pass.block + next % step.size * pass.pitch + left);
    }
    for (std::size_t block = first_block; block < end_block; ++block) {
      const float* rows[5];
      for (std::size_t at = 0; at < step.size; ++at) {
        const std::size_t source = above + at;
        const bool inside = source >= pass.down.before && source < pass.down.before + pass.before.rows;
        rows[at] = inside ? ring + (block - first_block) * pass.block + source % step.size * pass.pitch : zeros_.data();
      }
      kernels_.bottleneck.depthwise(rows, step.size, step.stride,
                                    &step.depthwise[block * step.size * step.size * kLanes],
                                    &step.depthwise_bias[block * kLanes], pass.after.columns,
                                    to + (block - first_block) * to_stride + (row - first) * row_step);
    }
    done(row);
  }
}

std::size_t BottleneckChain::PictureValues(const Step& step) const {
  // Whole blocks, so that the memory of each thread begins at one.
  return step.isFirst ? (kFirstRows * picture_.stride + kLanes - 1) / kLanes * kLanes : 0;
}

/** @param rows of the picture, for the first step */
void BottleneckChain::ExpandRow(const Pass& pass, std::size_t panel, std::size_t row, const float* rows, float* to) {
  Product product = pass.step.expand.ProductOf(pass.step.expand.panels()[panel]);
  product.to = to;
  product.to_stride = pass.block;
  product.activation = Activation::kRelu6;
  if (pass.step.isFirst) {
    product.from = rows;
    product.run = kFirstRun;
    product.run_stride = picture_.stride;
    kernels_.bottleneck.stem(product, pass.before.columns);
  } else {
    product.from = pass.from + row * pass.before.columns * kLanes;
    product.run = kLanes;
    product.run_stride = pass.before.cells() * kLanes;
    kernels_.bottleneck.pointwise(product, pass.before.columns);
  }
}

/** A product of all cells of a map. */
void BottleneckChain::Flat(const PackedProduct& packed, const float* from, std::size_t cells, const float* sum,
                           bool clip, float* to) {
  team_.For((cells + kPixelsAtOnce - 1) / kPixelsAtOnce, [&](std::size_t item, std::size_t) {
    const std::size_t first = item * kPixelsAtOnce;
    for (const auto& panel : packed.panels()) {
      Product product = packed.ProductOf(panel);
      product.from = from + first * kLanes;
      product.run = kLanes;
      product.run_stride = cells * kLanes;
      product.to_stride = cells * kLanes;
      const std::size_t at = panel.first_block * product.to_stride + first * kLanes;
      product.to = to + at;
      product.sum = sum ? sum + at : nullptr;
      product.activation = clip ? Activation::kRelu6 : Activation::kNone;
      kernels_.bottleneck.pointwise(product, std::min(kPixelsAtOnce, cells - first));
    }
  });
}

}  // namespace lobule
