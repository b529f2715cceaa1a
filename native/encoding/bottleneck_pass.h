#pragma once

#include "bottleneck_chain.h"

namespace lobule {

/** Pixels of a product that one thread makes at a time. A multiple of what all kernels take at once. */
constexpr std::size_t kPixelsAtOnce = 96;
/** Rows of the picture that an output of the first convolution reads, and colours x columns of each. */
constexpr std::size_t kFirstRows = 3;
constexpr std::size_t kFirstRun = 9;

/** A step at work on some rows of a map. */
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

}  // namespace lobule
