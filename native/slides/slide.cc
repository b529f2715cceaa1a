#include "slide.h"

#include <algorithm>

#include "../jobs/failure.h"

namespace lobule {

namespace {

/** Rows are read in strips, so that the pixels with alpha, four bytes each, take little memory beside the result. */
constexpr std::int64_t kStripPixels = 1 << 22;

/** Profiles of scanners have up to a few megabytes. */
constexpr std::int64_t kMostProfileBytes = 1 << 24;

}  // namespace

Slide::Slide(const OpenSlideLibrary& library, const std::string& path)
    : library_(library), slide_(library.open(path.c_str())) {
  if (slide_ == nullptr) throw Failure("image.unsupported-format", "OpenSlide does not know such a file");
  try {
    Check();
    const std::int32_t count = library_.get_level_count(slide_);
    for (std::int32_t level = 0; level < count; ++level) {
      Level one{};
      library_.get_level_dimensions(slide_, level, &one.width, &one.height);
      one.downsample = library_.get_level_downsample(slide_, level);
      levels_.push_back(one);
    }
    Check();
    ReadProfile(path);
  } catch (...) {
    if (slide_ != nullptr) library_.close(slide_);
    throw;
  }
}

void Slide::ReadProfile(const std::string& path) {
  if (library_.get_icc_profile_size == nullptr || library_.read_icc_profile == nullptr) return;
  const std::int64_t size = library_.get_icc_profile_size(slide_);
  if (size > 0 && size <= kMostProfileBytes) {
    profile_.resize(static_cast<std::size_t>(size));
    library_.read_icc_profile(slide_, profile_.data());
  }
  if (library_.get_error(slide_) == nullptr) return;
  // OpenSlide refuses everything after an error, but a damaged profile is no reason to refuse the slide.
  profile_.clear();
  library_.close(slide_);
  slide_ = library_.open(path.c_str());
  if (slide_ == nullptr) throw Failure("image.truncated", "it cannot be opened a second time");
  Check();
}

Slide::~Slide() { library_.close(slide_); }

void Slide::Check() const {
  const char* error = library_.get_error(slide_);
  if (error != nullptr) throw Failure("image.truncated", error);
}

std::vector<std::pair<std::string, std::string>> Slide::Properties(const std::vector<std::string>& names) const {
  std::vector<std::pair<std::string, std::string>> found;
  for (const auto& name : names) {
    const char* value = library_.get_property_value(slide_, name.c_str());
    if (value != nullptr) found.emplace_back(name, value);
  }
  return found;
}

std::vector<std::string> Slide::AssociatedNames() const {
  std::vector<std::string> names;
  const char* const* list = library_.get_associated_image_names(slide_);
  for (; list != nullptr && *list != nullptr; ++list) names.emplace_back(*list);
  return names;
}

void Slide::Read(std::int32_t level, std::int64_t x, std::int64_t y, std::int64_t width, std::int64_t height,
                 const std::uint8_t background[3], std::uint8_t* to) const {
  const double downsample = levels_[static_cast<std::size_t>(level)].downsample;
  const std::int64_t most_rows = std::max<std::int64_t>(1, kStripPixels / width);
  std::vector<std::uint32_t> strip(static_cast<std::size_t>(width * std::min(most_rows, height)));
  for (std::int64_t row = 0; row < height; row += most_rows) {
    const std::int64_t rows = std::min(most_rows, height - row);
    const auto top = y + static_cast<std::int64_t>(static_cast<double>(row) * downsample + 0.5);
    library_.read_region(slide_, strip.data(), x, top, level, width, rows);
    Check();
    const auto count = static_cast<std::size_t>(width * rows);
    for (std::size_t index = 0; index < count; ++index, to += 3) {
      // Alpha, red, green, blue from the highest byte; colours are multiplied by alpha already.
      const std::uint32_t pixel = strip[index];
      const std::uint32_t clear = 255 - (pixel >> 24);
      for (int channel = 0; channel < 3; ++channel) {
        const std::uint32_t value = (pixel >> (16 - 8 * channel)) & 255;
        to[channel] = static_cast<std::uint8_t>(std::min(255U, value + (background[channel] * clear + 127) / 255));
      }
    }
  }
}

}  // namespace lobule
