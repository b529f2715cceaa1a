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

/** Halvings of the picture, after the one of the first convolution, that are made in strips. What they make is small. */
constexpr std::size_t kHalvingsInStrips = 2;
/** Pixels of the picture of a strip: its maps need 24 bytes each. Strips make some 34 lines of pixels twice. */
constexpr std::size_t kStripPixels = std::size_t{4} << 20;
/** Blocks of the last map that a thread makes at a time, at most; as many as a panel has, or more. */
constexpr std::size_t kHeadBlocks = 6;
/** Values of the depthwise convolutions that are made before the projection reads them: what a shared cache holds. */
constexpr std::size_t kMiddleValues = std::size_t{4} << 20;

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
  const Part from;
  const Size before, after;
  /** What is made, of a part that may have other rows too. */
  const Rows rows;
  const Part to;
  const Padding down, across;
  /** Values of a row in the ring, margins included, and of a block's rows. */
  const std::size_t pitch, block;
  /** Values of a row of the output, and of a block of each part. */
  const std::size_t row_values, from_block, to_block;

  Pass(const Step& step, const Part& from, Size before, Size after, Rows rows, const Part& to)
      : step(step),
        from(from),
        before(before),
        after(after),
        rows(rows),
        to(to),
        down(before.rows, step.size, step.stride),
        across(before.columns, step.size, step.stride),
        pitch((before.columns + across.all) * kLanes),
        block(pitch * step.size),
        row_values(after.columns * kLanes),
        from_block(from.rows.count() * before.columns * kLanes),
        to_block(to.rows.count() * row_values) {}
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
  const std::size_t own = pass.step.expand.blocks() * (pass.block + pass.row_values);
  // Each range of rows expands again a few rows of its neighbour.
  if (own <= kOwnValues && pass.rows.count() >= 8 * pass.step.size * team_.members()) {
    ByRows(pass);
  } else {
    ByChannels(pass);
  }
}

/** Each thread takes rows of its own through all three steps. */
void BottleneckChain::ByRows(const Pass& pass) {
  const std::size_t blocks = pass.step.expand.blocks();
  const std::size_t picture = PictureValues(pass.step), each = blocks * (pass.block + pass.row_values) + picture;
  float* own = own_.Take(each * team_.members());
  const std::size_t most = team_.members() == 1 ? 1 : 4 * team_.members(), all = pass.rows.count();
  const std::size_t ranges = std::min(most, all / (4 * pass.step.size));
  team_.For(ranges, [&](std::size_t range, std::size_t member) {
    float* ring = own + member * each;
    const Cells middle{ring + blocks * pass.block, pass.row_values};
    const Rows rows{pass.rows.first + range * all / ranges, pass.rows.first + (range + 1) * all / ranges};
    const std::size_t panels = pass.step.expand.panels().size();
    const Scratch scratch{ring, middle.values + blocks * pass.row_values};
    Middle(pass, 0, panels, rows, false, scratch, middle, 0, [&](std::size_t row) {
      for (const auto& panel : pass.step.project.panels()) Project(pass, panel, middle, row, 0, pass.after.columns);
    });
  });
}

/** For some rows at a time, each thread expands channels of its own; then the threads share the cells of the projection. */
void BottleneckChain::ByChannels(const Pass& pass) {
  const auto& panels = pass.step.expand.panels();
  const std::size_t blocks = pass.step.expand.blocks(), rings = blocks * pass.block;
  const std::size_t picture = PictureValues(pass.step);
  float* own = own_.Take(rings + picture * team_.members());
  const std::size_t at_once = std::clamp<std::size_t>(kMiddleValues / (blocks * pass.row_values), 1, pass.rows.count());
  for (std::size_t first = pass.rows.first; first < pass.rows.end; first += at_once) {
    const Rows rows{first, std::min(first + at_once, pass.rows.end)};
    const std::size_t stride = rows.count() * pass.row_values;
    const Cells middle{middle_.Take(blocks * stride), stride};
    team_.For(panels.size(), [&](std::size_t panel, std::size_t member) {
      const std::size_t block = panels[panel].first_block;
      const Scratch scratch{own + block * pass.block, own + rings + member * picture};
      Middle(pass, panel, panel + 1, rows, first > pass.rows.first, scratch, {middle.values + block * stride, stride},
             pass.row_values, [](std::size_t) {});
    });
    const std::size_t cells = rows.count() * pass.after.columns;
    team_.For((cells + kPixelsAtOnce - 1) / kPixelsAtOnce, [&](std::size_t item, std::size_t) {
      const std::size_t at = item * kPixelsAtOnce;
      for (const auto& panel : pass.step.project.panels())
        Project(pass, panel, middle, first, at, std::min(kPixelsAtOnce, cells - at));
    });
  }
}

/** `count` cells of the projection, from cell `first` of row `row` on. `from` begins with that row. */
void BottleneckChain::Project(const Pass& pass, const PackedProduct::Panel& panel, Cells from, std::size_t row,
                              std::size_t first, std::size_t count) {
  const PackedProduct& project = pass.step.project;
  Product product = project.ProductOf(panel);
  // Values above the outputs in the last block are never read.
  product.half = panel.blocks == 1 && panel.first_block * kLanes + kLanes / 2 >= project.outputs();
  product.from = from.values + first * kLanes;
  product.run = kLanes;
  product.run_stride = from.stride;
  product.to = pass.to.values + panel.first_block * pass.to_block + (row - pass.to.rows.first) * pass.row_values +
               first * kLanes;
  product.to_stride = pass.to_block;
  if (pass.step.sum) {
    product.sum = pass.from.values + panel.first_block * pass.from_block +
                  (row - pass.from.rows.first) * pass.row_values + first * kLanes;
    product.sum_stride = pass.from_block;
  }
  kernels_.bottleneck.pointwise(product, count);
}

/**
 * Expansion and depthwise convolution of some panels for some output rows. These go to `to`, row_step values apart; after each
 * row of all blocks follows `done`. The ring holds the last `size` expanded rows of each block; if the work goes on, it has
 * those of the row before.
 */
template <typename Done>
void BottleneckChain::Middle(const Pass& pass, std::size_t first_panel, std::size_t end_panel, Rows rows, bool goes_on,
                             const Scratch& own, Cells to, std::size_t row_step, const Done& done) {
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
  // Rows of the input are counted from the first row of zeros above the map.
  const auto end_of = [&](std::size_t row) {
    return std::min(row * step.stride + step.size, pass.down.before + pass.before.rows);
  };
  std::size_t next = goes_on ? end_of(rows.first - 1) : 0;
  for (std::size_t row = rows.first; row < rows.end; ++row) {
    const std::size_t above = row * step.stride, last = end_of(row);
    for (next = std::max({next, above, pass.down.before}); next < last; ++next) {
      if (step.isFirst) PictureRows(next - pass.down.before, own.rows);
      for (std::size_t panel = first_panel; panel < end_panel; ++panel)
        ExpandRow(pass, panel, next - pass.down.before, own.rows,
                  ring + (panels[panel].first_block - first_block) * pass.block + next % step.size * pass.pitch + left);
    }
    for (std::size_t block = first_block; block < end_block; ++block) {
      const float* lines[5];
      for (std::size_t at = 0; at < step.size; ++at) {
        const std::size_t source = above + at;
        const bool inside = source >= pass.down.before && source < pass.down.before + pass.before.rows;
        lines[at] = inside ? ring + (block - first_block) * pass.block + source % step.size * pass.pitch : zeros_.data();
      }
      kernels_.bottleneck.depthwise(lines, step.size, step.stride,
                                    &step.depthwise[block * step.size * step.size * kLanes],
                                    &step.depthwise_bias[block * kLanes], pass.after.columns,
                                    to.values + (block - first_block) * to.stride + (row - rows.first) * row_step);
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
    product.from = pass.from.values + (row - pass.from.rows.first) * pass.before.columns * kLanes;
    product.run = kLanes;
    product.run_stride = pass.from_block;
    kernels_.bottleneck.pointwise(product, pass.before.columns);
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
