#include "convolution.h"

#include <algorithm>
#include <cstring>

#include "tiles.h"

namespace lobule {

namespace {

/** Transformed inputs of the tiles that one thread works on: as much as its own cache holds. */
constexpr std::size_t kOwnValues = (512 * 1024) / sizeof(float);
/** Transformed inputs of the tiles on which all threads work together: many for each weight, and not much memory. */
constexpr std::size_t kSharedValues = (8 * 1024 * 1024) / sizeof(float);
/** Weights of a layer up to which it is no loss when every thread reads all of them for itself. */
constexpr std::size_t kOwnWeights = (3 * 1024 * 1024) / sizeof(float);
/** Pixels of a product that one thread makes at a time, and what all kernels take at once divides. */
constexpr std::size_t kPixelsAtOnce = 96;
constexpr std::size_t kPixelStep = 8;
/** Tiles up to which some are made up: kernels take so many at once. */
constexpr std::size_t kLeastTiles = 16;
constexpr std::size_t kColours = 3;

std::size_t Parts(std::size_t value, std::size_t each) { return (value + each - 1) / each; }

/** From [row][column][block of inputs][lane] to [input][row][column]; of a picture from [row][column][colour]. */
PackedProduct WholeKernel(const PlainConvolution& from, std::size_t blocks_at_once) {
  const std::size_t area = from.rows * from.columns;
  return PackedProduct(area * from.inputs, from.outputs, from.kernel, from.bias, blocks_at_once,
                       [&](std::size_t k) { return k % from.inputs * area + k / from.inputs; });
}

}  // namespace

Convolution::Convolution(const Kernels& kernels, const PlainConvolution& from, bool sums)
    : kernels_(kernels), shape_(from) {
  const std::size_t most = kernels.bottleneck.blocks_at_once;
  shape_.kernel = shape_.bias = nullptr;
  bias_.assign(from.bias, from.bias + from.outputs);
  by_tiles_ = !sums && from.inputs % kLanes == 0 && from.stride == 1 && from.relu &&
              FindTileForm(from.rows, from.columns, form_);
  if (!by_tiles_) {
    packed_.push_back(WholeKernel(from, most));
    return;
  }
  const std::vector<float> zeros(from.outputs);
  for (const auto& weights : PointWeights(form_, from.inputs, from.outputs, from.kernel))
    packed_.emplace_back(from.inputs, from.outputs, weights.data(), zeros.data(), most,
                         [](std::size_t k) { return k; });
}

CellSize Convolution::After(CellSize before) const {
  const auto along = [this](std::size_t cells, std::size_t margin, std::size_t kernel) {
    const std::size_t all = cells + 2 * margin;
    return cells == 0 || all < kernel ? 0 : (all - kernel) / shape_.stride + 1;
  };
  return {along(before.rows, shape_.margin_rows, shape_.rows),
          along(before.columns, shape_.margin_columns, shape_.columns)};
}

void Convolution::Run(Workspace& work, const Source& source, const float* sum, float* to) const {
  if (by_tiles_) return ByTiles(work, source, to);
  ByProduct(work, source, sum, to);
}

/** The cells that results `first` to `first + count` of all pictures read, to to[row and column of the kernel][block][result][lane]. */
void Convolution::Gather(const Source& source, CellSize after, std::size_t first, std::size_t count,
                         float* to) const {
  const std::size_t blocks = shape_.inputs / kLanes, stride = shape_.stride, columns = source.size.columns;
  const std::size_t picture_stride = source.size.cells() * kLanes;
  const std::size_t picture = first / after.cells(), within = first % after.cells();
  for (std::size_t y = 0; y < shape_.rows; ++y) {
    for (std::size_t x = 0; x < shape_.columns; ++x) {
      for (std::size_t block = 0; block < blocks; ++block) {
        const float* map = source.from + block * source.stride() + picture * picture_stride;
        std::size_t row = within / after.columns, column = within % after.columns;
        for (std::size_t at = 0; at < count; ++at, to += kLanes) {
          // Counted from the first cell of the margin.
          const std::size_t down = row * stride + y, across = column * stride + x;
          const bool inside = down >= shape_.margin_rows && down < source.size.rows + shape_.margin_rows &&
                              across >= shape_.margin_columns && across < columns + shape_.margin_columns;
          if (inside) {
            const std::size_t cell = (down - shape_.margin_rows) * columns + across - shape_.margin_columns;
            std::memcpy(to, map + cell * kLanes, kLanes * sizeof(float));
          } else {
            std::memset(to, 0, kLanes * sizeof(float));
          }
          if (++column < after.columns) continue;
          column = 0;
          if (++row < after.rows) continue;
          row = 0;
          map += picture_stride;
        }
      }
    }
  }
}

void Convolution::ByProduct(Workspace& work, const Source& source, const float* sum, float* to) const {
  const PackedProduct& packed = packed_[0];
  const CellSize after = After(source.size);
  const std::size_t cells = source.pictures * after.cells();
  const bool whole = packed.inputs() == shape_.inputs && shape_.stride == 1 && shape_.margin_rows == 0 &&
                     shape_.margin_columns == 0;
  // As many parts for each thread.
  const std::size_t members = work.team.members();
  const std::size_t wanted = Parts(Parts(cells, kPixelsAtOnce), members) * members;
  const std::size_t each = Parts(Parts(cells, wanted), kPixelStep) * kPixelStep;
  const std::size_t values = each * packed.inputs();
  float* gathered = whole ? nullptr : work.own.Take(values * members);
  work.team.For(Parts(cells, each), [&](std::size_t item, std::size_t member) {
    const std::size_t first = item * each, count = std::min(each, cells - first);
    float* own = whole ? nullptr : gathered + member * values;
    if (!whole) Gather(source, after, first, count, own);
    for (const auto& panel : packed.panels()) {
      Product product = packed.ProductOf(panel);
      product.from = whole ? source.from + first * kLanes : own;
      product.run = kLanes;
      product.run_stride = (whole ? cells : count) * kLanes;
      product.to_stride = cells * kLanes;
      const std::size_t at = panel.first_block * product.to_stride + first * kLanes;
      product.to = to + at;
      product.sum = sum ? sum + at : nullptr;
      product.sum_stride = product.to_stride;
      product.activation = activation();
      kernels_.bottleneck.pointwise(product, count);
    }
  });
}

void Convolution::ByTiles(Workspace& work, const Source& source, float* to) const {
  const TileSize tile = SizeOf(form_);
  const CellSize after = After(source.size);
  const std::size_t tile_columns = Parts(after.columns, tile.output_columns);
  const std::size_t picture_tiles = Parts(after.rows, tile.output_rows) * tile_columns;
  const TileGrid before_grid{form_,        source.size.rows,   source.size.columns,
                             tile_columns, shape_.margin_rows, shape_.margin_columns,
                             picture_tiles, source.pictures};
  const TileGrid after_grid{form_, after.rows, after.columns, tile_columns, 0, 0, picture_tiles, source.pictures};
  const std::size_t all = source.pictures * picture_tiles;
  const std::size_t points = tile.points(), blocks = shape_.inputs / kLanes;
  const auto& panels = packed_[0].panels();
  const std::size_t members = work.team.members();

  const auto range = [&](std::size_t first, std::size_t most) {
    const std::size_t count = std::min(most, all - first);
    return TileRange{first, count, std::max(count, kLeastTiles)};
  };
  // A block's values, before and after the product: [point][tile][lane].
  const auto block_values = [&](const TileRange& tiles) { return points * tiles.padded * kLanes; };
  const auto transform = [&](const TileRange& tiles, std::size_t block, float* values) {
    kernels_.transform_input(source.from + block * source.stride(), before_grid, tiles, kLanes, 0,
                             values + block * block_values(tiles));
  };
  const auto multiply = [&](const TileRange& tiles, std::size_t point, const PackedProduct::Panel& panel,
                            const float* values, float* products) {
    Product product = packed_[point].ProductOf(panel);
    product.from = values + point * tiles.padded * kLanes;
    product.run = kLanes;
    product.run_stride = product.to_stride = block_values(tiles);
    product.to = products + panel.first_block * product.to_stride + point * tiles.padded * kLanes;
    kernels_.bottleneck.pointwise(product, tiles.padded);
  };
  const auto finish = [&](const TileRange& tiles, std::size_t block, const float* products) {
    kernels_.transform_output(products + block * block_values(tiles), tiles.padded * kLanes, kLanes,
                              &bias_[block * kLanes], after_grid, tiles,
                              to + block * source.pictures * after.cells() * kLanes);
  };

  const std::size_t tiles_at_once =
      std::max(kLeastTiles, kOwnValues / (points * shape_.inputs) / kPixelStep * kPixelStep);
  const std::size_t weights = points * shape_.inputs * shape_.outputs;
  if (weights <= kOwnWeights && all >= 4 * tiles_at_once * members) {
    // Many tiles, few weights: each thread takes tiles of its own through all three steps.
    const std::size_t values_each = points * tiles_at_once * shape_.inputs;
    const std::size_t products_each = points * tiles_at_once * shape_.outputs;
    float* values = work.values.Take(values_each * members);
    float* products = work.products.Take(products_each * members);
    work.team.For(Parts(all, tiles_at_once), [&](std::size_t item, std::size_t member) {
      const TileRange tiles = range(item * tiles_at_once, tiles_at_once);
      float* own = values + member * values_each;
      float* own_products = products + member * products_each;
      for (std::size_t block = 0; block < blocks; ++block) transform(tiles, block, own);
      for (std::size_t point = 0; point < points; ++point)
        for (const auto& panel : panels) multiply(tiles, point, panel, own, own_products);
      for (std::size_t block = 0; block < shape_.outputs / kLanes; ++block) finish(tiles, block, own_products);
    });
    return;
  }

  // Few tiles, many weights: the threads share the tiles, so that each weight is read once.
  const std::size_t shared = std::max(kLeastTiles, kSharedValues / (points * shape_.inputs) / kPixelStep * kPixelStep);
  for (std::size_t first = 0; first < all; first += shared) {
    const TileRange tiles = range(first, shared);
    float* values = work.values.Take(block_values(tiles) * blocks);
    float* products = work.products.Take(block_values(tiles) * (shape_.outputs / kLanes));
    work.team.For(blocks, [&](std::size_t block, std::size_t) { transform(tiles, block, values); });
    work.team.For(points * panels.size(), [&](std::size_t item, std::size_t) {
      multiply(tiles, item / panels.size(), panels[item % panels.size()], values, products);
    });
    work.team.For(shape_.outputs / kLanes,
                  [&](std::size_t block, std::size_t) { finish(tiles, block, products); });
  }
}

void Convolution::RunPictures(Workspace& work, const std::uint8_t* pixels, std::size_t pictures, CellSize size,
                              const float* values, bool blue_first, float* to) const {
  const PackedProduct& packed = packed_[0];
  const CellSize after = After(size);
  const std::size_t stride = kColours * (size.columns + 2 * shape_.margin_columns);
  // The rows that one row of results reads; each thread makes its own.
  const std::size_t each = Parts(shape_.rows * stride, kLanes) * kLanes;
  float* all_rows = work.own.Take(each * work.team.members());
  work.team.For(pictures * after.rows, [&](std::size_t item, std::size_t member) {
    const std::size_t result = item % after.rows;
    const std::uint8_t* picture = pixels + item / after.rows * size.cells() * kColours;
    float* rows = all_rows + member * each;
    std::fill(rows, rows + each, 0.0f);
    for (std::size_t y = 0; y < shape_.rows; ++y) {
      // Counted from the first row of the margin.
      const std::size_t row = result * shape_.stride + y;
      if (row < shape_.margin_rows || row >= size.rows + shape_.margin_rows) continue;
      const std::uint8_t* line = picture + (row - shape_.margin_rows) * size.columns * kColours;
      float* own = rows + y * stride + shape_.margin_columns * kColours;
      for (std::size_t at = 0; at < size.columns * kColours; at += kColours)
        for (std::size_t channel = 0; channel < kColours; ++channel)
          own[at + channel] = values[channel * 256 + line[at + (blue_first ? kColours - 1 - channel : channel)]];
    }
    for (const auto& panel : packed.panels()) {
      Product product = packed.ProductOf(panel);
      product.from = rows;
      product.run = kColours * shape_.columns;
      product.run_stride = stride;
      product.to_stride = pictures * after.cells() * kLanes;
      product.to = to + panel.first_block * product.to_stride + item * after.columns * kLanes;
      product.activation = activation();
      kernels_.bottleneck.stem(product, after.columns);
    }
  });
}

}  // namespace lobule
