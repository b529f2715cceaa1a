#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "openslide_library.h"

namespace lobule {

/** A slide that OpenSlide reads, open until the object is destroyed. Several threads may read at once. */
class Slide {
 public:
  struct Level {
    std::int64_t width;
    std::int64_t height;
    /** Width of level 0 divided by that of this level. */
    double downsample;
  };

  /** Throws a Failure `image.truncated` with OpenSlide's reason, or `image.unsupported-format` if it knows no such file. */
  Slide(const OpenSlideLibrary& library, const std::string& path);
  ~Slide();
  Slide(const Slide&) = delete;
  Slide& operator=(const Slide&) = delete;

  const std::vector<Level>& levels() const { return levels_; }
  /** The embedded ICC profile; empty: there is none, it cannot be read, or OpenSlide is older than 4.0. */
  const std::vector<std::uint8_t>& profile() const { return profile_; }
  /** The values that exist among `names`. */
  std::vector<std::pair<std::string, std::string>> Properties(const std::vector<std::string>& names) const;
  /** Names of the pictures beside the slide: label, macro, thumbnail. Their pixels are never read. */
  std::vector<std::string> AssociatedNames() const;

  /**
   * A region of a level as 8-bit RGB, row by row, over `background`; what the slide does not have is background.
   * @param x, y in pixels of level 0
   * @param to width x height x 3 bytes
   * Throws a Failure `image.truncated`. After that OpenSlide refuses everything: open the slide again.
   */
  void Read(std::int32_t level, std::int64_t x, std::int64_t y, std::int64_t width, std::int64_t height,
            const std::uint8_t background[3], std::uint8_t* to) const;

 private:
  void Check() const;
  void ReadProfile(const std::string& path);

  const OpenSlideLibrary& library_;
  OpenSlideLibrary::Slide* slide_;
  std::vector<Level> levels_;
  std::vector<std::uint8_t> profile_;
};

}  // namespace lobule
