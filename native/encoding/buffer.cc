#include "buffer.h"

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace lobule {

namespace {

constexpr std::align_val_t kVector{64};
/** Linux gives pages of this size to those who ask for them: 512 times fewer faults, and addresses are found faster. */
constexpr std::size_t kHugePage = 2 << 20;

}  // namespace

void Buffer::Free::operator()(float* values) const { ::operator delete[](values, alignment); }

float* Buffer::Take(std::size_t length) {
  if (length <= length_) return values_.get();
  length_ = 0;
  values_.reset();
  const std::size_t bytes = length * sizeof(float);
  const bool is_large = bytes >= kHugePage;
  const std::align_val_t alignment = is_large ? std::align_val_t{kHugePage} : kVector;
  values_ = {static_cast<float*>(::operator new[](bytes, alignment)), Free{alignment}};
#ifdef __linux__
  // Whole pages only: what is behind the last one belongs to others. Where the system refuses, pages are small.
  if (is_large) madvise(values_.get(), bytes / kHugePage * kHugePage, MADV_HUGEPAGE);
#endif
  length_ = length;
  return values_.get();
}

}  // namespace lobule
