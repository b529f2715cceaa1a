#pragma once

#include <cstdint>
#include <string>

namespace lobule {

/**
 * The functions of OpenSlide's library (LGPL-2.1), found at run time in a file of its own, which users may replace. The
 * declarations follow its documentation, https://openslide.org/api/openslide_8h.html; none of its headers is needed.
 */
struct OpenSlideLibrary {
  using Slide = struct OpenSlideHandle;

  const char* (*get_version)();
  const char* (*detect_vendor)(const char* path);
  Slide* (*open)(const char* path);
  void (*close)(Slide*);
  const char* (*get_error)(Slide*);
  std::int32_t (*get_level_count)(Slide*);
  void (*get_level_dimensions)(Slide*, std::int32_t level, std::int64_t* width, std::int64_t* height);
  double (*get_level_downsample)(Slide*, std::int32_t level);
  const char* (*get_property_value)(Slide*, const char* name);
  const char* const* (*get_associated_image_names)(Slide*);
  void (*read_region)(Slide*, std::uint32_t* to, std::int64_t x, std::int64_t y, std::int32_t level,
                      std::int64_t width, std::int64_t height);
  /** Of OpenSlide 4.0; null in earlier versions. */
  std::int64_t (*get_icc_profile_size)(Slide*);
  void (*read_icc_profile)(Slide*, void* to);

  /**
   * Loads the library once for the whole process and keeps it. Throws a Failure with the system's reason. The file is
   * the first one that was given; another one later is ignored. [any thread]
   */
  static const OpenSlideLibrary& Load(const std::string& file);
};

}  // namespace lobule
