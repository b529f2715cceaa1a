#include "../processor/instructions.h"
#include "split_kernels.h"

namespace lobule {

const SplitKernels* UsableSplitKernels() {
  static const SplitKernels* const usable =
      HasAvx2() && Avx2SplitKernels() ? Avx2SplitKernels() : BasicSplitKernels();
  return usable;
}

}  // namespace lobule
