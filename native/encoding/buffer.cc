#include "buffer.h"

#include <new>

namespace lobule {

namespace {
constexpr std::align_val_t kAlignment{64};
}  // namespace

void Buffer::Free::operator()(float* values) const { ::operator delete[](values, kAlignment); }

float* Buffer::Take(std::size_t length) {
  if (length > length_) {
    length_ = 0;
    values_.reset();
    values_.reset(static_cast<float*>(::operator new[](length * sizeof(float), kAlignment)));
    length_ = length;
  }
  return values_.get();
}

}  // namespace lobule
