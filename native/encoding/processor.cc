#include "processor.h"

#include "../processor/instructions.h"

namespace lobule {

std::vector<const Kernels*> UsableKernels() {
  std::vector<const Kernels*> usable;
  if (HasAvx512() && Avx512Kernels()) usable.push_back(Avx512Kernels());
  if (HasAvx2() && Avx2Kernels()) usable.push_back(Avx2Kernels());
  // Every 64-bit ARM has it.
  if (NeonKernels()) usable.push_back(NeonKernels());
  return usable;
}

}  // namespace lobule
