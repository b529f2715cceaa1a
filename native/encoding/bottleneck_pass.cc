#include "bottleneck_pass.h"

#include <algorithm>

namespace lobule {

namespace {

/** Rows of expanded and depthwise values up to which a thread makes all channels of a row at once: its own cache. */
constexpr std::size_t kOwnValues = (2304 * 1024) / sizeof(float);
/** Values of the depthwise convolutions that are made before the projection reads them: what a shared cache holds. */
constexpr std::size_t kMiddleValues = std::size_t{4} << 20;

}  // namespace

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

}  // namespace lobule
