#pragma once

#include <cstddef>
#include <memory>
#include <new>

namespace lobule {

/** Float32 values at an address that vectors like. Grows, and does not keep what it had. */
class Buffer {
 public:
  /** At least `length` values; throws std::bad_alloc. */
  float* Take(std::size_t length);
  /** What `Take` gave last. */
  float* values() const { return values_.get(); }

 private:
  struct Free {
    std::align_val_t alignment;
    void operator()(float* values) const;
  };
  std::unique_ptr<float[], Free> values_{nullptr, Free{}};
  std::size_t length_ = 0;
};

}  // namespace lobule
