#include "layer_graph.h"

#include <algorithm>
#include <atomic>
#include <new>
#include <numeric>
#include <utility>

#include "tap.h"

namespace lobule {

LayerGraph::LayerGraph(const Kernels& kernels, const std::vector<std::size_t>& channels,
                       const std::vector<GraphLayer>& layers, const std::vector<std::size_t>& taps,
                       PixelValues pixels, std::size_t threads)
    : kernels_(kernels),
      channels_(channels),
      steps_(layers.size()),
      taps_(taps),
      pixels_(std::move(pixels)),
      lives_(channels.size(), {layers.size(), 0}),
      work_(threads) {
  std::atomic<bool> full{false};
  work_.team.For(layers.size(), [&](std::size_t index, std::size_t) {
    const GraphLayer& layer = layers[index];
    Step& step = steps_[index];
    step = {layer.from, layer.to, layer.channels, nullptr, layer.pooling, layer.sums, layer.sum};
    try {
      if (layer.convolution) step.convolution = std::make_unique<Convolution>(kernels, *layer.convolution, layer.sums);
    } catch (const std::bad_alloc&) {
      full = true;
    }
  });
  if (full) throw std::bad_alloc();
  const auto used = [&](std::size_t map, std::size_t step) {
    lives_[map].first = std::min(lives_[map].first, step);
    lives_[map].last = std::max(lives_[map].last, step);
  };
  for (std::size_t index = 0; index < steps_.size(); ++index) {
    used(steps_[index].to.map, index);
    used(steps_[index].from.map, index);
    if (steps_[index].sums) used(steps_[index].sum.map, index);
  }
  for (const std::size_t tap : taps_) used(tap, steps_.size());
}

CellSize LayerGraph::After(const Step& step, CellSize before) {
  if (step.convolution) return step.convolution->After(before);
  const auto along = [&pooling = step.pooling](std::size_t cells) {
    const std::size_t all = cells + 2 * pooling.margin;
    return cells == 0 || all < pooling.size ? 0 : (all - pooling.size) / pooling.stride + 1;
  };
  return {along(before.rows), along(before.columns)};
}

/** The size of each map; of all maps 0, if one would be empty, or layers that meet in one would differ. */
std::vector<CellSize> LayerGraph::Sizes(CellSize picture) const {
  constexpr CellSize kNone{0, 0};
  std::vector<CellSize> sizes(channels_.size(), kNone);
  std::vector<bool> known(channels_.size());
  sizes[0] = picture;
  for (const Step& step : steps_) {
    const CellSize after = After(step, sizes[step.from.map]);
    const bool meets = after.cells() > 0 && (!known[step.to.map] || after == sizes[step.to.map]) &&
                       (!step.sums || after == sizes[step.sum.map]);
    if (!meets) return std::vector<CellSize>(channels_.size(), kNone);
    sizes[step.to.map] = after;
    known[step.to.map] = true;
  }
  return sizes;
}

std::vector<MapSize> LayerGraph::TapSizes(std::size_t rows, std::size_t columns) const {
  const auto sizes = Sizes({rows, columns});
  std::vector<MapSize> found;
  for (const std::size_t tap : taps_) found.push_back({channels_[tap], sizes[tap].rows, sizes[tap].columns});
  return found;
}

/**
 * Where each map is among all values: the largest first, each at the first place that no map has that is needed at the
 * same time.
 */
std::vector<std::size_t> LayerGraph::Places(const std::vector<CellSize>& sizes, std::size_t& length) const {
  std::vector<std::size_t> places(sizes.size());
  std::vector<std::size_t> placed, largest_first(sizes.size() - 1);
  const auto length_of = [&](std::size_t map) { return sizes[map].cells() * channels_[map]; };
  std::iota(largest_first.begin(), largest_first.end(), 1);
  std::stable_sort(largest_first.begin(), largest_first.end(),
                   [&](std::size_t one, std::size_t other) { return length_of(one) > length_of(other); });
  length = 0;
  for (const std::size_t map : largest_first) {
    const auto meets = [&](std::size_t other) {
      return lives_[other].first <= lives_[map].last && lives_[map].first <= lives_[other].last;
    };
    std::size_t place = 0;
    for (const std::size_t other : placed) {
      if (!meets(other)) continue;
      if (place + length_of(map) <= places[other]) break;
      place = std::max(place, places[other] + length_of(other));
    }
    places[map] = place;
    placed.insert(std::upper_bound(placed.begin(), placed.end(), map,
                                   [&](std::size_t one, std::size_t other) { return places[one] < places[other]; }),
                  map);
    length = std::max(length, place + length_of(map));
  }
  return places;
}

void LayerGraph::Run(const std::uint8_t* pixels, std::size_t rows, std::size_t columns, float* descriptor,
                     const Wanted& wanted) {
  Through(pixels, 1, {rows, columns}, descriptor, wanted);
}

void LayerGraph::RunAll(const std::uint8_t* pixels, std::size_t count, std::size_t rows, std::size_t columns,
                        float* descriptors) {
  Through(pixels, count, {rows, columns}, descriptors, {});
}

/** @param wanted of one picture; of several nothing */
void LayerGraph::Through(const std::uint8_t* pixels, std::size_t pictures, CellSize size, float* descriptors,
                         const Wanted& wanted) {
  std::lock_guard<std::mutex> lock(mutex_);
  const auto sizes = Sizes(size);
  std::size_t length;
  const auto places = Places(sizes, length);
  float* values = maps_.Take(pictures * length);
  const auto part = [&](const MapPart& of) {
    return values + pictures * (places[of.map] + of.channel * sizes[of.map].cells());
  };
  for (const Step& step : steps_) {
    float* to = part(step.to);
    if (step.from.map == 0) {
      step.convolution->RunPictures(work_, pixels, pictures, size, pixels_.values.data(), pixels_.blue_first, to);
      continue;
    }
    const Source source{part(step.from), sizes[step.from.map], pictures};
    if (step.convolution) {
      step.convolution->Run(work_, source, step.sums ? part(step.sum) : nullptr, to);
    } else {
      Pool(step, source, sizes[step.to.map], to);
    }
  }
  std::size_t length_of_descriptor = 0, channel = 0;
  for (const std::size_t tap : taps_) length_of_descriptor += channels_[tap];
  for (std::size_t index = 0; index < taps_.size(); ++index) {
    const std::size_t tap = taps_[index], cells = sizes[tap].cells();
    const float* map = part({tap, 0});
    AverageMap(work_.team, map, channels_[tap], cells, descriptors + channel, pictures, length_of_descriptor);
    GiveMap(work_.team, Tap(wanted, index, {channels_[tap], sizes[tap].rows, sizes[tap].columns}, channel), map,
            windows_);
    channel += channels_[tap];
  }
}

void LayerGraph::Pool(const Step& step, const Source& source, CellSize after, float* to) {
  const auto& [size, stride, margin, average] = step.pooling;
  PoolRow shape{};
  shape.size = size;
  shape.stride = stride;
  shape.margin = margin;
  shape.columns = source.size.columns;
  shape.outputs = after.columns;
  shape.average = average;
  work_.team.For(step.channels / kLanes * source.pictures, [&](std::size_t item, std::size_t) {
    const float* map = source.from + item * source.size.cells() * kLanes;
    PoolRow row = shape;
    for (std::size_t index = 0; index < after.rows; ++index) {
      // Counted from the first row of the margin.
      const std::size_t top = index * row.stride, end = std::min(top + row.size, source.size.rows + row.margin);
      const std::size_t first = std::max(top, row.margin);
      row.from = map + (first - row.margin) * source.size.columns * kLanes;
      row.rows = end - first;
      kernels_.pool_row(row, to + (item * after.rows + index) * after.columns * kLanes);
    }
  });
}

}  // namespace lobule
